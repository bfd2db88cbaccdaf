"""One control moved on each screen about convolution, and its script run: 300 ms, counted in yardsticks.

The whole script runs, sidebar and all, where in the app only the screen's fragment does; the way to the browser and its
painting, about 70 ms, come on top. No turn asks for what a memo has kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from streamlit.testing.v1 import AppTest

from benchmarks.measure import Figure, Timing, interleave
from benchmarks.yardstick import within, yardstick
from explorer.pictures.images import Image
from explorer.pictures.samples import sample, sample_names
from pages.parts.shell import frame

ROOT = Path(__file__).parents[1]
LIMIT_MS = 300
SCRIPT = """
import streamlit as st
from pages.parts.shell import frame
frame.surround(st.navigation([st.Page({page!r})]))
"""
Move = Callable[[AppTest, int], Any]  # sets a control to its n-th value; does not run the script yet


@dataclass(frozen=True)
class Control:
    """A screen as a link opens it, and what is moved on it."""

    page: str
    move: Move
    query: dict[str, str] = field(default_factory=dict)


def figures() -> Iterator[Figure]:
    from explorer.networks.loading import load_network

    logging.disable(logging.WARNING)  # Streamlit's, of running without a server
    load_network()  # as in the app, where it is loaded before a visitor comes
    frame.warm_up = lambda: None  # type: ignore[assignment]  # no thread beside what is measured
    for name, control in CONTROLS.items():
        yield Figure(f"screens: {name}", *interleave(moved(control), yardstick, rounds=9), within(LIMIT_MS))


def moved(control: Control) -> Timing:
    """The milliseconds of one run of the screen's script after its control was moved on."""
    test = AppTest.from_string(SCRIPT.format(page=str(ROOT / "pages" / f"{control.page}.py")), default_timeout=120)
    for name, value in control.query.items():
        test.query_params[name] = value
    test.run()
    turns = count(1)

    def once() -> float:
        control.move(test, next(turns))
        start = perf_counter()
        test.run()
        stop = perf_counter()
        if test.exception:
            raise RuntimeError(f"{control.page} shows an exception: {test.exception[0].value}")
        return (stop - start) * 1000

    return once


def slide(key: str, first: float, step: float, test: AppTest, turn: int) -> None:
    test.slider(key).set_value(type(first)(first + turn * step))


def box(test: AppTest, turn: int) -> None:
    """The box, one pixel further on."""
    test.session_state["box"] = f"{100 + turn}_83_{140 + turn}_125"


def picture(test: AppTest, turn: int) -> None:
    """A picture of the visitor's, a little darker each time."""
    test.session_state["own_picture"] = Image(sample("cat").pixels * (1 - turn / 1000))


def pair(test: AppTest, turn: int) -> None:
    """Two other samples whose squares no turn has seen."""
    large = [name for name in sample_names() if min(sample(name).pixels.shape[:2]) >= 256]
    test.selectbox("hierarchy_first").set_value(large[(2 * turn) % len(large)])
    test.selectbox("hierarchy_second").set_value(large[(2 * turn + 1) % len(large)])


VIEW = "hierarchy_view"
CONTROLS = {
    "σ on Signals": Control("signals", partial(slide, "signals_Gaussian_sigma", 1.0, 0.5)),
    "the next round on Match": Control("match", lambda test, turn: test.number_input("match_round").set_value(turn)),
    "noise on Smoothing": Control("smoothing", partial(slide, "smoothing_levels", 20, 5)),
    "σ of a window": Control(
        "smoothing", partial(slide, "smoothing_sigma", 0.5, 0.5), {"smoothing_view": "How large a window"}
    ),
    "a picture's scale space": Control("smoothing", picture, {"smoothing_view": "Scale space"}),
    "two short passes": Control("smoothing", picture, {"smoothing_view": "Two short passes"}),
    "a box on Patterns, grey": Control("patterns", box, {"picture": "coins"}),
    "a box on Patterns, colour": Control("patterns", box, {"picture": "coins", "patterns_colour": "colour"}),
    "θ on Edges": Control("edges", partial(slide, "edges_angle", 90, 5)),
    "a length on Hierarchy": Control(
        "hierarchy", lambda test, turn: test.number_input("hierarchy_line3").set_value(3.0 + turn)
    ),
    "built or grown": Control(
        "hierarchy", lambda test, turn: test.selectbox("hierarchy_built").set_value(sample_names()[turn]),
        {VIEW: "Man-made or natural?"},
    ),
    "another two classes": Control("hierarchy", pair, {VIEW: "Two classes"}),
    "θ of the eye's cells": Control("eye", partial(slide, "eye_angle", 45, 5)),
    "a filter of the first layer": Control(
        "eye", lambda test, turn: test.session_state.__setitem__("eye_rank", turn),
        {"eye_view": "A network's first layer"},
    ),
    "a picture's HOG": Control("descriptors", picture),
    "a picture's SIFT": Control("descriptors", picture, {"descriptors_view": "SIFT"}),
    "a turn before SIFT": Control(
        "descriptors", partial(slide, "descriptors_turn", 30, 5), {"descriptors_view": "Matches"}
    ),
    "a velocity on Motion": Control("motion", partial(slide, "motion_velocity", -3.0, 0.5)),
    "a picture on Motion": Control("motion", picture, {"motion_kind": "your picture"}),
}  # fmt: skip
