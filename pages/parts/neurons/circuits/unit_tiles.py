"""Tiles of units that excite or inhibit another: what each looks for, its kernel, what it adds, the way to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import render
from explorer.maximization import Unit
from pages.parts.shell.words import rounded
from pages.parts.widgets.markup import img

_SIDE = 112  # pixels of a picture as sent


@dataclass(frozen=True, eq=False)
class Tile:
    """A unit of the layer before, what it adds, its kernel (k, k'), and where on its map the largest product lies."""

    unit: Unit
    amount: float
    kernel: NDArray[np.float32]
    place: tuple[int, int]


def draw_row(
    title: str,
    tiles: Sequence[Tile],
    pictures: Mapping[Unit, render.Picture],
    limit: float,
    go: Callable[[Unit], None],
    key: str = "circuit_to",
) -> None:
    """A title and tiles; each has a button that goes to its unit, its own `key` with the channel.

    `limit` is where the kernels' colours end.

    After a press all is drawn anew: tiles whose pictures are painted stand in a block of their own, and that alone
    would go on showing the unit that was left.
    """
    st.markdown(title)
    if not tiles:
        st.caption("No unit does.")
        return
    with st.container(key=f"tiles_{key}_{tiles[0].unit.channel}"):
        cells = st.columns(max(5, len(tiles)), gap="small")
    for cell, tile in zip(cells, tiles, strict=False):
        with cell:
            st.html(_figure(tile, pictures[tile.unit], limit))
            neuron = replace(tile.unit, position=tile.place)
            gone = st.button(
                f"{tile.unit.channel} :small[{signed(tile.amount)}]", on_click=go, args=(neuron,), width="stretch",
                key=f"{key}_{tile.unit.channel}", help=f"Go on to channel {tile.unit.channel}: what drives it?",
            )  # fmt: skip
            if gone:
                st.rerun()


def _figure(tile: Tile, picture: render.Picture, limit: float) -> str:
    kernel = render.enlarge(render.signed(tile.kernel, limit), _SIDE)
    name = f"channel {tile.unit.channel}"
    return (
        f'<div class="wire">{img(render.png(render.smooth(picture, _SIDE)), f"What excites {name}", hover=True)}'
        f"{img(render.png(kernel), f'The kernel from {name}', hover=True)}</div>"
    )


def signed(value: float) -> str:
    """A number with three decimals, and with its sign: +0.120."""
    text = rounded(value, 3)
    return f"+{text}" if float(f"{value:.3f}") > 0 else text
