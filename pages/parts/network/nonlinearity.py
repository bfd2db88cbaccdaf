"""What a non-linearity or a pooling does to a map."""

from __future__ import annotations

import numpy as np
import streamlit as st

import explorer
from explorer import plots, render
from explorer.architecture.neighbours import activations_and_poolings
from explorer.networks.layers import Layer
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.activations import input_maps
from explorer.responses.layer_summaries import zero_shares
from pages.parts.network import maps
from pages.parts.widgets import show


def before_and_after(net: Network, image: Image, layer: Layer) -> None:
    """One map before and after a non-linearity or a pooling, and how much of it is zero."""
    steps = {step.name: step for step in activations_and_poolings(net)}
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
        name = st.selectbox("Step", names, start, key=f"maps_step_{layer.name}", bind="query-params",
                            format_func=lambda n: f"{n}, {steps[n].kind}")  # fmt: skip
        given, result = input_maps(net, image, name), explorer.feature_maps(net, image, name)
        channel = maps.choose_map(len(result))
        if len(given) == len(result):
            st.markdown(_says(steps[name], given, result, channel))
    for cell, title, values in ((left, "Before", given), (right, "After", result)):
        with cell:
            one = values[channel]
            st.markdown(f"**{title}**: {one.shape[0]} × {one.shape[1]}, **{_zeros(one)}** zeros")
            show.picture(render.enlarge(maps.picture_of(one)[0], 320), f"Map {channel} {title.lower()} {name}")
            maps.draw_scale(one)
    _zeros_by_layer(net, image)


def _zeros_by_layer(net: Network, image: Image) -> None:
    with st.spinner("Counting zeros in all layers …"):
        shares = zero_shares(net, image)
    st.markdown("**Share of exact zeros after each non-linearity and pooling**, first to last")
    bars = plots.bars([100 * share for _, share in shares], [step.name for step, _ in shares], y="% zeros", height=200)
    bars.update_xaxes(showticklabels=False)
    show.chart(bars, key="maps_zeros")


def _says(step: Layer, given: np.ndarray, result: np.ndarray, channel: int) -> str:
    """How many zeros the whole layer has, before and after, and what became of one map."""
    whole = f"Of the whole layer **{_zeros(given)}** of the values are zero before and **{_zeros(result)}** after. "
    if given.shape != result.shape:
        return whole + f"Of every {given[0].size / result[0].size:.3g} values one is left."
    if not step.kind.startswith("ReLU"):
        return whole + "It changes every value, smoothly around zero."
    positive = 100 * float((given[channel] > 0).mean())
    rest = "what is above 6 becomes 6" if step.kind == "ReLU6" else "the rest goes on"
    return whole + f"Of this map {positive:.0f} % were positive: what is negative becomes zero, {rest}."


def _next(net: Network, layer: Layer, names: list[str]) -> str:
    """The step at or after a layer, else the last one."""
    order = [known.name for known in net.layers]
    return next((name for name in names if order.index(name) >= order.index(layer.name)), names[-1])


def _zeros(values: np.ndarray) -> str:
    return f"{100 * float((values == 0).mean()):.0f} %"
