"""A sheet of small pictures of which the visitor chooses one: by mouse, finger or arrow keys."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from explorer import render
from explorer.cache import memo
from pages.parts.convolver import pack

FOLDER = Path(__file__).parents[2] / "assets" / "tiles"
_LEAST_WIDTH = 900  # pixels of the sheet, so that a browser enlarges by whole pixels only little


def choose_tile(
    tiles: render.Picture, names: Sequence[str], chosen: int, *, alt: str, key: str, columns: int | None = None
) -> int:
    """Show tiles (N, h, w, 3), N ≥ 1, and return the number of the one chosen: what was just clicked, else `chosen`.

    With `chosen` −1 none is marked.
    """
    count, height, width, _ = tiles.shape
    columns = columns or max(1, min(count, int(np.ceil(np.sqrt(count * height / width)))))
    scale = max(1, _LEAST_WIDTH // (columns * width))
    gap = max(1, scale * width // 24)
    digest = hashlib.sha1(np.ascontiguousarray(tiles)).hexdigest()
    sheet = memo(("sheet", digest, tiles.shape, columns), lambda: _sheet(tiles, columns, scale, gap))
    rows = -(-count // columns)
    header = {
        "columns": columns, "count": count, "tile": [height * scale, width * scale], "gap": gap,
        "width": columns * (width * scale + gap) - gap, "height": rows * (height * scale + gap) - gap,
        "names": list(names), "chosen": int(chosen), "alt": alt, "digest": f"{digest}-{columns}",
    }  # fmt: skip
    clicked = _component()(data=pack(header, sheet), key=key, on_chosen_change=lambda: None).chosen
    return int(clicked) if isinstance(clicked, int) and 0 <= clicked < count else int(chosen)


def linked(name: str) -> int:
    """The tile that the link names, else the one chosen on an earlier visit, else the first."""
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() else int(st.session_state.get(name, 0))


def keep(name: str, number: int) -> None:
    """Remember the tile chosen, in the session and in the link."""
    st.session_state[name] = number
    if st.query_params.get(name, "0") != str(number):
        st.query_params[name] = str(number)


def _sheet(tiles: render.Picture, columns: int, scale: int, gap: int) -> bytes:
    large = np.repeat(np.repeat(tiles, scale, 1), scale, 2)
    return render.png(render.mosaic(large, columns=columns, gap=gap))


@lru_cache(maxsize=1)
def _component() -> Any:
    html, css, js = ((FOLDER / f"tiles.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("tiles", html=html, css=css, js=js)
