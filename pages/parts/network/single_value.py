"""One number of a feature map: the pixels it sees, those that move it, and the sum that made it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

import explorer
from explorer import render
from explorer.networks.layers import Layer
from explorer.networks.loading import Network, NetworkError
from explorer.pictures.images import Image
from explorer.responses.contributions import effective_field, smallest_share
from pages.parts.network import maps
from pages.parts.network.contribution_sum import draw_products, draw_sum
from pages.parts.network.trail import draw_trail
from pages.parts.shell.words import plain
from pages.parts.widgets import places, show


def examine(net: Network, image: Image, layer: Layer, all_maps: np.ndarray, to_layer: Callable[[str], None]) -> None:
    """The map to click in, the receptive field on the picture, and the sum; `to_layer` puts another layer in use."""
    left, middle, right = st.columns([1, 1, 1], gap="medium")
    with left:
        channel = maps.choose_map(len(all_maps))
        values = all_maps[channel]
        start = places.kept_place(values.shape, maps.strongest(values))
        place = places.choose_place(
            render.enlarge(maps.picture_of(values)[0], 400), values, start,
            alt=f"Map {channel} of {layer.name}", key=f"maps_place_{net.key}_{layer.name}",
        )  # fmt: skip
        if place != start:
            places.keep_place(place)
        maps.draw_scale(values)
        draw_trail(explorer.Unit(layer.name, channel, place), to_layer)
        st.caption("Click a place, or use the arrow keys.")
    with middle:
        draw_receptive_field(net, image, layer, channel, place)
    with right:
        try:
            draw_products(draw_sum(net, image, layer, channel, place, values, to_layer))
        except NetworkError as error:
            st.info(plain(str(error)), icon=":material/info:")


def draw_receptive_field(net: Network, image: Image, layer: Layer, channel: int, place: places.Place) -> None:
    """The theoretical field as a frame, the effective one as light."""
    st.markdown(f"**What row {place[0]}, column {place[1]} sees**")
    with st.spinner("Computing the gradient …"):
        field = effective_field(net, image, explorer.Unit(layer.name, channel, place))
    side = net.input_size
    box = layer.field.clipped(*place, side)
    lit = render.smooth(render.overlay(net.prepare(image).uint8, np.sqrt(field), dark=0.25), 2 * side)
    if box[2] > box[0] and box[3] > box[1]:
        top, left, bottom, right = box
        lit = render.box(lit, (2 * top, 2 * left, 2 * bottom, 2 * right), thickness=2)
    show.picture(lit, "The receptive field on the picture: theoretical in a frame, effective lit")
    theory = max((box[2] - box[0]) * (box[3] - box[1]), 1) / side**2
    share = smallest_share(field)
    st.markdown(
        f"Frame: the **theoretical** field, {layer.field.rows.size} × {layer.field.columns.size} pixels"
        + (" (more than the picture)" if layer.receptive_field > side else "")
        + ". Light: the **effective** one, $|\\partial\\,\\text{value} / \\partial\\,\\text{pixel}|$. "
        + (
            f"90 % of it falls on {100 * share / theory:.0f} % of the frame's pixels."
            if share
            else "No pixel moves this value: it is cut off at zero."
        )
    )
