"""The parts of a screen that run in the browser: a folder of assets with HTML, CSS and JavaScript for each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

ASSETS = Path(__file__).parents[3] / "assets"
SLIDER = (ASSETS / "slider.css").read_text("utf-8")


@cache
def component(name: str) -> Any:
    """What draws the component in the folder `name`; its files are read and made known to Streamlit once."""
    html, css, js = ((ASSETS / name / f"{name}.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component(name, html=html, css=SLIDER + css, js=js)


def pack(header: Mapping[str, Any], raw: bytes) -> bytes:
    """Length (uint32), JSON header, raw pixels in one byte string: inside a dict bytes would become text."""
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 4)  # the pixels begin at a multiple of 4: Float32Array wants that
    return len(text).to_bytes(4, "little") + text + raw
