"""Six experiments on the Hidden units screen: each sets it, asks, and answers when asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from pages.parts.learning.plane_link import USUAL, PlaneState, read, write
from pages.parts.widgets import question_cards

_BASE = read(USUAL)


@dataclass(frozen=True)
class Experiment:
    """What is set, a question, its answer, and the setting in which the answer is seen."""

    title: str
    question: str
    answer: str
    begins: PlaneState
    ends: PlaneState


_SPIRAL = replace(_BASE, data="spirals", count=300, noise=0.0, epoch=300)
_CIRCLE = replace(_BASE, activation="sigmoid", rate=0.1, epoch=300)
_HEART = replace(_BASE, data="clouds", count=60, noise=0.3, share=0.5, layers=(16, 16), epoch=400)
_MOONS = replace(_BASE, data="moons", optimizer="SGD", rate=20.0, epoch=60)
EXPERIMENTS = (
    Experiment(
        "A circle of sigmoids",
        "Two units leave the circle open: 85 % of the points are right. How many does it need?",
        "Three. Each unit is one soft step across the plane, along its dashed line; three lines close a triangle, and "
        "then nearly all points are right. A fourth only rounds it.",
        replace(_CIRCLE, layers=(2,)),
        replace(_CIRCLE, layers=(3,)),
    ),
    Experiment(
        "XOR without hidden units",
        "Without hidden units the output is one soft step. How much of XOR can it get right?",
        "About half, as by chance: whatever line you draw, both classes are on both its sides. With four hidden units "
        "98 % are right.",
        replace(_BASE, data="XOR", layers=(), epoch=100),
        replace(_BASE, data="XOR", noise=0.0, epoch=100),
    ),
    Experiment(
        "The spiral: wide or deep?",
        "Sixteen units side by side get three quarters right after 300 epochs. Would you add units, or layers?",
        "Layers: three of 8 units get all points right that they learn from, and nine of ten that are held out. "
        "Units of the second layer bend what those of the first have cut. (They have more weights: 177 against 65; "
        "*Depth and width* compares at equal numbers.)",
        replace(_SPIRAL, layers=(16,)),
        replace(_SPIRAL, layers=(8, 8, 8), rate=0.01),
    ),
    Experiment(
        "What ReLU draws",
        "Six ReLUs instead of tanh: what will the border look like?",
        "A polygon: a ReLU is flat on one side of its line and a slope on the other, so the border is straight from "
        "one dashed line to the next. With tanh it is round.",
        replace(_BASE, activation="relu", layers=(6,), epoch=200),
        replace(_BASE, activation="tanh", layers=(6,), epoch=200),
    ),
    Experiment(
        "By heart",
        "Few points, noise, and two layers of 16: all training points are right. Is that good?",
        "No. The held-out loss has risen since its best, far above that of a plain line: the border winds about single "
        "points. With weight decay 0.03 it is smooth again.",
        _HEART,
        replace(_HEART, decay=0.03),
    ),
    Experiment(
        "Too fast",
        "A rate of 20. What will the loss do?",
        "It jumps, again and again far above where it began, with units that are fully on or off everywhere: their s′ "
        "is 0 and nothing comes back. At 0.3 it falls.",
        _MOONS,
        replace(_MOONS, rate=0.3, epoch=200),
    ),
)


_ASKED = "plane_question"


def chips(show: Callable[[str], None]) -> None:
    """One chip for each: a click sets the screen by `show`, which takes the state's text, and asks."""
    with st.container(horizontal=True, key="plane_chips", gap="small"):
        question_cards.chips("plane", EXPERIMENTS, lambda number: show(write(EXPERIMENTS[number].begins)), link=_ASKED)


def question(show: Callable[[str], None]) -> None:
    """The question that was asked last; its answer, with a way to see it, when asked for."""

    def way_to_see(number: int) -> None:
        st.button("Show it", key="plane_answer", on_click=show, args=(write(EXPERIMENTS[number].ends),))

    question_cards.question("plane", EXPERIMENTS, way_to_see, link=_ASKED)
