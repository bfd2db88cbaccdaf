"""The screens by section, each a card that leads to it, with a small picture of what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import streamlit as st

from pages.parts.shell.screens import file_of
from pages.parts.widgets.markup import data_url

PICTURES = Path(__file__).parents[3] / "assets" / "rooms"  # made by tests/browser/support/photograph.py
Screen = tuple[str, str, str]  #: file, title, symbol


def cards(sections: Mapping[str, Sequence[Screen]], promises: Mapping[str, str]) -> None:
    """A card for each screen, by section under its promise; a new screen without a picture has its symbol."""
    for number, (section, screens) in enumerate(sections.items()):
        if not section:
            continue
        st.header(section, anchor=False)
        st.markdown(promises.get(section, ""))
        with st.container(horizontal=True, gap="small", key=f"rooms_{number}"):
            for file, title, symbol in screens:
                _card(file, title, symbol)


def _card(file: str, title: str, symbol: str) -> None:
    with st.container(key=f"door_{file}", gap="xsmall"):
        picture = _picture(file)
        if picture:
            st.html(f'<img alt="" src="{picture}">')
        st.page_link(file_of(file), label=title, icon=None if picture else f":material/{symbol}:")


@cache
def _picture(name: str) -> str:
    file = PICTURES / f"{name}.webp"
    return data_url(file.read_bytes(), "webp") if file.is_file() else ""
