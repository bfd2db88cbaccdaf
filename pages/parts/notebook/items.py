"""What a visitor keeps in this visit: pictures, code, settings and link of a screen, in an order, with their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import streamlit as st

from pages.parts.pickers import network, picture
from pages.parts.shell.screens import SECTIONS
from pages.parts.shell.visit import note_own_things
from pages.parts.widgets import linked
from pages.parts.widgets.takeaway import offered

SCREEN = "notebook"  # where it is shown
MOST, MOST_BYTES = 60, 40_000_000
_KEPT, _COUNT = "notebook_kept", "notebook_count"  # in the session: what is kept, and how many ever were
_SAID = "notebook_said"  # in the session: what came of the last that was to be kept
_NOT_SETTINGS = ("path", "lesson", "project")


@dataclass(frozen=True)
class Item:
    """One thing kept. `settings` are the query parameters of its screen, `address` the page's without them."""

    number: int
    title: str
    address: str
    settings: Mapping[str, str]
    pictures: tuple[tuple[str, bytes], ...]  #: label and PNG
    code: str
    seen: str  #: the picture and network in use
    caption: str = ""

    @property
    def link(self) -> str:
        """The address that makes its screen again."""
        return f"{self.address}?{urlencode(self.settings)}".rstrip("?")

    @property
    def bytes(self) -> int:
        """How large its pictures are together, as PNG."""
        return sum(len(png) for _, png in self.pictures)


def items() -> list[Item]:
    """All that is kept, in the visitor's order."""
    found: list[Item] = st.session_state.setdefault(_KEPT, [])
    return found


def button(screen: str) -> None:
    """The button in the frame that keeps what the screen shows."""
    titles = {file: title for section, screens in SECTIONS.items() if section for file, title, _ in screens}
    if screen not in titles:
        return
    st.button(
        "Keep this", icon=":material/bookmark_add:", key="keep", type="tertiary", on_click=add,
        args=(titles[screen],), help="Keep what this screen shows in My notebook",
    )  # fmt: skip
    if said := st.session_state.pop(_SAID, ""):
        st.toast(said, icon=":material/bookmark_added:")


def add(title: str) -> None:
    """Add what the open screen offers to take away: for a callback."""
    found, things = offered(), items()
    pictures = tuple((label, make()) for label, make in found.pictures.items())
    if len(things) >= MOST or sum(one.bytes for one in things) + sum(len(png) for _, png in pictures) > MOST_BYTES:
        st.session_state[_SAID] = "The notebook is full: take it away, then remove some."
        return
    settings = {key: value for key, value in linked.parameters().items() if key not in _NOT_SETTINGS}
    settings |= picture.in_link()
    seen = f"{picture.current().name}, {network.title(network.in_use()[0])}"
    note_own_things()
    st.session_state[_COUNT] = number = st.session_state.get(_COUNT, 0) + 1
    things.append(Item(number, title, st.context.url or "", settings, pictures, found.code, seen))
    st.session_state[_SAID] = f"Kept: {title}. It is in *My notebook*."


def move(number: int, by: int) -> None:
    """Put one thing earlier or later: for a callback."""
    things = items()
    place = _place(number)
    other = min(max(place + by, 0), len(things) - 1)
    things[place], things[other] = things[other], things[place]


def remove(number: int) -> None:
    """Keep one thing no longer: for a callback."""
    del items()[_place(number)]


def caption(number: int, words: str) -> None:
    """Write words of the visitor's under one thing."""
    place = _place(number)
    items()[place] = replace(items()[place], caption=words)


def _place(number: int) -> int:
    return next(place for place, one in enumerate(items()) if one.number == number)
