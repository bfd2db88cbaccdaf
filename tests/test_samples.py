"""The sample pictures: all open offline, and each says whose it is."""

from __future__ import annotations

import socket
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from explorer.pictures import thumbnails
from explorer.pictures.images import ImageError
from explorer.pictures.samples import credit, sample, sample_names


@pytest.fixture(autouse=True)
def _offline(monkeypatch):
    def refuse(*_: Any) -> None:
        raise AssertionError("a sample must not need the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    sample.cache_clear()


def test_the_lectures_flower_comes_first_and_names_are_plain():
    assert sample_names()[0] == "flower"
    assert {"coffee", "cat", "camera", "astronaut", "coins", "china"} < set(sample_names())
    assert all(name == name.lower() for name in sample_names())


@pytest.mark.parametrize("name", sample_names())
def test_every_sample_opens_and_has_a_credit(name):
    image = sample(name)
    assert image.name == name
    assert max(image.height, image.width) <= 1024
    assert np.ptp(image.pixels) > 0.5  # a picture, not a blank
    assert credit(name).count("\n") == 0
    assert credit(name).endswith(("(from scikit-image)", "(from scikit-learn)"))
    assert any(word in credit(name) for word in ("CC0", "CC BY", "public domain", "restrictions", "not stated"))


def test_all_samples_differ():
    assert len({sample(name) for name in sample_names()}) == len(sample_names())


def test_flower_is_the_file_of_scikit_learn():
    package = find_spec("sklearn")
    assert package is not None
    assert package.origin is not None
    file = Path(package.origin).with_name("datasets") / "images" / "flower.jpg"
    np.testing.assert_array_equal(sample("flower").uint8, np.asarray(PIL.Image.open(file)))


@pytest.mark.parametrize("ask", [sample, credit])
def test_an_unknown_name_is_answered_with_the_list(ask):
    with pytest.raises(ImageError, match=r"“dragon”.*flower, coffee"):
        ask("dragon")


def test_the_thumbnails_that_come_with_the_app_are_the_samples(monkeypatch):
    kept, made = thumbnails.thumbnails(), thumbnails.made()
    assert thumbnails.shipped().exists()
    assert kept.shape == made.shape == (len(sample_names()), 128, 128, 3)
    assert np.abs(kept.astype(int) - made).mean((1, 2, 3)).max() < 8  # by WebP
    monkeypatch.setattr(thumbnails, "sample_files", lambda: {})
    thumbnails.thumbnails.cache_clear()
    np.testing.assert_array_equal(thumbnails.thumbnails(), made)  # other samples have none
    thumbnails.thumbnails.cache_clear()
