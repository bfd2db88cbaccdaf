"""The views of a screen, side by side above what they show; the link holds the one that is open."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts.shell import streamlit_run
from pages.parts.widgets import linked

_LEFT = "views_left"  # in the session: the view of each screen that was open last, by key


def choose_view(names: Sequence[str], *, key: str, label: str = "View") -> str:
    """A row of names of which one is open, at first the first. `label` is for who can't see it."""
    left = st.session_state.setdefault(_LEFT, {})
    if key in left:
        _come_back(key, left[key])
    left[key] = str(
        st.segmented_control(
            label, names, default=names[0], required=True, key=key, bind="query-params", label_visibility="collapsed"
        )
        or names[0]
    )
    return str(left[key])


def _come_back(key: str, view: str) -> None:
    """Where the browser's Back led here from a link to another screen's network: have the link say the view again.

    Before it opens such a link, Streamlit puts it into the history at the address of the screen that is left. There
    Back ends, and by that entry no view was ever chosen.
    """
    if streamlit_run.came_by_history() and linked.parameters().keys() == {"network"}:
        streamlit_run.correct_link(key, view)
        streamlit_run.read_link_again()
