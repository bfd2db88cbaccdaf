"""A page with the parts that show pictures in the browser, each on pictures whose colours a test knows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer import render
from pages.parts.widgets.compare import compare
from pages.parts.widgets.player import Reel, play, play_together
from pages.parts.widgets.tiles import choose_tile

GREYS = (0, 60, 120, 180)


def plain(grey: int) -> render.Picture:
    return np.full((40, 60, 3), grey, np.uint8)


def pngs(greys: Sequence[int]) -> list[bytes]:
    return [render.png(plain(grey)) for grey in greys]


def main() -> None:
    st.set_page_config(layout="wide")
    left, right = st.columns(2)
    with left:
        play(pngs(GREYS), [f"grey {g}" for g in GREYS], alt="A ramp", key="player")
    with right:
        compare(plain(0), plain(255), ("black", "white"), alt="Two greys", key="compare")
    if st.toggle("Together"):
        reels = [Reel("most", pngs(GREYS), [f"{g}" for g in GREYS]), Reel("least", pngs(GREYS[:2]), ["0", "60"])]
        play_together(reels, [f"step {n}" for n in range(4)], columns=2, alt="Both", key="together")
    if st.toggle("Sheet", value=True):
        sheet()
    if st.toggle("Many"):
        many()


def sheet() -> None:
    """A sheet of noise, too large to be sent often; buttons choose a tile from elsewhere."""
    wish = next((number for number in (0, 2) if st.button(f"Take {number}")), None)
    chosen = st.session_state.get("chosen", 1) if wish is None else wish
    tiles = np.random.default_rng(0).integers(0, 256, (4, 60, 60, 3), np.uint8)
    names = [f"tile {number}" for number in range(4)]
    st.session_state.chosen = choose_tile(tiles, names, chosen, alt="Noise", key="sheet", columns=4)
    st.markdown(f"chosen: {st.session_state.chosen}")


def many() -> None:
    """As many tiles as the largest layer of an atlas has, of which a finger must hit each."""
    tiles = np.random.default_rng(0).integers(0, 256, (320, 8, 8, 3), np.uint8).repeat(10, 1).repeat(10, 2)
    st.session_state.setdefault("opened", [])
    last = st.session_state.opened[-1] if st.session_state.opened else -1
    choose_tile(tiles, [f"{number}" for number in range(320)], last, alt="Many", key="many", columns=14, least=44,
                photographs=True, again=True, on_choice=st.session_state.opened.append)  # fmt: skip
    st.markdown(f"opened: {' '.join(map(str, st.session_state.opened))}.")


if __name__ == "__main__":
    main()
