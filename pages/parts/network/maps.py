"""All maps of a layer on one sheet, in an order of the visitor's, and the chosen one enlarged with its numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

import explorer
from explorer import render
from explorer.networks.layers import Layer
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses import ranking
from pages.parts.pickers import second_picture
from pages.parts.shell.words import percent, plain, rounded
from pages.parts.widgets import places, show
from pages.parts.widgets.more import more
from pages.parts.widgets.tiles import choose_tile, keep_tile, kept_tile

AT_ONCE = {"64": 64, "256": 256, "all": 4096}
DIFFERENCE = "another picture"


def choose_map(count: int) -> int:
    """The number of the map in use, below `count`, by a field for the views without the sheet."""
    st.session_state["maps_number"] = min(kept_tile("map"), count - 1)
    chosen = int(
        st.number_input(
            f"Map, 0 to {count - 1}", 0, count - 1, key="maps_number",
            on_change=lambda: keep_tile("map", int(st.session_state["maps_number"])),
        )
    )  # fmt: skip
    keep_tile("map", chosen)
    return chosen


def choose_order() -> str:
    """The order of the maps that the visitor chose: a name in `ranking.ORDERS`, or DIFFERENCE."""
    orders = [*ranking.ORDERS, DIFFERENCE]
    return st.selectbox("Sorted by", orders, key="maps_order", bind="query-params", width=210) or orders[0]


def ordered(
    net: Network, image: Image, layer: Layer, maps: np.ndarray, by: str
) -> tuple[np.ndarray, np.ndarray | None]:
    """The maps' numbers in an order and, when pictures are compared, each one's share of the layer's difference."""
    if by != DIFFERENCE:
        return ranking.order(maps, by), None
    second = second_picture.pick(image, key="maps_other")
    with st.spinner("Looking at the other picture …"):
        apart = ranking.difference_shares(maps, explorer.feature_maps(net, second, layer.name))
    return np.argsort(-apart, kind="stable"), apart


def sheet(net: Network, layer: Layer, maps: np.ndarray, numbers: np.ndarray, apart: np.ndarray | None) -> int:
    """The sheet, its scale and its pages; returns the number of the map chosen."""
    with more("maps_shared", "maps_at_once"):
        shared = st.toggle("One scale for all", key="maps_shared", bind="query-params")
        many = len(maps) > min(AT_ONCE.values())
        at_once = st.segmented_control(
            "Maps per page", list(AT_ONCE), default="256", required=True, key="maps_at_once", bind="query-params",
            help="How many maps on one page.",
        ) if many else "all"  # fmt: skip
    size = AT_ONCE[at_once or "256"]
    numbers = _page(numbers, size, key=f"{net.key}_{layer.name}_{size}")
    place = int(np.flatnonzero(numbers == kept_tile("map"))[0]) if kept_tile("map") in numbers else 0
    means = maps[numbers].mean((1, 2))
    names = [f"map {n}, mean {rounded(mean)}" for n, mean in zip(numbers.tolist(), means.tolist(), strict=True)]
    if apart is not None:
        names = [f"{name}, {percent(apart[n])} of the difference" for n, name in zip(numbers, names, strict=True)]
    tiles = render.map_tiles(maps[numbers], shared=shared)
    alt = f"{len(numbers)} of the {len(maps)} maps of {layer.name}"
    chosen = int(numbers[choose_tile(tiles, names, place, alt=alt, key=f"maps_sheet_{net.key}_{layer.name}")])
    keep_tile("map", chosen)
    st.caption(
        f"{len(numbers):,} of {len(maps):,} maps of {maps.shape[1]} × {maps.shape[2]}, "
        f"{'all on one scale' if shared else 'each on its own scale'}. Click one, or use the arrow keys."
    )
    return chosen


def _page(numbers: np.ndarray, size: int, *, key: str) -> np.ndarray:
    """The part of the numbers that is on the sheet, with buttons for the others."""
    pages = -(-len(numbers) // size)
    if pages < 2:
        return numbers
    page = st.pagination(pages, key=f"maps_page_{key}")
    return numbers[size * (page - 1) : size * page]


def picture_of(values: np.ndarray) -> tuple[render.Picture, bool]:
    """A map on its own scale, signed or not, and which of the two."""
    signed = float(values.min()) < 0
    return (render.signed if signed else render.sequential)(values), signed


def draw_scale(values: np.ndarray) -> None:
    """The bar that belongs to `picture_of`."""
    if float(values.min()) < 0:
        limit = render.largest(values)
        show.signed_scale(limit, decimals=2)
    else:
        show.scale_bar("sequential", rounded(values.min()), rounded(values.max()))


def strongest(values: np.ndarray) -> places.Place:
    """Where |value| is largest, (row, column)."""
    row, column = np.unravel_index(int(np.abs(values).argmax()), values.shape)
    return int(row), int(column)


def draw_enlarged(net: Network, image: Image, layer: Layer, values: np.ndarray, channel: int) -> None:
    """One map large: its numbers under the pointer, or laid over the picture."""
    st.header(f"Map {channel} of {plain(layer.name)}", anchor=False)
    over = st.toggle("Overlay it on the picture", key="maps_over", bind="query-params")
    drawn = (
        render.overlay(net.prepare(image).uint8, np.abs(values)) if over else render.enlarge(picture_of(values)[0], 448)
    )
    start = places.kept_place(values.shape, strongest(values))
    key = f"maps_one_{net.key}_{layer.name}"
    alt = f"Map {channel} of {layer.name}"
    place = places.choose_place(drawn, values, start, alt=alt, key=key, smooth=over)
    if place != start:
        places.keep_place(place)
    if over:
        show.scale_bar("sequential", "dark: 0", f"bright: {render.largest(values):.2f}")
    else:
        draw_scale(values)
    row, column = strongest(values)
    words = (
        f"Values from **{rounded(values.min())}** to **{rounded(values.max())}**, mean "
        f"{rounded(values.mean(), 3)}; "
        f"{100 * float((values == 0).mean()):.0f} % are exactly zero; strongest at row {row}, column {column}. "
        f"At row {place[0]}, column {place[1]} it is **{rounded(values[place], 3)}**: *One place* shows what made it."
    )
    st.markdown(words)
