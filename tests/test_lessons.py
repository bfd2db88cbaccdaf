"""Lessons: short in the link, damage is said, and what is locked stays, also against the address and the browser."""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode

import pytest

from pages.parts.lesson.lesson_link import Lesson, read, write
from pages.parts.shell.words import plain
from tests.support.whole_app import app, shown

LESSON = Lesson("Edges", "Which way do they run?", ("edges_filter",), ("edges_angle",), {"edges_angle": "45"})


def packed(text: bytes) -> str:
    return urlsafe_b64encode(zlib.compress(text)).decode()


def test_a_lesson_comes_back_from_its_link():
    assert read(write(LESSON)) == LESSON
    assert read(write(Lesson())) == Lesson()
    assert len(write(LESSON)) < 200  # a code that a phone reads from the wall


@pytest.mark.parametrize(
    "text",
    ["", "x", "ä", "A" * 10_000, packed(b"[]"), packed(b'{"h": ["a b"]}'), packed(b'{"h": 3}'), packed(b'{"s": 3}'),
     packed(b"{" * 5000), packed(b'{"t":"' + b"x" * 10**6 + b'"}')],
)  # fmt: skip
def test_garbled_lessons_are_refused(text):
    with pytest.raises(ValueError, match="lesson"):
        read(text)


def opened(**told: str):
    """The Edges screen as the lesson's link opens it."""
    test = app("edges")
    for name, value in {"lesson": write(LESSON), **told}.items():
        test.query_params[name] = value
    return test.run()


def test_title_and_question_stand_above_and_the_state_is_set():
    test = opened()
    assert not test.exception
    assert plain("Which way do they run?") in shown(test)
    assert test.slider("edges_angle").value == 45


def test_locked_is_locked_against_the_browser():
    test = opened()
    test.slider("edges_angle").set_value(100).run()
    assert test.slider("edges_angle").value == 45
    test.button_group("edges_filter").set_value("Scharr").run()
    assert test.session_state["edges_filter"] == "Sobel"


def test_locked_is_locked_against_the_address():
    test = opened(edges_angle="100", edges_filter="Scharr")
    assert test.slider("edges_angle").value == 45
    assert test.session_state["edges_filter"] == "Sobel"


def test_a_damaged_lesson_is_said():
    test = app("edges")
    test.query_params["lesson"] = "nonsense"
    test.run()
    assert not test.exception
    assert "Damaged link" in test.toast[0].value
