"""Controls whose values a lesson has locked: the server puts them back, whatever the browser or the address says."""

from __future__ import annotations

from typing import Any

import streamlit as st

_HELD = "locks_held"  # in the session: each locked control's value


def lock(keys: tuple[str, ...]) -> None:
    """These controls keep the values that they have by the end of this run, or had when they were locked before."""
    held: dict[str, Any] = st.session_state.setdefault(_HELD, {})
    st.session_state[_HELD] = {key: held.get(key) for key in keys if key in held or key in st.session_state}
    for key in st.session_state[_HELD]:
        if st.session_state[_HELD][key] is None:
            st.session_state[_HELD][key] = st.session_state.get(key)


def locked(key: str) -> bool:
    """Whether a control keeps its value, whatever asks for another."""
    return key in st.session_state.get(_HELD, {})


def unlock() -> None:
    """Nothing is locked any more."""
    st.session_state.pop(_HELD, None)


def put_back() -> None:
    """Before a screen or a block of it is drawn: what is locked is again what it was."""
    for key, value in st.session_state.get(_HELD, {}).items():
        if key in st.session_state and st.session_state[key] != value:
            st.session_state[key] = value
