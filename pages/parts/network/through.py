"""What non-linearities and poolings do to a map, and one picture through all depths of a network."""

from __future__ import annotations

import cv2
import numpy as np
import streamlit as st

import explorer
from explorer import plots, render
from explorer.architecture.neighbours import simplifiers
from explorer.networks.layers import Layer
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.activations import input_maps
from explorer.responses.depths import Depth, depths, zero_shares
from pages.parts.network import maps
from pages.parts.shell.words import plain
from pages.parts.widgets import show
from pages.parts.widgets.tiles import choose_tile, keep, linked

TILE = 96  # pixels of a depth on the strip


def before_and_after(net: Network, image: Image, layer: Layer) -> None:
    """One map before and after a non-linearity or a pooling, and how much of it is zero."""
    steps = {step.name: step for step in simplifiers(net)}
    if not steps:
        st.info(
            "No non-linearity or pooling of this network works on maps as a step of its own, so there is nothing to "
            "look at before and after."
        )
        return
    controls, left, right = st.columns([1, 1.2, 1.2], gap="medium")
    with controls:
        names = list(steps)
        start = names.index(_next(net, layer, names))
        name = st.selectbox(
            "Step", names, start, key=f"maps_step_{layer.name}", format_func=lambda n: f"{n}, {steps[n].kind}"
        )
        given, result = input_maps(net, image, name), explorer.feature_maps(net, image, name)
        channel = maps.number(len(result))
        if len(given) == len(result):
            changed = float((given[channel] > 0).mean()) if given.shape == result.shape else None
            _words(steps[name], given, result, channel, changed)
    for cell, title, values in ((left, "Before", given), (right, "After", result)):
        with cell:
            one = values[channel]
            st.markdown(f"**{title}**: {one.shape[0]} × {one.shape[1]}, **{_zeros(one)}** zeros")
            show.picture(render.enlarge(maps.picture_of(one)[0], 320), f"Map {channel} {title.lower()} {name}")
            maps.scale(one)
    with st.spinner("Counting zeros in all layers …"):
        shares = zero_shares(net, image)
    st.markdown("**Share of exact zeros after each non-linearity and pooling**, first to last")
    bars = plots.bars([100 * share for _, share in shares], [step.name for step, _ in shares], y="% zeros", height=200)
    bars.update_xaxes(showticklabels=False)
    show.chart(bars, key="maps_zeros")


def _words(step: Layer, given: np.ndarray, result: np.ndarray, channel: int, kept: float | None) -> None:
    st.markdown(
        f"Of the whole layer **{_zeros(given)}** of the values are zero before and **{_zeros(result)}** after. "
        + (
            f"Of this map {100 * kept:.0f} % were positive: what is negative becomes zero"
            + (", what is above 6 becomes 6." if step.kind == "ReLU6" else ", the rest goes on.")
            if kept is not None and step.kind.startswith("ReLU")
            else f"Of every {given[0].size / result[0].size:.3g} values one is left."
            if given.shape != result.shape
            else "It bends every value, and is smooth around zero."
        )
    )


def _next(net: Network, layer: Layer, names: list[str]) -> str:
    """The step at or after a layer, else the last one."""
    order = [known.name for known in net.layers]
    return next((name for name in names if order.index(name) >= order.index(layer.name)), names[-1])


def _zeros(values: np.ndarray) -> str:
    return f"{100 * float((values == 0).mean()):.0f} %"


def all_depths(net: Network, image: Image) -> None:
    """A strip of the network's layers; the chosen one large, with a way to all its maps."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        way = st.segmented_control(
            "Shown of each layer", ["strongest map", "mean of all"], default="strongest map", required=True,
            key="maps_way", bind="query-params",
        )  # fmt: skip
        with st.spinner("One pass through all layers …"):
            found = depths(net, image, "all" if way == "mean of all" else "strongest")
        tiles = np.stack([_tile(depth) for depth in found])
        names = [f"{i + 1}. {depth.layer.name}" for i, depth in enumerate(found)]
        start = min(linked("depth"), len(found) - 1)
        alt = "One map for each depth of the network, first to last"
        number = choose_tile(tiles, names, start, alt=alt, key=f"maps_depths_{net.key}", columns=6)
        keep("depth", number)
        st.caption("From the picture (first) to the answer (last), row by row. Click one, or use the arrow keys.")
    with right:
        _one(found[number], number, len(found))


def _one(depth: Depth, number: int, count: int) -> None:
    layer, values = depth.layer, depth.values
    what = f"map {depth.channel}" if depth.channel >= 0 else "mean |value|"
    st.subheader(f"Depth {number + 1} of {count}: {plain(layer.name)}", anchor=False)
    show.picture(render.enlarge(maps.picture_of(values)[0], 384), f"{layer.name}, {what}")
    maps.scale(values)
    st.markdown(
        f"{layer.kind}, {what}: **{layer.channels} maps of {layer.places[0]} × {layer.places[1]}**, "
        f"{100 * depth.zeros:.0f} % zeros. Each value sees {layer.receptive_field} × {layer.receptive_field} pixels."
    )
    st.button("Open this layer", on_click=_open, args=(depth,), icon=":material/layers:")


def _open(depth: Depth) -> None:
    st.session_state["maps_layer"], st.session_state["maps_view"] = depth.layer.name, "All maps"
    if depth.channel >= 0:
        keep("map", depth.channel)


def _tile(depth: Depth) -> render.Picture:
    drawn = maps.picture_of(depth.values)[0]
    method = cv2.INTER_AREA if max(drawn.shape[:2]) > TILE else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(drawn, (TILE, TILE), interpolation=method), np.uint8)
