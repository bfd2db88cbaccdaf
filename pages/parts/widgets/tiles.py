"""A sheet of small pictures of which the visitor chooses one: by mouse, finger or arrow keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from explorer import render
from explorer.cache import memo
from pages.parts.widgets import linked
from pages.parts.widgets.component import component, fingerprint, pack, valid_key, value_sent

_LEAST_WIDTH = 900  # pixels of the sheet, so that a browser enlarges by whole pixels only little


def choose_tile(
    tiles: render.Picture,
    names: Sequence[str],
    chosen: int,
    *,
    alt: str,
    key: str,
    columns: int | None = None,
    least: int = 0,
    captions: Sequence[str] = (),
    photographs: bool = False,
    again: bool = False,
    on_choice: Callable[[int], None] | None = None,
) -> int:
    """Show tiles (N, h, w, 3), N ≥ 1, and return the number of the one chosen: what was just clicked, else `chosen`.

    With `chosen` −1 none is marked. Photographs are sent several times faster than what must keep its pixels, and are
    enlarged smoothly. Who gives `on_choice` hears of a click by it, before anything is drawn anew, and has it in
    `chosen` from then on. Where tiles would be narrower than `least` pixels of the screen, there are fewer columns.
    Where there are `captions`, one stands beneath each tile, which is wide enough for its words.
    With `again` the marked tile can be chosen once more.
    """
    key = valid_key(key)
    count = len(tiles)
    sheet = _sheet(tiles, columns or _columns(tiles), photographs)
    mark = _mark(key, sheet.digest, int(chosen))
    header = sheet.measures() | {
        "names": list(names), "captions": list(captions), "alt": alt, "digest": sheet.digest, "smooth": photographs,
        "least": least, "chosen": mark.told, "turn": mark.turn, "again": again,
    }  # fmt: skip

    def clicked() -> None:
        if on_choice is not None and (tile := _clicked_tile(mark, value_sent(key, "click"), count)) >= 0:
            on_choice(tile)  # what is forged has marked none

    click = component("tiles")(data=pack(header, sheet.file), key=key, on_click_change=clicked).click
    return _clicked_tile(mark, click, count)


@dataclass(frozen=True)
class _Sheet:
    """The tiles (N, h, w, 3) in one file, each enlarged `scale` times, with a `gap` of so many pixels between them."""

    shape: tuple[int, ...]
    columns: int
    scale: int
    gap: int
    digest: str
    file: bytes

    def measures(self) -> dict[str, Any]:
        """How many tiles there are, and where they lie, in pixels of the file."""
        count, height, width = self.shape[0], self.shape[1] * self.scale, self.shape[2] * self.scale
        rows = -(-count // self.columns)
        return {
            "columns": self.columns, "count": count, "tile": [height, width], "gap": self.gap,
            "width": self.columns * (width + self.gap) - self.gap, "height": rows * (height + self.gap) - self.gap,
        }  # fmt: skip


def _sheet(tiles: render.Picture, columns: int, photographs: bool) -> _Sheet:
    """Tiles are laid out and written once, for all visitors."""
    width = tiles.shape[2]
    scale = 1 if photographs else max(1, _LEAST_WIDTH // (columns * width))
    gap = max(1, scale * width // 24)
    digest = fingerprint(np.ascontiguousarray(tiles).data)

    def written() -> bytes:
        encode = render.webp if photographs else render.png
        large = np.repeat(np.repeat(tiles, scale, 1), scale, 2)
        return encode(render.mosaic(large, columns=columns, gap=gap))

    file = memo(("sheet", digest, tiles.shape, columns, photographs), written)
    return _Sheet(tiles.shape, columns, scale, gap, f"{digest}-{columns}", file)


def _columns(tiles: render.Picture) -> int:
    """So many that the sheet is about a square."""
    count, height, width, _ = tiles.shape
    return max(1, min(count, int(np.ceil(np.sqrt(count * height / width)))))


@dataclass
class _Mark:
    """What a sheet was told to mark and for the how many-th time, what it marks by now, and the last click we know."""

    digest: str
    told: int
    turn: int
    marked: int
    click: int = 0


def _mark(key: str, digest: str, chosen: int) -> _Mark:
    """What to tell the sheet; the same as last time if `chosen` is marked already.

    The same words make the same message, and that one the browser has kept: a click then sends no sheet again.
    """
    mark: _Mark | None = st.session_state.get(f"{key}_mark")
    visible = mark is not None and (mark.click == 0 or key in st.session_state)  # else the visitor was away
    if mark is None or not visible or (mark.digest, mark.marked) != (digest, chosen):
        turn, click = (mark.turn + 1, mark.click if visible else 0) if mark is not None else (0, 0)
        mark = st.session_state[f"{key}_mark"] = _Mark(digest, chosen, turn, chosen, click)
    return mark


def _clicked_tile(mark: _Mark, click: Any, count: int) -> int:
    """The tile that is marked now: the one just clicked, else the one that was."""
    if isinstance(click, Mapping) and click.get("number") != mark.click:
        mark.click, tile = click.get("number", 0), click.get("tile")
        if isinstance(tile, int) and 0 <= tile < count:  # whatever reaches the server may be forged
            mark.marked = tile
    return mark.marked


def kept_tile(name: str, usual: int = 0) -> int:
    """The number of the tile that was chosen, by its name in link and session."""
    return linked.value(name, linked.whole, usual)


def keep_tile(name: str, number: int, usual: int = 0) -> None:
    """Remember the tile chosen; while nothing is kept, the usual one need not be."""
    if number != kept_tile(name, usual):
        linked.keep(name, str(number))
