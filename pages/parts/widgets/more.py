"""Settings that few change are folded under *More*, which says how many of them are not as usual, and which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import streamlit as st
from streamlit.cursor import LockedCursor
from streamlit.delta_generator import DeltaGenerator

from pages.parts.shell.controls import controls_of
from pages.parts.shell.words import plain
from pages.parts.widgets import linked, takeaway

Width = Literal["content", "stretch"]


@contextmanager
def more(*keys: str, place: DeltaGenerator | None = None, width: Width = "content") -> Iterator[None]:
    """The fold for the controls of these keys; the link has those of them that hold something else than usual."""
    before = _changed(keys)
    fold = _fold(place or st, before, width)
    with fold:
        said = st.empty()
        yield
    after = _changed(keys)
    if after != before:  # a control has refused what the link asked of it: the fold is relabelled, its contents stay
        _fold(_slot(fold), after, width)
    if after:
        said.caption(plain(_said(after)))


def _changed(keys: tuple[str, ...]) -> list[str]:
    screen = takeaway.offered().screen
    return [label_of(screen, key) for key in keys if linked.parameter(key) is not None]


def _slot(fold: DeltaGenerator) -> DeltaGenerator:
    """The place where a fold stands, to put another there. One that began empty would close it in each run: the browser
    draws between two messages, now and then."""
    root, *way, number = fold._block_delta_path
    return DeltaGenerator(root, LockedCursor(root, tuple(way), number), fold._parent)


def _fold(slot: Any, changed: list[str], width: Width) -> DeltaGenerator:
    label = f"More ({len(changed)})" if changed else "More"
    return slot.popover(label, width=width, help=_said(changed) if changed else None)


def _said(changed: list[str]) -> str:
    return f"Changed: {', '.join(changed)}."


def label_of(screen: str, key: str) -> str:
    """What the control of that key is called on its screen."""
    found = [control for control in controls_of(screen) if control.holds(key)]
    label = max(found, key=lambda control: len(control.key)).label if found else ""
    return label or key.partition("_")[2].rstrip("0123456789").replace("_", " ").capitalize()
