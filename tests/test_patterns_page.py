"""The patterns screen: its cases, a box drawn by hand, and its link."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.pictures.images import from_array
from pages.parts import boxer

ROOT = Path(__file__).parents[1]
ALONE = f"""
import streamlit as st
from pages.parts import frame
frame.surround(st.navigation([st.Page({str(ROOT / "pages" / "patterns.py")!r})]))
"""
RNG = np.random.default_rng(0)
NOISE = from_array(RNG.integers(0, 256, (40, 60, 3), np.uint8))


@pytest.fixture(autouse=True)
def _cold(monkeypatch):
    """Nothing here waits for torch."""
    monkeypatch.setattr("pages.parts.frame.warm_up", lambda: None)


def screen(query: dict[str, str] | None = None, **state: object) -> AppTest:
    at = AppTest.from_string(ALONE, default_timeout=120)
    for name, value in (query or {}).items():
        at.query_params[name] = value
    for name, value in state.items():
        at.session_state[name] = value
    return at.run()


def sent(at: AppTest) -> dict:
    """What the component is told, without the picture."""
    raw = at.get("bidi_component")[0].proto.bytes
    return json.loads(raw[4 : 4 + int.from_bytes(raw[:4], "little")])


@pytest.mark.parametrize(("case", "least"), [("letter", 20), ("coin", 12), ("eye", 2), ("colour", 5)])
def test_each_case_is_one_click_and_finds_its_kind(case, least):
    at = screen()
    next(b for b in at.button if case in b.label).click().run()
    assert not at.exception
    found = sent(at)["found"]
    assert len(found) >= least
    assert found[0]["box"] == sent(at)["box"]
    assert found[0]["text"] == "1.00"


def test_a_link_restores_the_box_and_a_garbled_one_is_ignored():
    at = screen({"box": "5_6_15_20", "patterns_measure": "zero-mean"}, own_picture=NOISE)
    assert sent(at)["box"] == [5, 6, 15, 20]
    for garbled in ("x", "1_2_3", "-1_0_9_9", "0_0_2_9", "0_0_99_9"):
        assert boxer.read(garbled, NOISE) is None
        assert not screen({"box": garbled}, own_picture=NOISE).exception


@pytest.mark.parametrize("measure", ["raw", "zero-mean", "normalized"])
@pytest.mark.parametrize("place", ["this picture", "coins"])
def test_every_measure_answers_and_says_what_it_found(measure, place):
    at = screen({"patterns_measure": measure, "patterns_colour": "colour"}, own_picture=NOISE)
    at.selectbox("patterns_from").set_value(place).run()
    assert not at.exception
    words = "\n".join(e.value for e in (*at.markdown, *at.info))
    assert "weights" in words or "larger than the picture" in words


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (3, 3), (700, 20)])
@pytest.mark.parametrize("value", [0, 255])
def test_any_picture_gets_a_sentence(shape, value):
    at = screen(own_picture=from_array(np.full((*shape, 3), value, np.uint8)))
    assert not at.exception
    assert at.info
