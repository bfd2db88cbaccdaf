"""Batch normalization: each layer's pre-activations, with it and without, and which rates still train."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from explorer import plots
from explorer.learning.ensembles.experiments import BATCH_NORM
from explorer.learning.ensembles.experiments import BATCH_NORM_RATES as RATES
from explorer.learning.ensembles.runs import Run, shipped_run
from explorer.learning.ensembles.settings import EDGES
from pages.parts.learning import comparison, comparison_files
from pages.parts.learning.comparison import Runs, ends, show_comparison
from pages.parts.shell.closing import closing
from pages.parts.shell.words import number, rounded
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_chart_film

SLOT = "tricks"
WITHOUT, WITH = "without", "with batch normalization"


def batch_normalization(corner) -> None:
    """The tab Batch normalization: pre-activations layer by layer, with it and without; files go to `corner`."""
    one, two, three = st.columns([3, 3, 1], vertical_alignment="bottom")
    rate = one.select_slider("Learning rate", RATES, 0.1, key="tricks_rate", bind="query-params",
                             format_func="{:g}".format)  # fmt: skip
    epoch = two.slider("Epoch shown", 0, BATCH_NORM.epochs, BATCH_NORM.epochs, key="tricks_epoch",
                       bind="query-params")  # fmt: skip
    seed = three.number_input("Seed", 0, 9999, 0, key="tricks_norm_seed", bind="query-params")
    settings = replace(BATCH_NORM, rate=float(rate))
    several = {WITHOUT: settings, WITH: replace(settings, batch_norm=True)}
    runs = show_comparison(several, lambda runs: _draw(runs, int(epoch), float(rate)), slot=SLOT, first=int(seed))
    charts = {_file(name): _histograms(run, min(epoch, len(run) - 1)) for name, run in runs.items()}
    charts["accuracy-by-rate"] = _rates()
    with corner:
        for name, run in runs.items():
            take_chart_film(partial(_film, run), _file(name), f"The same over training, {name}")
    comparison_files.take(corner, runs, several, charts, first=int(seed))
    closing(
        look_for="With it, every layer keeps seeing numbers of about the same size, at any depth and at any time.",
        try_="A rate of 1 or 3. Epoch 0, before learning. Then 10: how far have the layers drifted without it?",
        it_means="What each unit receives is brought back to one size in every batch, so a step can't drive the "
        "layers above into numbers never seen, and larger rates are safe (Ioffe & Szegedy 2015). Why it "
        "helps as much as it does is still argued about (Santurkar et al. 2018).",
        formula=r"$\gamma\,(s - \mu)/\sqrt{\sigma^2 + 10^{-5}} + c$"
        "\n\n"
        "A unit's pre-activation, $s$, is brought to mean 0 and variance 1 over the batch, where it "
        r"has mean $\mu$ and variance $\sigma^2$; then the unit learns a scale $\gamma$ and an offset $c$ "
        "(Ioffe & Szegedy 2015).",
        tab="norm",
    )


def _file(name: str) -> str:
    return f"sums-{name.replace(' ', '-')}"


def _draw(runs: Runs, epoch: int, rate: float) -> None:
    for (name, run), place in zip(runs.items(), st.columns(2, gap="large"), strict=False):
        with place:
            at = min(epoch, len(run) - 1)
            st.markdown(f"**{name.capitalize()}**: {ends(run.curves['held_out'][at])} of held-out digits")
            show.chart(_histograms(run, at), key=f"tricks_sums_{name}_{at}_{rate:g}_{len(run)}")
            _moments(run, at)


def _histograms(run: Run, epoch: int) -> go.Figure:
    """The pre-activations of each hidden layer, as one curve a layer."""
    middles = (EDGES[:-1] + EDGES[1:]) / 2
    shares = run.layers["histograms"][epoch]
    series = {f"{'layer ' * (number == 1)}{number}": layer for number, layer in enumerate(shares, 1)}
    figure = plots.lines(series, x="pre-activation", y="share", at=middles.tolist(), height=230)
    return figure.update_yaxes(rangemode="tozero", tickformat=".0%")


def _film(run: Run) -> Iterator[go.Figure]:
    """The histograms of every epoch, on one scale."""
    most = float(run.layers["histograms"].max())
    for epoch in range(len(run)):
        figure = _histograms(run, epoch).update_yaxes(range=[0, most])
        yield figure.update_xaxes(title_text=f"pre-activation, after epoch {epoch}")


def _moments(run: Run, epoch: int) -> None:
    """Mean and deviation of the pre-activations of each hidden layer."""
    means, deviations = run.layers["means"][epoch], run.layers["deviations"][epoch]
    head = "| |" + "".join(f" {number} |" for number in range(1, len(means) + 1))
    rows = [head, "|---|" + "--:|" * len(means)]
    for symbol, values in (("μ", means), ("σ", deviations)):
        rows.append(f"| {symbol} |" + "".join(f" {_short(value)} |" for value in values))
    st.markdown("\n".join(rows))


def _short(value: float) -> str:
    if not np.isfinite(value):
        return "none"
    return rounded(float(value)) if abs(value) < 1000 else number(float(value), digits=2)


def _rates() -> go.Figure:
    """Show what came of each rate, of the networks that came with the app; returns the chart."""
    st.header("Learning rates that still train", anchor=False)
    lines = {
        name: np.array([_held_out(replace(BATCH_NORM, rate=rate, batch_norm=norm)) for rate in RATES])
        for name, norm in ((WITHOUT, False), (WITH, True))
    }
    figure = comparison.banded(lines, x="learning rate", y="held-out accuracy", at=list(RATES), height=250)
    figure.update_xaxes(type="log", tickmode="array", tickvals=RATES, ticktext=[f"{rate:g}" for rate in RATES])
    show.chart(comparison.as_share(figure), key="tricks_rates")
    safe = {name: max((rate for rate, ends_at in zip(RATES, line.min(1), strict=True) if ends_at > 0.8), default=0)
            for name, line in lines.items()}  # fmt: skip
    st.markdown(
        "The largest rate at which all five networks classify at least 80 % of held-out digits correctly: "
        f"**{safe[WITHOUT]:g}** without it, **{safe[WITH]:g}** with it. Five hidden layers of 64 units, plain gradient "
        "descent, 10 epochs."
    )
    return figure


def _held_out(settings) -> np.ndarray:
    run = shipped_run("digits", settings)
    assert run is not None
    return run.last("held_out") if np.isfinite(run.last("loss")).any() and len(run) > 1 else np.full(5, 0.1, np.float32)
