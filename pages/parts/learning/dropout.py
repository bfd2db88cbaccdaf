"""Dropout: in every step another part of the network is left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.learning.ensembles.experiments import DROPOUT, DROPOUT_RATES
from pages.parts.learning import comparison_files
from pages.parts.learning.comparison import Runs, ends, learned_and_held_out, show_comparison
from pages.parts.shell import theme
from pages.parts.shell.closing import closing
from pages.parts.shell.words import percent
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_file

SLOT = "tricks"
SIZES = (6, 9, 9, 4)
COUNTS = [100, 200, 400, 1000]


def dropout(corner: DeltaGenerator) -> None:
    """The tab Dropout: networks that learn with and without it; files go to `corner`."""
    _with_and_without(corner)
    closing(
        look_for="How far the curve of the training digits stands above that of those held out, with and without.",
        try_="A dropout rate of 80 %. 100 digits to learn from, then 1,000.",
        it_means="No unit can rely on another that may be missing in the next step, so each has to be of use by "
        "itself (Srivastava et al. 2014). That is meant to narrow the gap between training and held-out examples. "
        "On digits as few and as easy as these it need not, as the numbers above say: it helped most where "
        "networks were much larger for their task.",
        formula=r"$\tilde v = m\, v / (1 - p)$"
        "\n\n"
        "While it learns, $m$ is 0 with probability $p$, else 1, drawn anew for each value $v$ in each step. "
        r"When it answers, all units take part, $\tilde v = v$, and each weighs as much as it did on average "
        "(Srivastava et al. 2014).",
        tab="dropout",
    )


def _with_and_without(corner: DeltaGenerator) -> None:
    """The controls, networks that learn with and without dropout, and a drawing of one that is thinned."""
    one, two, three, four = st.columns([3, 3, 1, 1], vertical_alignment="bottom")
    share = one.select_slider("Dropout rate", DROPOUT_RATES, 0.5, key="tricks_dropout", bind="query-params",
                              format_func=percent)  # fmt: skip
    count = two.select_slider("Digits to learn from", COUNTS, 200, key="tricks_drop_count", bind="query-params")
    seed = three.number_input("Seed", 0, 9999, 0, key="tricks_drop_seed", bind="query-params")
    step = four.number_input("Step", 1, 999, 1, key="tricks_drop_step", bind="query-params",
                             help="Another step, another thinned network.")  # fmt: skip
    several = {"all units": replace(DROPOUT, learned=int(count))}
    if share:
        several[f"{percent(share)} left out"] = replace(several["all units"], dropout=float(share))
    left, right = st.columns([3, 2], gap="large")
    with right:
        drawing = thinned(float(share), int(seed), int(step))
        st.image(drawing, width="stretch")
        st.caption(f"The network of step {step}: what is left out takes no part, forward or backward. A drawing: the "
                   "networks that learn have 256 units in each of two hidden layers.")  # fmt: skip
    with left:
        runs = show_comparison(several, _draw, slot=SLOT, first=int(seed))
    with corner:
        take_file(lambda: drawing.encode(), "thinned.svg", "The thinned network (SVG)", "image/svg+xml")
    charts = {"dropout": _accuracies(runs)} if runs else {}
    comparison_files.take(corner, runs, several, charts, first=int(seed), grow=charts)


def _draw(runs: Runs) -> None:
    show.chart(_accuracies(runs), key=f"tricks_dropout_{len(runs)}_{sum(map(len, runs.values()))}")
    said = [
        f"{name.capitalize()}: {ends(run.last('held_out'))} of held-out digits, {_gap(run)} below the training digits."
        for name, run in runs.items()
    ]
    st.markdown("  \n".join(said))


def _accuracies(runs: Runs) -> go.Figure:
    return learned_and_held_out(runs, learned=", training")


def _gap(run) -> str:
    return f"{100 * float((run.last('accuracy') - run.last('held_out')).mean()):.1f} points"


def thinned(share: float, seed: int, step: int) -> str:
    """A small network as SVG, some of whose hidden units are left out with all their edges."""
    random = np.random.default_rng([seed, step])
    stays = [random.random(size) >= (share if 0 < layer < len(SIZES) - 1 else 0) for layer, size in enumerate(SIZES)]
    places = [[(40 + 100 * layer, 130 + 27 * (unit - (size - 1) / 2)) for unit in range(size)]
              for layer, size in enumerate(SIZES)]  # fmt: skip
    (red, green, blue), *_ = theme.curves(1)
    edges, units = [], []
    for layer in range(len(SIZES) - 1):
        for one, (x, y) in enumerate(places[layer]):
            for other, (x2, y2) in enumerate(places[layer + 1]):
                if stays[layer][one] and stays[layer + 1][other]:
                    edges.append(f'<path d="M{x} {y}L{x2} {y2}"/>')
    for layer, ones in enumerate(places):
        for unit, (x, y) in enumerate(ones):
            look = f'fill="rgb({red},{green},{blue})"' if stays[layer][unit] else 'fill="none" stroke-dasharray="3 3"'
            units.append(f'<circle cx="{x}" cy="{y}" r="8" stroke="#888" {look}/>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 380 260" width="380" height="260">'
        f'<g stroke="#888" stroke-opacity="0.6">{"".join(edges)}</g>{"".join(units)}</svg>'
    )
