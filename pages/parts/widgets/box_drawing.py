"""A picture on which the visitor draws a box: a component, and the box its hand has left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.filtering.patterns import LEAST_SIDE, Box, Found
from explorer.pictures.images import Image
from pages.parts.widgets.component import component, pack


def draw_box(
    image: Image, box: Box, found: Sequence[Found], *, revision: int, alt: str, key: str, on_settled: Callable[[], None]
) -> None:
    """Show the picture with its box and, under it, what was `found`; `on_settled` is called after a new box is drawn.

    A new `revision` makes the component take the box given, whatever the hand had drawn.
    """
    header = {
        "width": image.width, "height": image.height, "digest": image.digest[:16], "box": list(box), "alt": alt,
        "revision": revision, "found": [{"box": list(f.box), "text": f"{f.score:.2f}"} for f in found],
    }  # fmt: skip
    component("box")(data=pack(header, image.png()), key=key, on_settled_change=on_settled)


def settled(key: str, image: Image) -> Box | None:
    """The box that the visitor's hand has left on this picture; None for none, or what no hand could draw."""
    state = st.session_state.get(key)
    given = state.get("settled") if isinstance(state, Mapping) else None
    if not isinstance(given, Mapping) or given.get("digest") != image.digest[:16]:
        return None
    return checked(given.get("box"), image)


def read(text: str, image: Image) -> Box | None:
    """The box in a link, top_left_bottom_right; None when it is garbled or not on this picture."""
    return checked(text.split("_"), image)


def write(box: Box) -> str:
    """A box as a link has it."""
    return "_".join(map(str, box))


def checked(given: Any, image: Image) -> Box | None:
    """A box from plain values; None when it is none, too small, or not on this picture."""
    try:
        top, left, bottom, right = (int(value) for value in given)
    except (TypeError, ValueError):
        return None
    fits = 0 <= top <= bottom - LEAST_SIDE and 0 <= left <= right - LEAST_SIDE
    return (top, left, bottom, right) if fits and bottom <= image.height and right <= image.width else None
