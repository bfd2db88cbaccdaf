"""A page with the parts that show pictures in the browser, each on pictures whose colours a test knows."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from explorer import render
from pages.parts.compare import compare
from pages.parts.player import play

GREYS = (0, 60, 120, 180)


def plain(grey: int) -> render.Picture:
    return np.full((40, 60, 3), grey, np.uint8)


def main() -> None:
    st.set_page_config(layout="wide")
    left, right = st.columns(2)
    with left:
        play([render.png(plain(g)) for g in GREYS], [f"grey {g}" for g in GREYS], alt="A ramp", key="player")
    with right:
        compare(plain(0), plain(255), ("black", "white"), alt="Two greys", key="compare")


if __name__ == "__main__":
    main()
