"""Two pictures in one place, to be compared by a divider or by flicker."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from explorer import render
from pages.parts.convolver import pack

FOLDER = Path(__file__).parents[2] / "assets" / "compare"


def compare(before: render.Picture, after: render.Picture, names: tuple[str, str], *, alt: str, key: str) -> None:
    """Show two pictures of one size, (H, W, 3) each, one over the other."""
    assert before.shape == after.shape
    first, second = render.png(before), render.png(after)
    header = {"length": len(first), "names": list(names), "alt": alt}
    digest = hashlib.sha1(repr(header).encode() + first + second).hexdigest()
    _component()(data=pack(header | {"digest": digest}, first + second), key=key)


@lru_cache(maxsize=1)
def _component() -> Any:
    html, css, js = ((FOLDER / f"compare.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("compare", html=html, css=css, js=js)
