"""Optimizers: four ways down one surface, and down the loss of a network that learns digits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.learning.ensembles.experiments import OPTIMIZATION, OPTIMIZER_RATES
from explorer.learning.ensembles.runs import shipped_run
from explorer.learning.optimization.descents import SURFACES, descend
from explorer.learning.optimization.optimizers import OPTIMIZERS
from pages.parts.learning import comparison, comparison_files
from pages.parts.learning.comparison import Runs, ends, over_epochs, show_comparison
from pages.parts.shell import theme
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import number
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_array, take_chart, take_chart_film, take_code

SLOT = "tricks"
FRAMES = 25  # of the film
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
USUAL = {"SGD": 0.03, "momentum": 0.01, "RMSprop": 0.03, "Adam": 0.1}
BEST = {"SGD": 1.0, "momentum": 0.1, "RMSprop": 0.01, "Adam": 0.01}  # of OPTIMIZER_RATES, on the digits


def optimizers(corner: DeltaGenerator) -> None:
    """The tab Optimizers: their trajectories on a surface, and their losses on the digits; files go to `corner`."""
    above = corner.container()
    _surface(above)
    st.header("On the digits", anchor=False)
    seed = st.number_input("Seed", 0, 9999, 0, key="tricks_optimizer_seed", bind="query-params", width=120)
    several = {f"{one}, rate {BEST[one]:g}": replace(OPTIMIZATION, optimizer=one, rate=BEST[one]) for one in OPTIMIZERS}
    left, right = st.columns(2, gap="large")
    with left:
        runs = show_comparison(several, _losses, slot=SLOT, first=int(seed))
    with right:
        by_rate = _by_rate()
    charts = {"losses": _histories(runs)} if runs else {}
    comparison_files.take(corner, runs, several, charts | {"accuracy-by-rate": by_rate}, first=int(seed), grow=charts)
    closing(
        look_for="Gradient descent going to and fro across the narrow valley while it hardly moves along it; the "
        "others, which give each weight a pace of its own or keep their direction.",
        try_="A rate ten times larger for each: which diverges? The saddle, started at w₁ = 0. Noise.",
        it_means="All go downhill. Momentum keeps its direction, RMSprop lets steep and flat directions advance "
        "alike, and Adam does both. None of them is best everywhere, and each needs its own rate: compare them at "
        "their best, not at one.",
        formula=r"$w \leftarrow w - \text{rate} \cdot g$"
        "\n\n"
        "Gradient descent moves the weights $w$ against the gradient $g$. Momentum takes $m$ in its place, a "
        r"running sum of it (Polyak 1964). RMSprop takes $g/\sqrt{v}$, where $v$ is a running mean of $g^2$, "
        "so that steep and flat directions advance alike (Hinton 2012). Adam does both (Kingma & Ba 2015).",
        tab="optimizers",
    )


@live
def _surface(corner: DeltaGenerator) -> None:
    """The controls, and the four ways down the surface."""
    left, right = st.columns([5, 3], gap="large")
    with right:
        name = str(st.selectbox("Surface", list(SURFACES), 1, key="tricks_surface", bind="query-params"))
        start, rates = _start(SURFACES[name].reach), _rates()
        one, two = st.columns(2)
        steps = one.slider("Steps", 1, 200, 60, key="tricks_steps", bind="query-params")
        noise = two.slider("Noise in g", 0.0, 5.0, 0.0, 0.25, key="tricks_noise", bind="query-params")
    ways = {
        optimizer: descend(name, optimizer, rate=rate, start=start, steps=steps, noise=noise)
        for optimizer, rate in rates.items()
    }
    with left:
        show.chart(_map(name, ways), key="tricks_ways")
        st.markdown(_arrived(name, ways, steps))
    with corner:
        take_chart(_map(name, ways), "ways.png", "The trajectories")
        take_chart_film(partial(_film, name, ways, steps), "ways", "The trajectories, step by step")
        take_array(np.stack([_padded(way, steps) for way in ways.values()]), "ways.npy", "The trajectories as numbers")
        take_code(
            "from explorer.learning.optimization.descents import descend\n\n"
            f"rates = {rates!r}\n"
            "ways = {\n"
            f"    optimizer: descend({name!r}, optimizer, rate=rate, start={start}, steps={steps}, noise={noise})\n"
            "    for optimizer, rate in rates.items()\n}"
        )


def _start(reach: float) -> tuple[float, float]:
    """Sliders for w₁ and w₂ where all optimizers start; returns both."""
    one, two = st.columns(2)
    return (
        one.slider("Start, w₁", -reach, reach, -1.6, 0.1, key="tricks_start_1", bind="query-params"),
        two.slider("Start, w₂", -reach, reach, 1.2, 0.1, key="tricks_start_2", bind="query-params"),
    )


def _rates() -> dict[str, float]:
    """The learning rate of each optimizer."""
    return {
        optimizer: place.select_slider(f"Rate of {optimizer}", RATES, USUAL[optimizer], format_func="{:g}".format,
                                       key=f"tricks_rate_{optimizer.lower()}", bind="query-params")
        for optimizer, place in zip(OPTIMIZERS, (*st.columns(2), *st.columns(2)), strict=True)
    }  # fmt: skip


def _padded(way: np.ndarray, steps: int) -> np.ndarray:
    return np.concatenate([way, np.full((steps + 1 - len(way), 2), np.nan)])


def _map(name: str, ways: dict[str, np.ndarray]) -> go.Figure:
    surface = SURFACES[name]
    at = np.linspace(-surface.reach, surface.reach, 81)
    heights = surface.loss(np.stack(np.meshgrid(at, at), -1))
    figure = go.Figure(go.Contour(
        z=np.log10(heights + 1e-2), x=at, y=at, colorscale="Cividis", showscale=False, contours={"coloring": "lines"},
        ncontours=18, hoverinfo="skip", opacity=0.55,
    ))  # fmt: skip
    for (optimizer, way), colour in zip(ways.items(), theme.curves(4), strict=True):
        figure.add_scatter(
            x=way[:, 0], y=way[:, 1], name=optimizer, mode="lines+markers", marker={"size": 4},
            line={"color": f"rgb{colour}", "width": 2},
        )  # fmt: skip
    x, y = surface.minimum
    figure.add_scatter(
        x=[x], y=[y], name="minimum", mode="markers", marker={"symbol": "x", "size": 11, "color": "grey"}
    )
    figure.update_layout(height=430, margin={"l": 0, "r": 0, "t": 8, "b": 0}, xaxis_title="w₁", yaxis_title="w₂",
                         legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})  # fmt: skip
    limit = 1.05 * surface.reach
    return figure.update_xaxes(range=[-limit, limit]).update_yaxes(range=[-limit, limit])


def _film(name: str, ways: dict[str, np.ndarray], steps: int) -> Iterator[go.Figure]:
    """The trajectories as they grow, in up to FRAMES pictures."""
    figure = _map(name, ways)
    for step in sorted(set(np.linspace(0, steps, FRAMES).round().astype(int).tolist())):
        for optimizer, way in ways.items():
            figure.update_traces({"x": way[: step + 1, 0], "y": way[: step + 1, 1]}, {"name": optimizer})
        yield figure.update_xaxes(title_text=f"w₁, step {step}")


def _arrived(name: str, ways: dict[str, np.ndarray], steps: int) -> str:
    rows = []
    for optimizer, way in ways.items():
        loss = float(SURFACES[name].loss(way[-1]))
        end = f"loss **{number(loss)}**" if len(way) == steps + 1 else f"**diverges** after {len(way) - 1} steps"
        rows.append(f"{optimizer}: {end}")
    return f"After {steps} steps: " + " · ".join(rows)


def _losses(runs: Runs) -> None:
    show.chart(_histories(runs), key=f"tricks_losses_{sum(map(len, runs.values()))}")
    st.markdown("  \n".join(f"{name}: {ends(run.last('held_out'))} of held-out digits." for name, run in runs.items()))


def _histories(runs: Runs) -> go.Figure:
    lines = {name: run.curves["loss"] for name, run in runs.items()}
    return over_epochs(lines, y="cross-entropy, nats", share=False, height=280)


def _by_rate() -> go.Figure:
    """Show what each came to at each rate, of the networks that came with the app; returns the chart."""
    lines = {}
    for optimizer in OPTIMIZERS:
        runs = [
            shipped_run("digits", replace(OPTIMIZATION, optimizer=optimizer, rate=rate)) for rate in OPTIMIZER_RATES
        ]
        lines[optimizer] = np.array([run.last("held_out") for run in runs if run is not None])
    at = list(OPTIMIZER_RATES)
    figure = comparison.banded(lines, x="learning rate", y="held-out accuracy", at=at, height=280)
    figure.update_xaxes(type="log", tickmode="array", tickvals=at, ticktext=[f"{rate:g}" for rate in at])
    show.chart(comparison.as_share(figure), key="tricks_by_rate")
    st.caption("One hidden layer of 64 units after 8 epochs: five networks for each point.")
    return figure
