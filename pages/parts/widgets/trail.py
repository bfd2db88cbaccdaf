"""What the visitor has gone through from one thing to one behind it: each is a way back to itself."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T", bound=Hashable)


def trail(name: str, here: T, words: Callable[[T], str], back: Callable[[T], None]) -> None:
    """The way so far, if there is one, as buttons; `back` is called with the thing whose button was pressed."""
    gone: list[T] = _gone(name)
    gone = gone[: gone.index(here) + 1] if here in gone else [here]
    st.session_state[f"{name}_gone"] = gone
    if len(gone) < 2:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"{name}_trail"):
        st.caption("Your way:", width="content")
        for number, one in enumerate(gone):
            st.button(
                words(one), on_click=back, args=(one,), type="tertiary", key=f"{name}_trail_{number}",
                disabled=number == len(gone) - 1,
            )  # fmt: skip


def lengthen(name: str, to: T) -> None:
    """The way goes on to here: for a callback, before the trail is drawn anew."""
    gone: list[T] = _gone(name)
    if to not in gone:
        st.session_state[f"{name}_gone"] = [*gone, to]


def _gone(name: str) -> list[Any]:
    found: list[Any] = st.session_state.get(f"{name}_gone", [])
    return found
