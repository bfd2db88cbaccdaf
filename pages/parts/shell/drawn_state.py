"""What each run has drawn the result of, written where the tests read it: picture, network and every setting.

It is written again, unseen, with each run of the page and of each block that is drawn by itself. The newest says what
the server went by: a control, link or picture that says something else was not drawn anew when it had to be.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st

_LONGEST = 200  # characters of a setting: longer ones are files and lists
_RUN = "shows_run"  # in the session: the how many-th run this is
_told: dict[str, Callable[[], str]] = {}


def report(name: str, now: Callable[[], str]) -> None:
    """Have every block record what `now` returns under `name`, such as the picture in use."""
    _told[name] = now


@contextmanager
def recorded() -> Iterator[None]:
    """A page, or a block of it: what is set stands at its end, also where it stops early."""
    try:
        yield
    finally:
        _write()


def _write() -> None:
    number = st.session_state[_RUN] = st.session_state.get(_RUN, 0) + 1
    of = {"run": number, **{name: now() for name, now in _told.items()}, "settings": _settings()}
    st.html(f'<div class="shows" data-of="{escape(json.dumps(of))}"></div>')


def _settings() -> dict[str, object]:
    """What the session holds that can be read: numbers, words, and pairs of them."""
    all_of_it = st.session_state.to_dict()  # at once: asked one by one, each costs a search
    held = {str(key): list(value) if isinstance(value, tuple) else value for key, value in all_of_it.items()}
    return {key: value for key, value in held.items() if _plain(value) and key != _RUN}


def _plain(value: object) -> bool:
    if isinstance(value, list):
        return len(value) == 2 and all(map(_plain, value))
    return isinstance(value, (bool, int, float)) or (isinstance(value, str) and len(value) <= _LONGEST)
