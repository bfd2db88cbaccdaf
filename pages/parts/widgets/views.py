"""The views of a screen, side by side above what they show; the link holds the one that is open."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def choose_view(names: Sequence[str], *, key: str, label: str = "View") -> str:
    """A row of names of which one is open, at first the first. `label` is for who can't see it."""
    return str(
        st.segmented_control(
            label, names, default=names[0], required=True, key=key, bind="query-params", label_visibility="collapsed"
        )
        or names[0]
    )
