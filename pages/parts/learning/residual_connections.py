"""Residual connections: what depth does to a gradient, and a way around each layer that keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots
from explorer.learning.ensembles.experiments import RESIDUAL_DEPTHS, deep_network
from explorer.learning.ensembles.runs import shipped_run
from pages.parts.learning import comparison, comparison_files
from pages.parts.learning.comparison import Runs, ends, show_comparison
from pages.parts.shell.closing import closing
from pages.parts.shell.words import number
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_chart_film

SLOT = "tricks"
PLAIN, RESIDUAL = "plain", "residual"


def residual_connections(corner: DeltaGenerator) -> None:
    """The tab Residual: gradients layer by layer, plain and residual, and accuracy by depth; files go to `corner`."""
    _with_and_without(corner)
    closing(
        look_for="The slope of the plain network's curve: from layer to layer the gradient grows or fades by the same "
        "factor, so a straight line on this scale.",
        try_="4 layers, then 64. Without batch normalization.",
        it_means="In a plain network the gradient of the first layer is a product with one factor for each layer, so "
        "it fades or grows. A residual layer adds what it makes to what it was given (He et al. 2015), and "
        "so leaves the gradient a way on which nothing changes it. That is how networks could become 152 "
        "layers deep.",
        formula="Plain: $s(Wv)$; residual: $v + s(Wv)$"
        "\n\n"
        "Here $v$ is what a layer is given, $W$ its weights and $s$ its activation. Through plain layers the "
        "gradient of the first is a product of as many matrices as there are layers; the derivative of a "
        "residual one is the identity and something (He et al. 2015).",
        tab="residual",
    )


def _with_and_without(corner: DeltaGenerator) -> None:
    """The controls, networks that learn with and without a way around each layer, and what came of each depth."""
    one, two, three = st.columns([3, 2, 1], vertical_alignment="bottom")
    depth = one.select_slider("Hidden layers", RESIDUAL_DEPTHS, 32, key="tricks_depth", bind="query-params")
    norm = two.toggle("Batch normalization", value=True, key="tricks_residual_norm", bind="query-params")
    seed = three.number_input("Seed", 0, 9999, 0, key="tricks_residual_seed", bind="query-params")
    several = {
        name: replace(deep_network(int(depth), residual=added), batch_norm=norm)
        for name, added in ((PLAIN, False), (RESIDUAL, True))
    }
    left, right = st.columns(2, gap="large")
    with left:
        st.header("The gradient, layer by layer", anchor=False)
        runs = show_comparison(several, _gradients, slot=SLOT, first=int(seed))
    with right:
        st.header("Accuracy against depth", anchor=False)
        depths = _depths()
    charts = {"gradients": _by_layer(runs)} if runs else {}
    if runs:
        with corner:
            take_chart_film(partial(_film, runs), "gradients", "The gradient over training")
    comparison_files.take(corner, runs, several, charts | {"accuracy-by-depth": depths}, first=int(seed))


def _gradients(runs: Runs) -> None:
    depth = len(next(iter(runs.values())).layers["gradients"][0])
    show.chart(_by_layer(runs), key=f"tricks_gradients_{len(runs)}_{depth}")
    said = []
    for name, run in runs.items():
        first, last = (float(run.layers["gradients"][0][place]) for place in (0, -2))
        ratio = first / last if last else float("inf")
        said.append(
            f"{name.capitalize()}: before learning the first layer's gradient is **{_times(ratio)}** the last hidden "
            f"one's; after {len(run) - 1} epochs {ends(run.last('held_out'))} of held-out digits are right."
        )
    st.markdown("  \n".join(said))


def _by_layer(runs: Runs, epoch: int = 0) -> go.Figure:
    """The norm of the gradient of each layer's weights after so many epochs; of a run that has ended, at its end."""
    there = {name: run.layers["gradients"][min(epoch, len(run) - 1)] for name, run in runs.items()}
    finite = {name: _drawable(values) for name, values in there.items()}
    at = list(range(1, len(next(iter(there.values()))) + 1))
    figure = plots.lines(finite, x="layer, from the picture on", y="gradient norm", at=at, height=270)
    return figure.update_yaxes(type="log", exponentformat="power")


def _drawable(gradients: np.ndarray) -> np.ndarray:
    """What has a place on a logarithmic axis; the rest is none."""
    return np.where(np.isfinite(gradients) & (gradients > 0), gradients, np.nan)


def _film(runs: Runs) -> Iterator[go.Figure]:
    """The gradients of every epoch, on one scale."""
    every = np.log10(np.concatenate([_drawable(run.layers["gradients"]).ravel() for run in runs.values()]))
    for epoch in range(max(map(len, runs.values()))):
        figure = _by_layer(runs, epoch).update_yaxes(range=[np.nanmin(every), np.nanmax(every)])
        yield figure.update_xaxes(title_text=f"layer, from the picture on, after epoch {epoch}")


def _times(ratio: float) -> str:
    return f"{number(ratio, digits=2)} times" if np.isfinite(ratio) else "beyond any number of times"


def _depths() -> go.Figure:
    """Show what came of each depth, of the networks that came with the app; returns the chart."""
    lines = {}
    for name, added in ((PLAIN, False), (RESIDUAL, True)):
        runs = [shipped_run("digits", deep_network(depth, residual=added)) for depth in RESIDUAL_DEPTHS]
        lines[name] = np.array([run.last("held_out") for run in runs if run is not None])
    figure = comparison.banded(lines, x="hidden layers", y="held-out accuracy", at=list(RESIDUAL_DEPTHS), height=270)
    figure.update_xaxes(type="log", tickmode="array", tickvals=RESIDUAL_DEPTHS)
    show.chart(comparison.as_share(figure), key="tricks_depths")
    deepest = "; ".join(f"{name} {ends(values[-1])}" for name, values in lines.items())
    st.markdown(f"At 64 layers: {deepest}. 32 units in each, with batch normalization, 10 epochs of Adam.")
    return figure
