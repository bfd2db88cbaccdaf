"""The menu of screens, folded by section: only that of the open screen shows its screens."""

from __future__ import annotations

import streamlit as st

from pages.parts.shell.screens import SECTIONS, section_of
from pages.parts.widgets.component import component


def fold(screen: str) -> None:
    """Unfold the screen's section, and fold the others, whenever one comes to another section."""
    section = section_of(screen)
    component("menu")(key="menu", data={"section": section})
    if section:
        nth = [name for name in SECTIONS if name].index(section) + 1
        shown = f'[data-testid="stSidebarNavItems"] > div:nth-of-type({nth}):not([data-unfolded])'
        st.html(f"<style>{shown} > li {{ display: block !important }}</style>")  # seen before the part is there
