"""The sum behind a number of a feature map: what each input map adds, and on to the numbers behind that."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

import explorer
from explorer import render
from explorer.architecture.neighbours import convolution_near
from explorer.networks.layers import Layer
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.contributions import Contributions, contributions
from explorer.responses.downstream import LayerValue, downstream_values
from explorer.responses.producers import producer, strongest_product
from explorer.responses.units import map_shape
from pages.parts.network.trail import go
from pages.parts.shell.words import plain, rounded
from pages.parts.widgets import markup, places, show
from pages.parts.widgets.markup import Bar

MOST = 8  # input maps listed
BARS = ("#56a0a6", "#e08a1e")  # adds, takes away


def draw_sum(
    net: Network, image: Image, layer: Layer, channel: int, place: places.Place, values: np.ndarray,
    to_layer: Callable[[str], None],
) -> Contributions:  # fmt: skip
    """The sum behind the number; of the nearest convolution when the layer is none."""
    near, clicked = convolution_near(net, layer.name), values[place]
    st.markdown("**The sum that made it**")
    steps: Sequence[LayerValue] = ()
    if near.name != layer.name:
        channel, place = _carried(channel, place, values.shape, near)
        steps = downstream_values(net, image, explorer.Unit(near.name, channel, place), layer.name)
        say_shortcut(steps, float(clicked))
        button_to_shortcut(steps, channel, place, to_layer)
    found = contributions(net, image, near.name, channel, place)
    if near.name != layer.name:
        st.caption(
            f"{plain(layer.name)}, where the value is **{_figure(clicked)}**, is no convolution. This is the sum in "
            f"**{plain(near.name)}**, the nearest one: map {channel}, row {place[0]}, column {place[1]}."
        )
    elif near.kind == "Linear":
        st.caption("The same fully connected layer at each place is a convolution with kernels of 1 × 1.")
    positive, negative = (float(found.amounts[found.amounts * sign > 0].sum()) for sign in (1, -1))
    rest = f" + bias {_figure(found.bias)}" if found.bias else ""
    st.markdown(
        f"**{_figure(found.value)}** = {_figure(positive)} − {_figure(abs(negative))}{rest}, from "
        f"{len(found.channels)} input map{'s' * (len(found.channels) > 1)}:"
    )
    draw_inputs(net, image, near, found, to_layer)
    draw_later_layers(steps)
    return found


def _carried(channel: int, place: places.Place, shape: tuple[int, ...], near: Layer) -> tuple[int, places.Place]:
    """The same place, in proportion, in another layer's maps."""
    count, *sides = map_shape(near)
    row, column = (min(n * side // size, side - 1) for n, side, size in zip(place, sides, shape, strict=True))
    return min(channel, count - 1), (row, column)


def say_shortcut(steps: Sequence[LayerValue], value: float) -> None:
    """Say it first where most of the value came by a shortcut, and not through the convolution below."""
    way = max((step for step in steps if step.added), key=lambda step: abs(step.value), default=None)
    if way is not None and abs(way.value) > abs(value) / 2:
        st.markdown(
            f"**{_figure(way.value)}** of its **{_figure(value)}** came by the shortcut from **{plain(way.layer)}**, "
            "the rest by the convolution."
        )


def button_to_shortcut(
    steps: Sequence[LayerValue], channel: int, place: places.Place, to_layer: Callable[[str], None]
) -> None:  # fmt: skip
    """A way to what came by a shortcut: the same map and place of the layer it came from."""
    for step in steps:
        if step.added:
            st.button(
                f"Go to it in {plain(step.layer)}", on_click=go,
                args=(to_layer, explorer.Unit(step.layer, channel, place)),
                icon=":material/subdirectory_arrow_left:", key=f"maps_by_{step.layer}",
            )  # fmt: skip


def draw_later_layers(steps: Sequence[LayerValue]) -> None:
    """What later layers make of the sum, up to the value clicked."""
    rows = [
        (f"+ shortcut from {step.layer}" if step.added else step.layer, step.value, step.added) for step in steps[1:]
    ]
    if rows:
        st.caption("What the layers after it make of that number:")
        show.amounts([(name, _figure(value, sign=added)) for name, value, added in rows])


def draw_inputs(net: Network, image: Image, near: Layer, found: Contributions, to_layer: Callable[[str], None]) -> None:
    """The input maps by contribution; each leads to the value behind it, in the layer that made it."""
    producing = producer(net, image, near.name)
    if producing is None or not producing.has_maps:
        draw_bars(found)
        if near.name == next(layer.name for layer in net.layers if layer.kind == near.kind):
            st.caption("Its input maps are the picture's own colours: here the way back ends, at the pixels.")
        return
    with st.container(key="maps_go_on", gap=None):
        shares = ""
        for i in found.order[:MOST].tolist():
            channel, place, amount = int(found.channels[i]), strongest_product(found, i), float(found.amounts[i])
            st.button(
                f"map {channel} :small[{_figure(amount, sign=True)}]", on_click=go, key=f"maps_go_{channel}",
                args=(to_layer, explorer.Unit(producing.name, channel, place)), width="stretch",
                help=f"Row {place[0]}, column {place[1]}, in {plain(producing.name)}: its product was the largest.",
            )  # fmt: skip
            share = abs(amount) / (float(np.abs(found.amounts).max()) or 1.0)
            shares += f".st-key-maps_go_{channel} {{ --share: {100 * share:.1f}%; --bar: {BARS[amount < 0]} }}"
        st.html(f"<style>{shares}</style>")
    others = found.order[MOST:]
    if others.size:
        st.caption(f"{len(others)} others: {_figure(float(found.amounts[others].sum()), sign=True)}")
    st.caption(f"Click one to go on to what made it, in **{plain(producing.name)}**.")


def draw_bars(found: Contributions) -> None:
    """The input maps by contribution, the largest first, and what all others add."""
    first, others = found.order[:MOST], found.order[MOST:]
    rows = [(f"map {found.channels[i]}", float(found.amounts[i])) for i in first]
    if others.size:
        rows.append((f"{len(others)} others", float(found.amounts[others].sum())))
    limit = max((abs(amount) for _, amount in rows), default=0.0) or 1.0
    markup.bars([Bar(name, _figure(amount, sign=True), abs(amount) / limit, amount < 0) for name, amount in rows])


def draw_products(found: Contributions) -> None:
    """What lies under the kernel of the largest contribution, the kernel, and their products."""
    top, left, bottom, right = found.window
    if (bottom - top) * (right - left) <= 1:
        return
    i = int(found.order[0])
    patch, kernel = found.patches[i], found.weights[i]
    st.caption(f"Map {found.channels[i]} there × its weights = products, which sum to {_figure(found.amounts[i])}")
    grids = np.stack([render.signed(grid) for grid in (patch, kernel, patch * kernel)])
    joined = render.mosaic(grids, columns=3)
    show.picture(render.enlarge(joined, 300), "The input map there, the weights, their products")


def _figure(value: float, *, sign: bool = False) -> str:
    text = rounded(value, 3)
    return f"+{text}" if sign and float(f"{value:.3f}") > 0 else text
