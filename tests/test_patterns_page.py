"""The patterns screen: its cases, a box drawn by hand, and its link."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from explorer.pictures.images import from_array
from tests.support.alone import open_alone, told

pytestmark = pytest.mark.usefixtures("cold")

screen = partial(open_alone, "patterns")

RNG = np.random.default_rng(0)
NOISE = from_array(RNG.integers(0, 256, (40, 60, 3), np.uint8))


@pytest.mark.parametrize(("case", "least"), [("letter", 20), ("coin", 12), ("eye of", 2), ("colour", 5)])
def test_each_case_is_one_click_and_finds_its_kind(case, least):
    at = screen()
    next(b for b in at.button if case in b.label).click().run()
    assert not at.exception
    found = told(at)["found"]
    assert len(found) >= least
    assert found[0]["box"] == told(at)["box"]
    assert found[0]["text"] == "1.00"


def test_the_cats_case_finds_both_eyes_and_nothing_else():
    at = screen()
    next(b for b in at.button if "eye of" in b.label).click().run()
    middles = [((t + b) / 2, (left + r) / 2) for t, left, b, r in (f["box"] for f in told(at)["found"])]
    assert len(middles) == 2
    for (row, column), eye in zip(middles, ((142, 318), (115, 171)), strict=True):
        assert np.hypot(row - eye[0], column - eye[1]) < 15


def upload(at, content: bytes, name: str) -> None:
    at.file_uploader("patterns_upload").upload(name, content, "application/octet-stream").run()


def test_a_second_picture_gives_the_pattern_and_a_bad_one_changes_nothing():
    pixels = np.array(NOISE.uint8)
    at = screen(own_picture=NOISE)
    upload(at, from_array(pixels[10:30, 20:50]).png(), "mine.png")
    assert not at.exception
    assert at.selectbox("patterns_from").value == "your second picture"
    assert told(at)["box"] == [8, 12, 12, 18]  # in the middle of the second, which was cut out at 10, 20
    assert "The best score is **1.000** at row 18, column 32" in "\n".join(m.value for m in at.markdown)
    before = told(at)
    for content, name, says in ((b"no picture", "*bad*.png", "picture"), (NOISE.png()[:99], "cut.png", "incomplete"),
                                (b"", "empty.png", "empty"),
                                (from_array(pixels[:2, :9]).png(), "thin.png", "smaller than 3")):  # fmt: skip
        upload(at, content, name)
        assert not at.exception
        assert says in at.error[0].value
        assert told(at) == before
    upload(at, from_array(pixels[5:30, 20:50]).png(), "mine too.png")
    assert not at.error
    assert "row 15, column 32" in "\n".join(m.value for m in at.markdown)


def test_a_link_restores_the_box_and_a_garbled_one_is_ignored():
    at = screen({"box": "5_6_15_20", "patterns_measure": "zero-mean"}, own_picture=NOISE)
    assert told(at)["box"] == [5, 6, 15, 20]
    for garbled in ("x", "1_2_3", "-1_0_9_9", "0_0_2_9", "0_0_99_9"):
        at = screen({"box": garbled}, own_picture=NOISE)
        assert not at.exception
        assert told(at)["box"] == told(screen(own_picture=NOISE))["box"]


@pytest.mark.parametrize("measure", ["raw", "zero-mean", "normalized"])
@pytest.mark.parametrize("place", ["this picture", "coins"])
def test_every_measure_answers_and_says_what_it_found(measure, place):
    at = screen({"patterns_measure": measure, "patterns_colour": "colour"}, own_picture=NOISE)
    at.selectbox("patterns_from").set_value(place).run()
    assert not at.exception
    words = "\n".join(e.value for e in (*at.markdown, *at.info))
    assert "A kernel of" in words


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (3, 3), (700, 20)])
@pytest.mark.parametrize("value", [0, 255])
def test_any_picture_gets_a_sentence(shape, value):
    at = screen(own_picture=from_array(np.full((*shape, 3), value, np.uint8)))
    assert not at.exception
    assert at.info
