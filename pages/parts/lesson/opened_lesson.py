"""A lesson that was opened: its title and question above the screen, its controls hidden or locked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.parts.lesson.lesson_link import Lesson, read
from pages.parts.shell import locks
from pages.parts.shell.controls import SHARED
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import plain
from pages.parts.widgets import linked

LINK = "lesson"
_SCREEN = "lesson_screen"  # in the session: which lesson was opened, and on which screen


@contextmanager
def set_as_opened(screen: str) -> Iterator[None]:
    """Around a screen: set it as the lesson in the link says, and keep what that locks."""
    lesson = _lesson_of(screen)
    if lesson is None:
        locks.unlock()
        yield
        return
    _set(screen, lesson)
    locks.put_back()
    _shown(lesson)
    try:
        yield
    finally:
        locks.lock(lesson.fixed)


def _lesson_of(screen: str) -> Lesson | None:
    """The lesson in the link, on the screen where it was opened; elsewhere it is over."""
    if linked.parameter(LINK) is None and st.session_state.get(_SCREEN, ("", ""))[1] != screen:
        st.session_state.pop(_SCREEN, None)
        linked.forget(LINK)
        return None
    return linked.value(LINK, read, None)


def _set(screen: str, lesson: Lesson) -> None:
    """Open the screen anew in the lesson's state, where the address says otherwise of what is locked."""
    told = linked.parameters()
    wanted = {key: lesson.state[key] for key in lesson.fixed if key in lesson.state}
    opened = st.session_state.get(_SCREEN) == (told[LINK], screen)
    forged = {key for key in lesson.fixed if key in told and told[key] != wanted.get(key)}
    if opened and not forged:
        return
    st.session_state[_SCREEN] = (told[LINK], screen)
    locks.unlock()
    others = {key: value for key, value in told.items() if key not in lesson.fixed}
    first = {} if opened else dict(lesson.state)
    for key in {*lesson.fixed, *first} - set(SHARED):
        if key in st.session_state:
            del st.session_state[key]
    linked.open_screen(file_of(screen), {**first, **others, **wanted, LINK: told[LINK]})


def _shown(lesson: Lesson) -> None:
    if lesson.title or lesson.question:
        with st.container(border=True, key="lesson_words", gap="xsmall"):
            if lesson.title:
                st.markdown(f"**{plain(lesson.title)}**")
            if lesson.question:
                st.markdown(plain(lesson.question))
    rules = [f'[class~="st-key-{key}"] {{ display: none !important }}' for key in lesson.hidden]
    rules += [f'[class~="st-key-{key}"] {{ pointer-events: none; opacity: 0.6 }}' for key in lesson.locked]
    if rules:
        st.html(f"<style>{' '.join(rules)}</style>")
