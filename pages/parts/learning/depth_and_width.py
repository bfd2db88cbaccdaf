"""Wide or deep: networks of as many parameters, from one wide hidden layer to many narrow ones."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from explorer.learning.ensembles.experiments import BUDGETS, DEPTHS, INPUTS_AND_CLASSES, network_of_budget
from explorer.learning.ensembles.settings import EnsembleSettings, parameters
from pages.parts.learning import comparison, comparison_files
from pages.parts.learning.comparison import Runs, ends, show_comparison
from pages.parts.shell.closing import closing
from pages.parts.shell.words import counted, number
from pages.parts.widgets import show

SLOT = "depth"
CHOICES = {"spirals": [300, 700, 1500], "digits": [2000, 5000, 10000]}


def equal_parameters(corner) -> None:
    """The tab Equal parameters: accuracy and time against the number of hidden layers; files go to `corner`."""
    one, two, three = st.columns([3, 3, 1], vertical_alignment="bottom")
    data = str(one.segmented_control("Data", list(CHOICES), default="spirals", required=True, key="depth_data",
                                     bind="query-params"))  # fmt: skip
    budget = two.select_slider("Parameters of each network", CHOICES[data], BUDGETS[data], key=f"depth_{data}",
                               bind="query-params", format_func="{:,}".format)  # fmt: skip
    seed = three.number_input("Seed", 0, 9999, 0, key="depth_seed", bind="query-params")
    several = {counted(depth, "hidden layer"): network_of_budget(data, depth, int(budget)) for depth in DEPTHS}
    runs = show_comparison(several, lambda runs: _draw(runs, several, data), slot=SLOT, first=int(seed), data=data)
    charts, learning = {}, f"learning-{data}"
    if ready := _ready(runs, several):
        held_out = {name: run.curves["held_out"] for name, run in ready.items()}
        charts = {
            f"depth-{data}": _chart(ready, several),
            learning: comparison.over_epochs(held_out, y="held-out accuracy"),
        }
    comparison_files.take(corner, runs, several, charts, first=int(seed), data=data, grow={learning})
    closing(
        look_for="A depth that does best: one wide layer needs more units than it has for the spirals' turns, and many "
        "narrow layers are hard to train.",
        try_="The digits, where depth brings little. More parameters, fewer. Other seeds: how far do the deepest part?",
        it_means="Each layer works on what the one before has made, so depth composes: a fold of a fold. But a plain "
        "network of many layers hands its gradient through all of them, and it fades or grows: see *Tricks*, Residual "
        "connections. Seconds are of this machine, for all five networks together.",
        tab="equal",
    )


def _draw(runs: Runs, several: dict[str, EnsembleSettings], data: str) -> None:
    ready = _ready(runs, several)
    if not ready:
        st.caption("The first depth is being trained …")
        return
    left, right = st.columns(2, gap="small")
    with left:
        show.chart(_chart(ready, several), key=f"depth_accuracy_{data}_{len(ready)}")
    with right:
        inputs, classes = INPUTS_AND_CLASSES[data]
        rows = ["| layers | units | parameters | held out | seconds |", "|--:|--:|--:|--:|--:|"]
        rows += [
            f"| {len(s.layers)} | {s.layers[0]} | {parameters(inputs, s.layers, classes):,} | "
            f"{ends(ready[name].last('held_out'))} | {number(ready[name].seconds, digits=2)} |"
            for name, s in several.items()
            if name in ready
        ]
        st.markdown("\n".join(rows))


def _ready(runs: Runs, several: dict[str, EnsembleSettings]) -> Runs:
    """Those that have come to their end."""
    return {name: run for name, run in runs.items() if len(run) == several[name].epochs + 1}


def _chart(ready: Runs, several: dict[str, EnsembleSettings]) -> go.Figure:
    """Both accuracies against the number of hidden layers."""
    at = [len(several[name].layers) for name in ready]
    lines = {
        "training": np.array([run.last("accuracy") for run in ready.values()]),
        "held out": np.array([run.last("held_out") for run in ready.values()]),
    }
    figure = comparison.banded(lines, x="hidden layers", y="accuracy", at=at, height=330)
    return comparison.as_share(figure.update_xaxes(tickmode="array", tickvals=at, range=[0.7, at[-1] + 0.4]))
