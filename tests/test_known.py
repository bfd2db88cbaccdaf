"""What is known of the networks that come with the app before they are loaded; Home opens with it, without torch."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from explorer.networks.registry.known import ask, known_networks
from explorer.networks.registry.specs import EMBEDDED
from explorer.pictures.images import from_array
from explorer.pictures.samples import sample, sample_names
from tests.support.alone import ROOT
from tests.support.whole_app import app, shown

HOME = """
import sys
from pages.parts.shell import frame
frame.warm_up = lambda: None
from tests.support.whole_app import app
for picture in ("flower", "cat"):
    home = app("home", query={"picture": picture, "network": "EfficientNet-Lite1"})
    assert not home.exception, home.exception
    assert any('class="bars"' in block.proto.body for block in home.get("html"))
assert "torch" not in sys.modules, "torch was imported"
"""


@pytest.mark.parametrize("name", EMBEDDED)
def test_it_is_what_the_network_says(name, lite0):
    told, now = known_networks()[name], ask(name)
    for image in map(sample, sample_names()):
        assert told.answers(image)
        (ours, shares), (theirs, others) = (zip(*one.predict(image), strict=True) for one in (told, now))
        assert ours == theirs
        np.testing.assert_allclose(shares, others, atol=1e-4)
    for part in ("name", "parameters", "memory_bytes", "precision", "input_size", "resize", "labels"):
        assert getattr(told, part) == getattr(now, part)


def test_it_sees_the_part_of_a_picture_that_the_network_sees(lite0):
    known = known_networks()["efficientnet_lite0"]
    assert known.labels == lite0.labels
    assert all(known.crop(sample(name)) == lite0.crop(sample(name)) for name in sample_names())


def test_of_any_other_picture_nothing_is_known():
    known = known_networks()["efficientnet_lite0"]
    assert not known.answers(from_array(sample("flower").uint8[:-1]))


def test_home_says_what_the_network_sees_before_torch_is_there():
    subprocess.run([sys.executable, "-c", HOME], check=True, timeout=170, cwd=ROOT)


@pytest.mark.parametrize("query", [{"weights": "random"}, {"network": "no such network"}, {"picture": "coffee"}])
def test_home_says_the_same_as_the_network_and_asks_it_where_nothing_is_known(query, lite0):
    home = app("home", query=query)
    assert not home.exception
    assert ("random weights" in shown(home)) == ("weights" in query)
    assert ("no such network" in "".join(one.value for one in home.info)) == ("network" in query)
