"""What is done once for each new value, though every run comes by it: a link is followed, a screen is prepared.

Done in each run, it would undo what the visitor has set since.
"""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

_DONE = "done_once"  # in the session: the value for which each task was done last


def is_new(task: str, value: Hashable) -> bool:
    """Whether a task was not done last for just this value; from now on it counts as done for it."""
    done = st.session_state.setdefault(_DONE, {})
    new = task not in done or done[task] != value
    done[task] = value
    return new


def was_done(task: str) -> bool:
    """Whether a task was done for any value."""
    return task in st.session_state.get(_DONE, {})


def forget(task: str) -> None:
    """Have a task done again, whatever its next value."""
    st.session_state.get(_DONE, {}).pop(task, None)
