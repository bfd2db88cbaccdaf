"""The words that close a screen or one of its tabs: what to look for, what to try, and what it means."""

from __future__ import annotations

import streamlit as st


def closing(*, look_for: str, try_: str, it_means: str, tab: str = "") -> None:
    """Three short paragraphs in Markdown, beside each other, on a phone beneath each other.

    tab: names the one it belongs to, where a page draws several at once.
    """
    said = {"Look for": look_for, "Try": try_, "It means": it_means}
    with st.container(key=f"closing_{tab}"):
        for place, (heading, words) in zip(st.columns([1, 1, 1.4], gap="medium"), said.items(), strict=True):
            place.markdown(f"**{heading}**\n\n{words}")
