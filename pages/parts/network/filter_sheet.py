"""The filters of a convolution as tiles, in an order of the visitor's; deeper ones slice by slice."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import render
from explorer.architecture.filter_statistics import CHROMATIC, FilterStatistics
from pages.parts.widgets.more import more
from pages.parts.widgets.tiles import choose_tile, keep_tile, kept_tile

ORDERS = ("number", "hue", "orientation", "frequency", "energy")
MOST_TILES = 512
_GREY_LAST = 1e6


def as_tiles(weights: np.ndarray, shared: bool) -> render.Picture:
    """Filters (n, c, k, k) as tiles, zero at mid-grey: in colour with three channels, else their mean."""
    if weights.shape[1] == 3:
        colours = weights.transpose(0, 2, 3, 1)
        limit = render.largest(colours) if shared else None
        return np.stack([render.signed(one, limit) for one in colours])
    return plane_tiles(weights.mean(1), shared)


def plane_tiles(planes: np.ndarray, shared: bool) -> render.Picture:
    """Planes (n, k, k) of weights as blue-to-amber tiles."""
    limit = render.largest(planes) if shared else None
    return np.stack([render.signed(one, limit) for one in planes])


def choose_order() -> tuple[str, bool]:
    """The controls: by what the filters are sorted, and whether on one scale."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.selectbox("Sorted by", ORDERS, key="filters_order", bind="query-params", width=180)
        with more("filters_shared"):
            shared = st.toggle(
                "One scale for all", key="filters_shared", bind="query-params", help="Shows which are strong."
            )
    return by or ORDERS[0], shared


def order(measured: FilterStatistics, by: str) -> np.ndarray:
    """The numbers of the filters in an order; by hue, those that are mostly grey come last."""
    grey = np.where(measured.colour < CHROMATIC / 2, _GREY_LAST, 0)
    keys = {
        "number": np.arange(len(measured.energy)),
        "hue": measured.hue_deg + grey,
        "orientation": np.where(measured.frequency > 0, measured.angle_deg, _GREY_LAST),
        "frequency": measured.frequency,
        "energy": -measured.energy,
    }
    return np.argsort(keys[by], kind="stable")


def choose_filter(weights: np.ndarray, measured: FilterStatistics, kinds: np.ndarray, *, alt: str, key: str) -> int:
    """The sheet of all filters; returns the number of the one chosen."""
    by, shared = choose_order()
    numbers = order(measured, by)[:MOST_TILES]
    start = int(np.flatnonzero(numbers == kept_tile("filter"))[0]) if kept_tile("filter") in numbers else 0
    names = [f"filter {n}, {kinds[n]}" for n in numbers.tolist()]
    chosen = int(numbers[choose_tile(as_tiles(weights, shared)[numbers], names, start, alt=alt, key=key)])
    keep_tile("filter", chosen)
    return chosen


def slices(weights: np.ndarray, *, layer: str, key: str) -> int:
    """The slices of one filter of a deeper layer, strongest first; returns the filter's number."""
    count, inputs = weights.shape[:2]
    st.session_state["filters_number"] = min(kept_tile("filter"), count - 1)
    number = int(
        st.number_input(
            f"Filter, 0 to {count - 1}", 0, count - 1, key="filters_number",
            on_change=lambda: keep_tile("filter", int(st.session_state["filters_number"])), width=180,
        )
    )  # fmt: skip
    one = weights[number]
    norms = np.sqrt((one**2).sum((1, 2)))
    strongest = np.argsort(-norms, kind="stable")[:MOST_TILES]
    share = float((norms[strongest[: max(1, inputs // 10)]] ** 2).sum() / max((norms**2).sum(), 1e-30))
    tiles = plane_tiles(one[strongest], shared=True)
    names = [f"on map {i}: norm {norms[i]:.3f}" for i in strongest.tolist()]
    choose_tile(tiles, names, 0, alt=f"The slices of filter {number} of {layer}", key=key)
    st.caption(
        f"Filter {number} reads {inputs:,} maps, with one slice of {one.shape[1]} × {one.shape[2]} weights for each: "
        f"strongest first, on one scale, blue below zero. The strongest tenth holds {100 * share:.0f} % of its energy. "
        "Kinds (edge, blob, colour contrast, dead) are told only of filters that read the picture or a single map: "
        "what a mixture of many maps looks like says little about what it finds."
    )
    return number
