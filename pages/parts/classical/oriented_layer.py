"""A network's first layer before the stimuli of physiologists: how many of its filters are tuned to orientation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots, render
from explorer.classical.eye import STIMULI
from pages.parts.pickers import network
from pages.parts.shell.live import live
from pages.parts.shell.words import plain
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_array, take_code
from pages.parts.widgets.tiles import choose_tile, keep_tile, kept_tile

if TYPE_CHECKING:
    from explorer.architecture.oriented_filters import LayerTuning
    from explorer.networks.loading import Network


@live
def first_layer(corner: DeltaGenerator) -> None:
    """The filters of the network's first layer by their orientation selectivity, and one's tuning curve."""
    net = network.current()
    import explorer
    from explorer.architecture.oriented_filters import layer_tuning

    left, right = st.columns([1, 1.6], gap="large")
    with right:
        kind = str(st.segmented_control("Show a", STIMULI, default="grating", required=True, key="eye_stimulus",
                                        bind="query-params"))  # fmt: skip
    try:
        found = layer_tuning(net, kind)
    except explorer.NetworkError as error:
        right.info(plain(str(error)), icon=":material/info:")
        return
    counterpart = network.counterpart(net)
    other = None if counterpart is None else layer_tuning(counterpart, kind)
    with left:
        number = _choose(net, found)
    with right:
        _counts(net, found, other)
        _curve(net, found, other, number, kind)
        st.markdown(_says(found, number, kind))
        st.markdown(_honest(net, found, other))
    network.note(net)
    with corner:
        _take(net, found, kind)


def _take(net: Network, found: LayerTuning, kind: str) -> None:
    """All tuning curves as numbers, and the code that gives them."""
    take_array(found.responses, "layer-tuning.npy", "All filters' tuning curves")
    take_code(
        network.code(net) + "from explorer.architecture.oriented_filters import layer_tuning\n\n"
        f"found = layer_tuning(network, {kind!r})\nprint(found.tuned, 'of', len(found.selectivity))"
    )


def _choose(net: Network, found: LayerTuning) -> int:
    """The sheet of filters, the most oriented first; returns the number of the chosen one."""
    import explorer

    filters = explorer.first_layer_filters(net)
    order = np.argsort(-found.selectivity, kind="stable")
    colours = filters.transpose(0, 2, 3, 1) if filters.shape[1] == 3 else np.stack([filters.mean(1)] * 3, -1)
    tiles = np.stack([render.signed(colours[n]) for n in order])
    names = [f"filter {n}, selectivity {found.selectivity[n]:.2f}" for n in order]
    place = choose_tile(tiles, names, min(kept_tile("eye_rank"), len(order) - 1), key=f"eye_sheet_{net.key}",
                        alt="The filters, most oriented first")  # fmt: skip
    keep_tile("eye_rank", place)
    st.caption(f"The {len(order)} filters, the most oriented first. Click one, or use the arrow keys.")
    return int(order[place])


def _words(trained: bool) -> str:
    return "trained" if trained else "random"


def _counts(net: Network, found: LayerTuning, other: LayerTuning | None) -> None:
    count = len(found.selectivity)
    cells = st.columns(2)
    cells[0].metric(f"Tuned to orientation, {_words(net.trained)}", f"{found.tuned} of {count}")
    if other is not None:
        cells[1].metric(f"The same with {_words(not net.trained)} weights", f"{other.tuned} of {count}")


def _curve(net: Network, found: LayerTuning, other: LayerTuning | None, number: int, kind: str) -> None:
    series = {f"filter {number}": found.responses[number]}
    if other is not None:
        series[f"filter {number}, {_words(not net.trained)} weights"] = other.responses[number]
    figure = plots.lines(series, x=f"angle of the {kind} in degrees", y="response", at=found.angles_deg, height=215)
    show.chart(figure.update_xaxes(dtick=45), key="eye_layer")


def _says(found: LayerTuning, number: int, kind: str) -> str:
    from explorer.architecture.oriented_filters import SIZES, TUNED

    sizes = ", ".join(f"{size:g}" for size in SIZES[kind])
    shown = f"grey gratings of {sizes} pixels" if kind == "grating" else f"bright bars {sizes} pixels wide on grey"
    return (
        f"Filter {number}: selectivity **{found.selectivity[number]:.2f}**, best at "
        f"{found.angles_deg[int(found.responses[number].argmax())]}°. A filter counts as tuned when 1 − circular "
        rf"variance, $|\sum_\theta r_\theta e^{{2i\theta}}| / \sum_\theta r_\theta$, is above {TUNED}, for {shown}: "
        "$r$ is the mean over these of the largest answer while the stimulus drifts by."
    )


def _honest(net: Network, found: LayerTuning, other: LayerTuning | None) -> str:
    if other is None:
        return ""
    learned, drawn = (found, other) if net.trained else (other, found)
    count = len(found.selectivity)
    return (
        f"At each filter's best size alone, {learned.tuned_at_best} of {count} trained and {drawn.tuned_at_best} of "
        f"{count} random filters would count: on few pixels even chance prefers some direction at one size. The mean "
        "asks for one direction at all of them. Grey stimuli don't see what a filter does with colour."
    )
