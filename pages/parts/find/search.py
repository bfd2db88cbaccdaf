"""The search: a button of the frame, by / or Ctrl K, and a dialog with what was found."""

from __future__ import annotations

import streamlit as st

from pages.parts.find.entries import Findable, find
from pages.parts.pickers import network
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import plain

WORDS = "find_words"
_EXAMPLES = "*where is max pooling?* · *class tabby* · *blocks.3 unit 4* · *does it survive*"


def button(_screen: str) -> None:
    """The button in the frame that opens the search."""
    st.button(
        "Search", icon=":material/search:", key="find", type="tertiary", on_click=_clear, help="Search: / or Ctrl K"
    )
    if st.session_state.get("find"):
        _dialog()


def _clear() -> None:
    st.session_state.pop(WORDS, None)


@st.dialog("Search", width="medium")
def _dialog() -> None:
    words = st.text_input(
        "Screens, terms, controls, classes, units", key=WORDS, placeholder="max pooling", max_chars=200
    )
    if not words:
        st.caption(f"Then press Enter. {_EXAMPLES}")
        return
    found = find(words)
    if not found:
        st.info("Nothing has these words. Try fewer, or a single one.", icon=":material/search_off:")
    for number, entry in enumerate(found):
        _line(number, entry)


def _line(number: int, entry: Findable) -> None:
    said = f": {plain(entry.says)}" if entry.says else ""
    pressed = st.button(
        f"**{plain(entry.title)}** :small[{entry.kind}{said}]", key=f"find_{number}", type="tertiary", width="stretch"
    )
    if pressed:
        network.open_screen(file_of(entry.screen), entry.link)
