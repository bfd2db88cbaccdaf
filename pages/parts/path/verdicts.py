"""Correct or not: an answer held against what is measured on the visitor's picture, now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from explorer.cache import memo
from explorer.pictures.images import Image
from pages.parts.path.measures import MEASURES, Map, Measured, Number, needs
from pages.parts.path.progress import Answer
from pages.parts.path.teaching_path import Question, correct_option
from pages.parts.pickers import network, picture
from pages.parts.shell.words import plain

FIELDS = 16  # places of the picture each way among which a place is chosen
UPPER = 0.85  # a place is right when it has more than so many of the others


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is correct, and what was measured, in Markdown; None: not answered, or it can't be judged."""

    correct: bool | None
    said: str


def judge(question: Question, given: Answer) -> Verdict:
    """Hold an answer against what is measured now. What can't be measured on this picture is said."""
    try:
        measured = run_measure(question)
        if isinstance(measured, Map):
            return _place(measured, given)
        if question.options:
            return _choice(question, measured, given)
        return _number(question, measured, given)
    except (ValueError, TypeError, IndexError, KeyError, OverflowError) as error:
        reason = str(error) if isinstance(error, ValueError) else "its numbers don't fit together."
        return Verdict(None, f"This can't be measured here: {plain(reason)}")


def run_measure(question: Question) -> Measured:
    """What the question's measure gives for the picture and network in use; measured once for each."""
    wanted = needs(question.measure)
    things: dict[str, Any] = {}
    if "image" in wanted:
        things["image"] = picture.current()
    if "net" in wanted:
        things["net"] = network.current()
    key = ("path", question.measure, json.dumps(question.given, sort_keys=True), *things.values())
    return memo(key, lambda: MEASURES[question.measure](**things, **question.given))


def _choice(question: Question, measured: Measured, given: Answer) -> Verdict:
    assert not isinstance(measured, Map)
    correct = correct_option(question.options, measured.value)
    if correct < 0:
        return Verdict(None, f"{measured.said} None of the answers fits that.")
    if given is None:
        return Verdict(None, measured.said)
    return Verdict(given == correct, f"{measured.said} So: *{question.options[correct].say}*.")


def _number(question: Question, measured: Measured, given: Answer) -> Verdict:
    assert isinstance(measured, Number)
    if not isinstance(given, (int, float)):
        return Verdict(None, measured.said)
    room = max(question.within * abs(measured.value), 0.005)  # what is typed with two decimals
    return Verdict(abs(given - measured.value) <= room, measured.said)


def _place(measured: Map, given: Answer) -> Verdict:
    grid = on_grid(measured.values)
    row, column = divmod(int(grid.argmax()), FIELDS)
    best = f"Most **{measured.said}** is at row {row}, column {column} of {FIELDS} × {FIELDS}"
    if not isinstance(given, tuple):
        return Verdict(None, f"{best}.")
    below = float((grid < grid[given]).mean())
    return Verdict(below >= UPPER, f"{best}; your place has more of it than **{100 * below:.0f} %** of the others.")


def on_grid(values: np.ndarray) -> np.ndarray:
    """Values (h, w) as means over FIELDS × FIELDS fields."""
    return np.asarray(cv2.resize(values.astype(np.float32), (FIELDS, FIELDS), interpolation=cv2.INTER_AREA))


def question_picture(question: Question) -> Image:
    """The picture that the visitor is shown with the question: as the network gets it, where it is asked."""
    image = picture.current()
    return network.current().prepare(image) if "net" in needs(question.measure) else image
