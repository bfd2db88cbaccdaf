"""One picture through all depths of a network."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import streamlit as st

from explorer import render
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.layer_summaries import LayerSummary, layer_summaries
from pages.parts.network import maps
from pages.parts.shell.words import plain
from pages.parts.widgets import show
from pages.parts.widgets.tiles import choose_tile, keep_tile, kept_tile

TILE = 96  # pixels of a depth on the strip


def all_depths(net: Network, image: Image, open_layer: Callable[[str], None]) -> LayerSummary:
    """A strip of the network's layers; the chosen one large, with a button that opens it. Returns the chosen one."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        way = st.segmented_control(
            "Show for each layer", ["strongest map", "mean of all"], default="strongest map", required=True,
            key="maps_way", bind="query-params",
        )  # fmt: skip
        with st.spinner("One pass through all layers …"):
            found = layer_summaries(net, image, "all" if way == "mean of all" else "strongest")
        tiles = np.stack([_tile(depth) for depth in found])
        names = [f"{i + 1}. {depth.layer.name}" for i, depth in enumerate(found)]
        start = min(kept_tile("depth"), len(found) - 1)
        alt = "One map for each depth of the network, first to last"
        number = choose_tile(tiles, names, start, alt=alt, key=f"maps_depths_{net.key}", columns=6)
        keep_tile("depth", number)
        st.caption("From the picture (first) to the answer (last), row by row. Click one, or use the arrow keys.")
    with right:
        _one(found[number], number, len(found), open_layer)
    return found[number]


def _one(depth: LayerSummary, number: int, count: int, open_layer: Callable[[str], None]) -> None:
    layer, values = depth.layer, depth.values
    what = f"map {depth.channel}" if depth.channel >= 0 else "mean |value|"
    st.header(f"Depth {number + 1} of {count}: {plain(layer.name)}", anchor=False)
    show.picture(render.enlarge(maps.picture_of(values)[0], 384), f"{layer.name}, {what}")
    maps.draw_scale(values)
    st.markdown(
        f"{layer.kind}, {what}: **{layer.channels} maps of {layer.places[0]} × {layer.places[1]}**, "
        f"{100 * depth.zeros:.0f} % zeros. Each value sees {layer.receptive_field} × {layer.receptive_field} pixels."
    )
    st.button("Open this layer", on_click=_open, args=(depth, open_layer), icon=":material/layers:")


def _open(depth: LayerSummary, open_layer: Callable[[str], None]) -> None:
    open_layer(depth.layer.name)
    if depth.channel >= 0:
        keep_tile("map", depth.channel)


def _tile(depth: LayerSummary) -> render.Picture:
    drawn = maps.picture_of(depth.values)[0]
    method = cv2.INTER_AREA if max(drawn.shape[:2]) > TILE else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(drawn, (TILE, TILE), interpolation=method), np.uint8)
