"""The quiz's signals and kernels can be dragged onto its results: a component that presses the boxes' buttons."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

FOLDER = Path(__file__).parents[2] / "assets" / "match"


def draggable() -> None:
    """From here on what is called Signal A or Kernel 1 can be dragged onto what is called Result 1."""
    _component()(key="match_drag")


@lru_cache(maxsize=1)
def _component() -> Any:
    html, css, js = ((FOLDER / f"match.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("match", html=html, css=css, js=js)
