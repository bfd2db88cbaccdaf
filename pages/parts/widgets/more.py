"""Settings that few change are folded under *More*, which says how many of them are not as usual, and which."""

from __future__ import annotations

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.shell.controls import controls_of
from pages.parts.shell.words import plain
from pages.parts.widgets import takeaway

Width = Literal["content", "stretch"]


def more(*keys: str, place: DeltaGenerator | None = None, width: Width = "content") -> DeltaGenerator:
    """The fold for the controls of these keys; the link has those of them that hold something else than usual."""
    screen = takeaway.offered().screen
    changed = [label_of(screen, key) for key in keys if key in st.query_params]
    said = f"Changed: {', '.join(changed)}." if changed else None
    fold = (place or st).popover(f"More ({len(changed)})" if changed else "More", width=width, help=said)
    if said:
        fold.caption(plain(said))
    return fold


def label_of(screen: str, key: str) -> str:
    """What the control of that key is called on its screen."""
    found = [control for control in controls_of(screen) if control.holds(key)]
    label = max(found, key=lambda control: len(control.key)).label if found else ""
    return label or key.partition("_")[2].rstrip("0123456789").replace("_", " ").capitalize()
