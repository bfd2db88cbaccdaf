"""Long work that was stopped and is taken up again: it goes on from the step that it had reached."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import TypeVar

import streamlit as st

from explorer.cache import content_key
from pages.parts.widgets import job

T = TypeVar("T")


def run(
    slot: str,
    key: Hashable,
    start: Callable[[T | None], Iterator[T]],
    *,
    read: Callable[[Path], tuple[T, list[None]]] | None = None,
) -> job.Job[T, None]:
    """As `job.run`, of steps of which the latest is enough: `start` gets the one to go on from, or None."""

    def begin() -> Iterator[T]:
        left: job.Job[T, None] | None = st.session_state.pop(_left(slot), None)
        return start(left.latest if left is not None and left.content_key == content_key(key) else None)

    return job.run(slot, key, begin, lambda _: None, read=read)


def go_on(slot: str) -> None:
    """Take the slot's job, which was stopped, up again in the run that follows: for `job.watch` to offer it."""
    st.session_state[_left(slot)] = st.session_state.pop(slot)


def _left(slot: str) -> str:
    """Where the session holds a job that was stopped, until it goes on."""
    return f"{slot}_left"
