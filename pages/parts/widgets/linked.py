"""A value that no widget of Streamlit's holds: it stands in the link and in the session, as one and the same text.

The link makes the screen again for whoever opens it; Streamlit's navigation drops it, so the session keeps the value
while the visitor goes from screen to screen. No other module looks into the link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn, TypeVar

import streamlit as st

from pages.parts.shell import streamlit_run
from pages.parts.shell.words import plain

T = TypeVar("T")


def value(name: str, read: Callable[[str], T], usual: T) -> T:
    """What the link says, else what was kept in this visit, else the usual value; `read` as for `from_link`."""
    text = parameter(name)
    if text is None and (text := st.session_state.get(name)) is None:
        return usual
    keep(name, str(text))
    return from_link(name, read, usual)


def from_link(name: str, read: Callable[[str], T], usual: T) -> T:
    """What the link says, else the usual value: for what ends with the screen.

    `read` makes the value of its text. Where that raises ValueError, TypeError or KeyError the link is damaged: the
    visitor is told so, once, and the usual value takes its place.
    """
    text = parameter(name)
    if text is None:
        return usual
    try:
        return read(text)
    except (KeyError, TypeError, ValueError):
        damaged(name, text)
        forget(name)
        return usual


def parameter(name: str) -> str | None:
    """What the link says under this name, of a control too, whatever the session holds; None if nothing."""
    return st.query_params.get(name)


def parameters() -> dict[str, str]:
    """All that the link says, of controls too: a link that says the same makes the screen again."""
    return st.query_params.to_dict()


def keep(name: str, text: str) -> None:
    """The value is this from now on, in the session and in the link; a callback may say so, too."""
    st.session_state[name] = text
    if parameter(name) != text:
        st.query_params[name] = text


def forget(name: str) -> None:
    """The value is the usual one again."""
    st.session_state.pop(name, None)
    if parameter(name) is not None:
        del st.query_params[name]


def is_on(name: str) -> bool:
    """Whether the link, or else this visit, says 1 of what is 1 or 0."""
    return value(name, {"1": True, "0": False}.__getitem__, False)


def turn(name: str, on: bool) -> None:
    """It is on from now on, or off, which the link need not say."""
    if on:
        keep(name, "1")
    else:
        forget(name)


def open_screen(file: str, link: Mapping[str, str]) -> NoReturn:
    """Go to a screen by a link of this state, also to the one that is open, whose widgets hold the link's values."""
    streamlit_run.unbind_controls()
    st.switch_page(file, query_params=dict(link))


def damaged(name: str, text: str) -> None:
    """Tell the visitor that a part of the link can't be read."""
    shown = text if len(text) <= 24 else f"{text[:24]} …"
    st.toast(f"Damaged link: {plain(f'{name}={shown}')} can't be read and is ignored.", icon=":material/link_off:")


def whole(text: str) -> int:
    """A whole number from 0 up to seven digits. Raises ValueError when a text is none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise ValueError(f"{text!r} is no whole number.")
    return int(text)


def below(count: int) -> Callable[[str], int]:
    """Reads a whole number less than `count`, the place of one among so many."""

    def read(text: str) -> int:
        if (number := whole(text)) >= count:
            raise ValueError(f"{text!r} is not below {count}.")
        return number

    return read
