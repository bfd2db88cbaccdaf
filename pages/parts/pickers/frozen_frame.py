"""A frame of the camera, or a drawing, that the visitor kept: it is their picture from then on."""

from __future__ import annotations

import base64
import contextlib

import streamlit as st

from explorer.pictures.images import ImageError, open_image
from pages.parts.pickers import picture
from pages.parts.widgets.component import value_sent


def take(key: str, name: str = "camera frame") -> None:
    """Put what the component `key` has just frozen in use; the whole page is drawn anew with it."""
    png = _frozen(key)
    if png is None:
        return
    with contextlib.suppress(ImageError):  # it may be forged
        kept = open_image(png, name=name)
        if kept != picture.current():
            picture.use(kept)
            st.rerun()


def _frozen(key: str) -> bytes | None:
    """The frame, as a PNG, that the visitor has just asked to keep; None in every other run."""
    text = value_sent(key, "frozen")
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except ValueError:  # forged
        return None
