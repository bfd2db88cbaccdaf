"""A picture of a grid of numbers: hovering reads each, a click or the arrow keys choose one; or a square is dragged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer import render
from pages.parts.widgets import linked
from pages.parts.widgets.component import component, fit, pack
from pages.parts.widgets.encoding import png

Place = tuple[int, int]
_KEPT = "place"


def choose_place(
    picture: render.Picture, values: NDArray[Any], chosen: Place, *, alt: str, key: str, smooth: bool = False
) -> Place:
    """Show `picture` over its grid of `values` (h, w); returns (row, column): what was just clicked, else `chosen`.

    It is enlarged pixel by pixel, or, as suits a photograph, `smooth`.
    """
    return _mounted(picture, values, chosen, {"alt": alt, "smooth": smooth}, key)


def guess_place(picture: render.Picture, shape: tuple[int, int], chosen: Place, *, alt: str, key: str) -> Place:
    """As `choose_place`, on a photograph over a grid of that many rows and columns, whose values aren't told."""
    return _mounted(picture, np.zeros(shape, np.float32), chosen, {"alt": alt, "smooth": True, "guess": True}, key)


def drag_square(
    picture: render.Picture, count: int, chosen: Place, *, share: float, colour: tuple[int, int, int], alt: str,
    key: str,
) -> Place:  # fmt: skip
    """Show a photograph under a square that is dragged; returns the field, of count × count, in which its middle is.

    Its side is `share` of the picture's, what of it lies outside is not seen. A click elsewhere and the arrow keys move
    it, too; while it is dragged the block is drawn anew several times a second.
    """
    square = {"share": share, "colour": "rgb({} {} {})".format(*colour)}
    grid = np.zeros((count, count), np.float32)
    return _mounted(picture, grid, chosen, {"alt": alt, "smooth": True, "square": square}, key)


def _mounted(
    picture: render.Picture, values: NDArray[Any], chosen: Place, more: Mapping[str, Any], key: str
) -> Place:  # fmt: skip
    rows, columns = values.shape
    file = png(picture)
    header = {"rows": rows, "columns": columns, "chosen": list(chosen), "digest": hashlib.sha1(file).hexdigest()}
    data = pack(header | dict(more), values.astype("<f4").tobytes() + file)
    clicked = component("places")(data=data, key=fit(key), on_chosen_change=lambda: None).chosen
    return _inside(clicked, values.shape) or chosen


def kept(shape: tuple[int, ...], usual: Place, *, link: str = _KEPT) -> Place:
    """The place that the link or an earlier click names, if these maps (h, w) have it, else the usual one."""
    return _inside(linked.linked(link, _read, usual), shape) or usual


def keep(place: Place, *, link: str = _KEPT) -> None:
    """Remember the place chosen."""
    linked.keep(link, f"{place[0]}_{place[1]}")


def _read(text: str) -> Place:
    row, column = map(linked.whole, text.split("_"))
    return row, column


def _inside(place: Any, shape: tuple[int, ...]) -> Place | None:
    """A place from the browser or a link; None when it is not in the grid."""
    if not isinstance(place, (list, tuple)) or len(place) != 2 or not all(isinstance(n, int) for n in place):
        return None
    row, column = place
    return (row, column) if 0 <= row < shape[0] and 0 <= column < shape[1] else None
