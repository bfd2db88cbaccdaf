"""A picture of a grid of numbers: hovering reads each, a click or the arrow keys choose one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer import render
from pages.parts.widgets import linked
from pages.parts.widgets.component import component, fingerprint, pack, valid_key
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


def _mounted(
    picture: render.Picture, values: NDArray[Any], chosen: Place, more: Mapping[str, Any], key: str
) -> Place:  # fmt: skip
    rows, columns = values.shape
    file = png(picture)
    header = {"rows": rows, "columns": columns, "chosen": list(chosen), "digest": fingerprint(file)}
    data = pack(header | dict(more), values.astype("<f4").tobytes() + file)
    clicked = component("places")(data=data, key=valid_key(key), on_chosen_change=lambda: None).chosen
    return inside(clicked, values.shape) or chosen


def kept_place(shape: tuple[int, ...], usual: Place, *, link: str = _KEPT) -> Place:
    """The place that the link or an earlier click names, if these maps (h, w) have it, else the usual one."""
    return inside(linked.value(link, _read, usual), shape) or usual


def keep_place(place: Place, *, link: str = _KEPT) -> None:
    """Remember the place chosen."""
    linked.keep(link, f"{place[0]}_{place[1]}")


def _read(text: str) -> Place:
    row, column = map(linked.whole, text.split("_"))
    return row, column


def inside(place: Any, shape: tuple[int, ...]) -> Place | None:
    """A place from the browser or a link; None when it is not in a grid of this shape."""
    if not isinstance(place, (list, tuple)) or len(place) != 2 or not all(isinstance(n, int) for n in place):
        return None
    row, column = place
    return (row, column) if 0 <= row < shape[0] and 0 <= column < shape[1] else None
