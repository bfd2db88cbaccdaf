"""A file that the visitor brings: taken, or refused in a sentence that stays until another is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.parts.shell.visit import note_own_things
from pages.parts.shell.words import plain


def uploader(title: str, name: str, take: Callable[[Any], None], *, max_upload_size: int, **widget: Any) -> None:
    """Where a file of at most so many MB is dropped, which `take` gets at once; its refusal is asked for by `name`."""
    key = f"{name}_upload"
    st.file_uploader(
        title, max_upload_size=max_upload_size, key=key, on_change=use, args=(name, key, take), **widget
    )  # fmt: skip


def use(name: str, widget: str, take: Callable[[Any], None]) -> None:
    """For the callback of a widget: have what is in it taken.

    Where `take` raises ValueError, whose sentence is ours, that is kept and what was there stays.
    """
    given = st.session_state.get(widget)
    if not given:  # taken out of it again: what is in use stays
        return
    note_own_things()
    accept(name)
    try:
        take(given)
    except ValueError as error:
        refuse(name, str(error))


def refuse(name: str, why: str) -> None:
    """Keep why a file, or a part of it, was not taken."""
    st.session_state[f"{name}_refused"] = why


def accept(name: str) -> None:
    """Nothing is refused any more."""
    st.session_state.pop(f"{name}_refused", None)


def refusal(name: str, icon: str = ":material/insert_drive_file:") -> None:
    """Why the file that was brought last was not taken, if it was not."""
    if why := st.session_state.get(f"{name}_refused"):
        st.error(plain(why), icon=icon)
