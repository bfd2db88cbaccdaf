"""For the wall: large type, the result and its controls, nothing else; the same for all screens, by link or switch."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.parts.widgets import linked
from pages.parts.widgets.component import component

LINK = "project"  # project=1
LETTERS = 24  # the least size of type, in pixels, as in the style
STYLE = (Path(__file__).parents[3] / "assets" / "projector.css").read_text("utf-8")
KEYS = {
    "→ ←": "the next station of a path, or the next step of what plays",
    "Page ↓ Page ↑": "on the projector, the screen's next scene", "Space": "play and pause",
    "F": "fill the screen", "/ or Ctrl K": "search", "?": "this list",
}  # fmt: skip


def projected() -> bool:
    """Whether the screens are shown on the wall."""
    return linked.is_on(LINK)


def least_line() -> float:
    """How wide lines of a drawing are at least that no style reaches, in pixels of the page."""
    return 3.0 if projected() else 0.0


def switch(_screen: str) -> None:
    """The switch in the frame, and the style that goes with it."""
    on = projected()
    st.button(
        "Leave the projector" if on else "Projector", key="project_switch", type="tertiary", on_click=_turn,
        icon=":material/close_fullscreen:" if on else ":material/slideshow:", help="Large type for the wall",
    )  # fmt: skip
    if on:
        st.html(f"<style>{STYLE}</style>")


def _turn() -> None:
    linked.turn(LINK, not projected())


def keys(_screen: str) -> None:
    """The keys of all screens, and their list."""
    with st.popover("Keys", icon=":material/keyboard:", key="keys_help", type="tertiary", help="Keys: ?"):
        st.markdown("\n".join(f"- **{key}**: {what}" for key, what in KEYS.items()))
    component("keys")(key="keys")
