"""Two pictures in one network: what it says of each, how far apart its layers hold them, and by which maps."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import explorer
from explorer import plots, render
from explorer.responses import ranking
from explorer.responses.invariance import change_between
from pages.parts.network import conclusions
from pages.parts.pickers import network, picture
from pages.parts.pickers.layer import choose_layer
from pages.parts.shell.live import live
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_code


def compare(net: explorer.Network, image: explorer.Image, second: explorer.Image, corner: DeltaGenerator) -> None:
    """The picture in use and another one, layer by layer, with the maps that differ most."""
    with st.spinner("One pass each through all layers …"):
        change = change_between(net, image, second)
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        draw_pair(net, image, second, second.name)
    with right:
        series = {"at the same place": change.in_place, "each map's mean": change.pooled}
        counterpart = network.counterpart(net)
        if counterpart is not None:
            other = change_between(counterpart, image, second)
            name = "random" if net.trained else "trained"
            series[f"control: {name} weights, same place"] = other.in_place
        draw_depth_chart(series, change.layers, y="how far apart", key="change_pictures")
        st.caption("0: the layer can't tell them apart. 1: their values have nothing in common.")
        if counterpart is not None:
            ours, theirs = float(change.in_place[-1]), float(other.in_place[-1])
            st.markdown(conclusions.of_two_pictures(ours, theirs, trained=net.trained))
    _most_apart(net, image, second)
    with corner:
        take_code(
            network.code(net) + "from explorer.responses.invariance import change_between\n\n"
            f"change = change_between(network, {picture.code()}, explorer.sample({second.name!r}))\n"
            "print(dict(zip(change.layers, change.in_place)))"
        )


@live
def _most_apart(net: explorer.Network, image: explorer.Image, second: explorer.Image) -> None:
    """For one layer, the maps by which the two pictures differ most, and least."""
    names = [layer.name for layer in net.layers if layer.has_maps]
    if not names:
        return
    name = choose_layer("Layer", net, names, names[len(names) // 2], key="change_layer", width=320)
    first, others = (explorer.feature_maps(net, one, name) for one in (image, second))
    shares = ranking.difference_shares(first, others)
    most, least = np.argsort(-shares, kind="stable"), ranking.least_apart(first, others)
    if not shares.any():
        st.caption("This layer can't tell the two apart.")
        return
    titles = ("**These maps differ most**", "**Of the stronger half of the maps these differ least**")
    for title, numbers in zip(titles, (most[shares[most] > 0][:6], least[:6]), strict=True):
        st.markdown(f"{title}: above your picture's, below those of {plain(second.name)}, each pair on one scale")
        for cell, number in zip(st.columns(6), numbers.tolist(), strict=False):
            with cell:
                both = np.concatenate([first[number], others[number]])
                drawn = render.map_tiles(both[None])[0]
                height = drawn.shape[0] // 2
                gap = np.full((max(1, height // 14), drawn.shape[1], 3), 255, np.uint8)
                joined = np.concatenate([drawn[:height], gap, drawn[height:]])
                show.picture(render.enlarge(joined, 240), f"Map {number} for both pictures")
                st.caption(f"map {number}, {percent(shares[number])} of the layer's difference")


def draw_pair(net: explorer.Network, image: explorer.Image, after: explorer.Image, title: str) -> None:
    """Both pictures with what the network says."""
    left, right = st.columns(2)
    for cell, name, one in ((left, "Your picture", net.prepare(image)), (right, title, net.prepare(after))):
        with cell:
            st.markdown(f"**{name}**")
            show.picture(one.uint8, name)
            show.predictions(net.predict(one, top=3))


def draw_depth_chart(series: dict[str, np.ndarray], layers: tuple[str, ...], *, y: str, key: str) -> None:
    """Curves over the layers, first to last; that of another picture is dashed."""
    dashed = [name for name in series if name.startswith("another picture")]
    figure = plots.lines(series, x="layer, first to last", y=y, at=list(layers), dashed=dashed, height=270)
    figure.update_xaxes(showticklabels=False, type="category")
    figure.update_yaxes(rangemode="tozero")
    show.chart(figure, key=key)
