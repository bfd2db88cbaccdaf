"""Pictures to be named: the sheet without names and its key apart, judges that took no part, and going on."""

from __future__ import annotations

import json
import sys

import numpy as np
import PIL.Image
import pytest

import explorer
from benchmarks import recognisable
from explorer.pictures.images import Image
from tests.support.small import noisy_picture

SEVERAL = ("--classes", "2", "--seeds", "0", "--painters")


@pytest.fixture
def painted(monkeypatch):
    """Which wishes are painted: in place of their pictures is noise."""
    wishes: list[recognisable.Wish] = []

    def noise(_network, wish, _steps) -> Image:
        wishes.append(wish)
        return noisy_picture(wish.channel)

    monkeypatch.setattr(recognisable, "ours", noise)
    monkeypatch.setattr(recognisable, "PEOPLE", 3)
    return wishes


def run(monkeypatch, folder, *more):
    monkeypatch.setattr(sys, "argv", ["recognisable", str(folder), *more])
    recognisable.main()


@pytest.fixture
def unjudged(monkeypatch):
    monkeypatch.setattr(recognisable, "told", lambda *_: "")


@pytest.mark.usefixtures("unjudged")
def test_the_sheet_has_numbers_alone_and_the_key_says_what_they_are_of(lite0, painted, tmp_path, monkeypatch):
    labels = []
    write = recognisable.render.label
    monkeypatch.setattr(recognisable.render, "label", lambda *given: labels.append(given[1]) or write(*given))
    run(monkeypatch, tmp_path, *SEVERAL, "two networks")
    assert labels == ["1", "2", "3"]
    assert {file.name for file in tmp_path.iterdir()} == {"sheet.webp", "key.json", "two_networks"}
    kept = json.loads((tmp_path / "key.json").read_text("utf-8"))
    assert set(kept) == {"key", "to choose from"}
    assert list(kept["key"]) == labels
    assert kept["to choose from"] == sorted(kept["key"].values())
    assert sorted(kept["key"].values()) == sorted(lite0.labels[wish.channel] for wish in painted)
    sheet = np.asarray(PIL.Image.open(tmp_path / "sheet.webp").convert("RGB"), int)
    for number, label in kept["key"].items():
        left = (int(number) - 1) * (recognisable.SIDE + 6)
        tile = sheet[100 : recognisable.SIDE, left : left + recognisable.SIDE]  # beneath its number
        expected = recognisable.render.smooth(noisy_picture(lite0.labels.index(label)).uint8, recognisable.SIDE)
        assert np.abs(tile - expected[100:]).mean() < 25


@pytest.mark.usefixtures("unjudged")
def test_what_is_there_is_not_painted_again(painted, tmp_path, monkeypatch):
    run(monkeypatch, tmp_path, *SEVERAL, "two networks")
    first = list(painted)
    assert len(first) == len(set(first)) == 3
    missing = first[1].file(tmp_path)
    missing.unlink()  # as if it had been stopped there
    run(monkeypatch, tmp_path, *SEVERAL, "two networks")
    assert painted[3:] == [first[1]]
    assert missing.is_file()


def test_no_judge_took_part(lite0):
    assert list(recognisable.judges(lite0, "recognisable")) == ["efficientnet_lite1", "efficientnet_lite2"]
    assert list(recognisable.judges(lite0, "Lucent")) == ["efficientnet_lite1", "efficientnet_lite2"]
    assert list(recognisable.judges(lite0, "two networks")) == ["efficientnet_lite2"]


def test_a_judge_that_names_the_half_is_told_beside_the_goal(lite0, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(recognisable, "load_network", lambda name, *, device: asked.append((name, device)) or name)
    monkeypatch.setattr(recognisable, "named", lambda judge, _network, wish, _folder: wish.channel == 1)
    wishes = [recognisable.Wish("two networks", channel, 0) for channel in (1, 2)]
    words = recognisable.told(lite0, "two networks", wishes, tmp_path)
    assert words == "two networks: named by efficientnet_lite2 0.50 (n = 2, goal ≥ 0.95: missed)"
    assert asked == [("efficientnet_lite2", "cpu")]


def test_a_picture_is_named_by_the_class_that_comes_first(lite0, tmp_path):
    photograph = explorer.sample("cat")
    first, second = (lite0.labels.index(label) for label, _ in lite0.predict(photograph, 2))
    for channel, right in ((first, True), (second, False)):
        wish = recognisable.Wish("maco", channel, 0)
        recognisable.keep(photograph, wish.file(tmp_path))
        assert recognisable.named(lite0, lite0, wish, tmp_path) == right


@pytest.mark.usefixtures("unjudged", "painted")
def test_the_device_is_the_one_that_was_asked_for(lite0, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(recognisable, "load_network", lambda *, device: asked.append(device) or lite0)
    run(monkeypatch, tmp_path, *SEVERAL, "maco")
    run(monkeypatch, tmp_path, *SEVERAL, "maco", "--device", "cuda")
    assert asked == ["cpu", "cuda"]
