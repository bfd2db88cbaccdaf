"""The words that close a screen or one of its tabs: what to look for, what to try, and what it means."""

from __future__ import annotations

import streamlit as st


def closing(*, look_for: str, try_: str, it_means: str, formula: str = "", tab: str = "") -> None:
    """Three short paragraphs in Markdown, beside each other, on a phone beneath each other.

    it_means: one to three sentences as one says them aloud; formula: what stands behind them, with its letters and its
    source, folded beneath. tab: names the one it belongs to, where a page draws several at once. Raises ValueError on
    mathematics in what it means.
    """
    if "$" in it_means:
        raise ValueError(f"What it means is said aloud: its mathematics belongs in formula=…, not in {it_means!r}.")
    said = {"Look for": look_for, "Try": try_, "It means": it_means}
    with st.container(key=f"closing_{tab}"):
        places = st.columns([1, 1, 1.4], gap="medium")
        for place, (heading, words) in zip(places, said.items(), strict=True):
            place.markdown(f"**{heading}**\n\n{words}")
        if formula:
            places[-1].expander("The formula").markdown(formula)
