"""Feature maps: the picture as each layer of the network sees it."""

import numpy as np
import streamlit as st

import explorer
from explorer import render
from explorer.layers import Layer
from pages.parts import frame, network, picture, show
from pages.parts.takeaway import take_array, take_code, take_picture
from pages.parts.tiles import choose_tile, keep, linked
from pages.parts.words import plain

MOST_MAPS = 256  # on one sheet

corner = frame.heading(
    "Feature maps",
    "Each layer turns your picture into a stack of maps, one per filter: first edges, then textures, then parts. "
    "Deeper maps are smaller and see more.",
)
net, image = network.current(), picture.current()
layers = {layer.name: layer for layer in net.layers if len(layer.shape) == 3 and layer.shape[1] > 1}
if not layers:
    st.info("This network has no layer with places, so there are no maps to show.")
    st.stop()


@st.fragment
def look() -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        start = list(layers).index(_default())
        name = st.selectbox("Layer", list(layers), start, key="maps_layer", bind="query-params")
        layer = layers[name]
        maps = explorer.feature_maps(net, image, name)
        st.caption(f"{layer.kind}: {len(maps)} maps of {maps.shape[1]} × {maps.shape[2]}")
        with st.container(horizontal=True, vertical_alignment="center"):
            order = st.segmented_control(
                "Order", ["by number", "strongest first"], default="by number", required=True, key="maps_order",
                bind="query-params", label_visibility="collapsed",
            )  # fmt: skip
            shared = st.toggle("One scale for all", key="maps_shared", bind="query-params")
        numbers = (
            np.arange(len(maps)) if order == "by number" else np.argsort(-np.abs(maps).mean((1, 2)), kind="stable")
        )
        channel = sheet(layer, maps, numbers[:MOST_MAPS], shared)
    with right:
        one(layer, maps[channel], channel)


def _default() -> str:
    """A layer about a third of the way in: maps that are still large, and already more than edges."""
    return next(
        (name for name in layers if name.startswith("blocks.2") and name.count(".") == 1),
        list(layers)[len(layers) // 3],
    )


def sheet(layer: Layer, maps: np.ndarray, numbers: np.ndarray, shared: bool) -> int:
    place = int(np.flatnonzero(numbers == linked("map"))[0]) if linked("map") in numbers else 0
    tiles = render.map_tiles(maps[numbers], shared=shared)
    names = [f"map {n}, mean {maps[n].mean():.2f}" for n in numbers]
    alt = f"{len(numbers)} of the {len(maps)} maps of {layer.name}"
    place = choose_tile(tiles, names, place, alt=alt, key=f"maps_sheet_{net.key}_{layer.name}")
    keep("map", int(numbers[place]))
    st.caption(
        f"{len(numbers)} of {len(maps)} maps, {'all on one scale' if shared else 'each on its own scale'}. "
        "Click one, or use the arrow keys."
    )
    return int(numbers[place])


def one(layer: Layer, values: np.ndarray, channel: int) -> None:
    st.subheader(f"Map {channel} of {plain(layer.name)}", anchor=False)
    signed = float(values.min()) < 0
    draw = render.signed if signed else render.sequential
    limit = render.largest(values)
    over = st.toggle("Lay it over the picture", key="maps_over", bind="query-params")
    prepared = net.prepare(image)
    heat = np.abs(values)
    shown = render.overlay(prepared.uint8, heat) if over else draw(values)
    show.picture(render.enlarge(shown, 448), f"Map {channel} of {layer.name}")
    if signed and not over:
        show.scale_bar("signed", f"−{limit:.2f}", f"+{limit:.2f}", "0")
    else:
        show.scale_bar("sequential", f"{heat.min() if over else values.min():.2f}", f"{limit:.2f}")
    zeros = float((values == 0).mean())
    place = np.unravel_index(int(np.abs(values).argmax()), values.shape)
    field = min(layer.receptive_field, net.input_size)
    st.markdown(
        f"Values from **{values.min():.2f}** to **{values.max():.2f}**, mean {values.mean():.3f}; {100 * zeros:.0f} % "
        f"are exactly zero. Strongest at row {place[0]}, column {place[1]}. Each value sees **{field} × {field}** "
        f"pixels of the {net.input_size} × {net.input_size} picture."
    )
    with corner:
        take_picture(render.enlarge(draw(values), 448), f"map-{channel}.png", "This map")
        take_array(
            explorer.feature_maps(net, image, layer.name), "feature-maps.npy", "All maps of the layer as numbers"
        )
        take_code(
            network.code(net)
            + f"maps = explorer.feature_maps(network, explorer.open_image('picture.jpg'), {layer.name!r})"
        )


look()
network.note(net)
st.markdown(
    "**Look for** a map that follows one thing only: vertical edges, the background, one colour. "
    "**Try** the same layer on another picture, and *Random* weights at the left. "
    "**It means** that a layer computes $\\text{map}_n = \\text{ReLU}(\\sum_c x_c \\circledast w_{n,c} + b_n)$: "
    "one convolution per filter, summed over the maps $x_c$ of the layer before."
)
