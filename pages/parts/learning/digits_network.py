"""The course's network for handwritten digits: more weights than digits, and how far it overfits all the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from explorer.learning.ensembles.experiments import DIGITS_NETWORK
from explorer.learning.ensembles.runs import Run
from explorer.learning.ensembles.settings import EnsembleSettings, parameters
from pages.parts.learning import comparison_files
from pages.parts.learning.comparison import Runs, ends, over_epochs, show_comparison
from pages.parts.shell.closing import closing
from pages.parts.shell.words import percent
from pages.parts.widgets import show

SLOT = "overfitting"
ALL = 1197  # digits that can be learned from


def digits_network(corner) -> None:
    """The tab The digits network: its curves, and whether its held-out loss rises; files go to `corner`."""
    one, two, three = st.columns([3, 3, 1], vertical_alignment="bottom")
    width = one.select_slider("Hidden units", [16, 64, 128, 512], 128, key="overfitting_width", bind="query-params")
    count = two.select_slider("Digits to learn from", [50, 100, 300, 1197], 1197, key="overfitting_learned",
                              bind="query-params")  # fmt: skip
    seed = three.number_input("Seed", 0, 9999, 0, key="overfitting_network_seed", bind="query-params")
    settings = replace(DIGITS_NETWORK, layers=(int(width),), learned=0 if count == ALL else int(count))
    several = {"the network": settings}
    runs = show_comparison(several, lambda runs: _together(runs, settings), slot=SLOT, first=int(seed))
    charts = {what: _two_curves(run, what) for run in runs.values() for what in ("accuracy", "loss")}
    comparison_files.take(corner, runs, several, charts, first=int(seed), grow=charts)
    closing(
        look_for="Whether the two curves part: one on its training digits, one on digits it never saw.",
        try_="512 units. Then 50 digits to learn from: now they part.",
        it_means="The course's network for handwritten digits has tens of thousands of weights, and so has this one "
        "beside 1,197 digits. By the textbook it should overfit; with enough examples and true labels it hardly does.",
        tab="digits",
    )


def _together(runs: Runs, settings: EnsembleSettings) -> None:
    (run,) = runs.values()
    for place, what in zip(st.columns(2, gap="large"), ("accuracy", "loss"), strict=True):
        with place:
            show.chart(_two_curves(run, what), key=f"overfitting_{what}_{len(run)}")
    loss = run.curves["held_out_loss"].mean(1)
    best = int(np.argmin(loss))
    rises = loss[-1] / loss[best] - 1
    course = (
        f"On held-out digits the loss was least after epoch {best} and has risen by {percent(rises)}: it overfits."
        if rises > 0.05
        else "On held-out digits the loss has not risen from its least by over 5 %: the curves don't part for good."
    )
    weights = parameters(64, settings.layers, 10)
    st.markdown(
        f"**{weights:,}** weights, **{settings.learned or ALL:,}** digits of 8 × 8. After {len(run) - 1} epochs "
        f"{ends(run.last('accuracy'))} of the training digits are right and {ends(run.last('held_out'))} of 600 "
        f"held out. {course}"
    )


def _two_curves(run: Run, what: str) -> go.Figure:
    """Accuracy or loss, on training digits and on those held out."""
    share = what == "accuracy"
    lines = {"training": run.curves[what], "held out": run.curves["held_out" if share else "held_out_loss"]}
    return over_epochs(lines, y="accuracy" if share else "cross-entropy, nats", share=share, height=280)
