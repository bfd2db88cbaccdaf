"""Double descent as the visitor moves the number of examples, the noise and the ridge."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots
from explorer.learning.errors import TrainingError
from explorer.learning.least_squares.double_descent import (
    KINDS,
    DoubleDescent,
    best_ridge,
    double_descent,
    most_features,
    sizes_around,
)
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import number, plain
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_array, take_chart, take_code

RIDGES = {"0": 0.0, "10⁻⁶": 1e-6, "10⁻⁴": 1e-4, "10⁻³": 1e-3, "0.01": 0.01, "0.1": 0.1, "1": 1.0, "10": 10.0}
NAMES = {title: kind for kind, title in KINDS.items()}
_MOST = {"legendre": 5}  # times n: polynomials of very high degree add nothing to see


@live
def descent(corner: DeltaGenerator) -> None:
    """The curve beside its controls, drawn anew when one of them is moved; files go to `corner`."""
    left, right = st.columns([5, 2], gap="large")
    with right:
        how, ridge = _choices()
    try:
        found = double_descent(**how, ridge=ridge)
        best, ridges = best_ridge(**how)
    except TrainingError as error:
        right.info(plain(str(error)))
        return
    with left:
        figure = chart(found, best, ridge)
        show.chart(figure, key="overfitting_descent")
        st.markdown(summary(found, best, ridges))
    with corner:
        take_chart(figure, "double-descent.png")
        take_array(found.test, "double-descent.npy", "Errors, sizes × draws")
        take_code(
            "import explorer\n\n"
            f"found = explorer.double_descent(\n    n={found.n}, sizes={found.sizes}, features={how['features']!r},\n"
            f"    noise={how['noise']}, ridge={ridge}, draws={how['draws']}, seed={how['seed']},\n)\n"
            "print(found.peak, found.test.mean(1))"
        )


def _choices() -> tuple[dict[str, Any], float]:
    """The controls; returns what they say, as `double_descent` and `best_ridge` take it, and the ridge."""
    kind = NAMES[str(st.selectbox("Features", list(NAMES), key="overfitting_features", bind="query-params"))]
    n = st.slider("Examples n", 10, 60, 40, key="overfitting_examples", bind="query-params")
    noise = st.slider("Noise σ", 0.0, 1.0, 0.2, 0.05, key="overfitting_noise", bind="query-params",
                      help="Of the training examples; the noiseless target has mean square 1.")  # fmt: skip
    ridge = st.select_slider("Ridge", list(RIDGES), "0", key="overfitting_ridge", bind="query-params",
                             help="λ in ‖Xw − y‖² + λ ‖w‖²: large weights cost.")  # fmt: skip
    one, two = st.columns(2)
    draws = one.number_input("Draws", 1, 50, 10, key="overfitting_draws", bind="query-params")
    seed = two.number_input("Seed", 0, 9999, 0, key="overfitting_draw_seed", bind="query-params")
    sizes = tuple(size for size in sizes_around(n, most=_MOST.get(kind, 10)) if size <= most_features(kind))
    how = {"n": n, "sizes": sizes, "features": kind, "noise": noise, "draws": int(draws), "seed": int(seed)}
    return how, RIDGES[ridge]


def chart(found: DoubleDescent, best: DoubleDescent, ridge: float) -> go.Figure:
    """Errors against the number of features, both on logarithmic axes, n marked."""
    tiny = 1e-6  # errors of 0 have no place on a logarithmic axis
    chosen = f"test error, ridge {number(ridge)}" if ridge else "test error"
    series = {chosen: found.test, "test error, best ridge for each": best.test, "training error": found.train}
    middle = {name: np.maximum(np.median(errors, 1), tiny) for name, errors in series.items()}
    bands = {name: tuple(np.maximum(np.quantile(series[name], (0.25, 0.75), 1), tiny)) for name in list(series)[:2]}
    figure = plots.lines(
        middle, x="features p", y="mean squared error", at=list(found.sizes), bands=bands,
        dashed=["training error"], height=390,
    )  # fmt: skip
    top = max(10.0, float(np.quantile(found.test, 0.75, 1).max()))
    figure.add_scatter(
        x=[found.n, found.n], y=[1e-3, 2 * top], mode="lines+text", text=["", f"p = n = {found.n}"], showlegend=False,
        textposition="top right", hoverinfo="skip", line={"width": 1, "dash": "dot", "color": "grey"},
    )  # fmt: skip
    figure.update_yaxes(
        type="log", range=[-3, np.log10(4 * top)], exponentformat="power", dtick=np.ceil(np.log10(top) / 5) or 1
    )
    ticks = sorted({found.sizes[0], *(round(found.n * share) for share in (0.2, 0.5, 1, 2)), found.sizes[-1]})
    return figure.update_xaxes(type="log", tickmode="array", tickvals=ticks)


def summary(found: DoubleDescent, best: DoubleDescent, ridges: tuple[float, ...]) -> str:
    """The peak, what lies before and beyond, and what the best ridge leaves of it."""
    middle = dict(zip(found.sizes, np.median(found.test, 1), strict=True))
    tuned = dict(zip(best.sizes, np.median(best.test, 1), strict=True))
    before = min(value for size, value in middle.items() if size < found.n)
    last = found.sizes[-1]
    chosen = dict(zip(best.sizes, ridges, strict=True))[found.peak]
    return (
        f"Before n the test error is at best **{number(float(before))}**; it is largest at **{found.peak}** features, "
        f"**{number(float(middle[found.peak]))}**, and at {last} it is **{number(float(middle[last]))}**. With the "
        f"best ridge there, {number(chosen)}, the peak is **{number(float(tuned[found.peak]))}**. Lines are medians of "
        "the draws, shades hold the middle half."
    )


def double_descent_tab(corner: DeltaGenerator) -> None:
    """The tab Double descent: the curve beside its controls, and what it means; files go to `corner`."""
    descent(corner)
    closing(
        look_for="The peak where there are just as many features as examples: one fit goes through all of them, noise "
        "and all, and there is no choice. Beyond, many do, and the shortest is gentler.",
        try_="No noise; much noise. A ridge of 0.1: the peak goes. Twice as many examples: it moves with n, so near it "
        "*more examples can hurt*.",
        it_means="The error falls, rises and falls again (Belkin et al. 2019) in fits such as these. Neural networks "
        "as they are usually trained show no such curve: they stop early, decay their weights, and see "
        "changed examples, each of which takes the peak away as the ridge does. It has been shown in some, "
        "most clearly with noisy labels (Nakkiran et al. 2020).",
        formula=r"$\min_w \|Xw - y\|^2 + \lambda \|w\|^2$"
        "\n\n"
        r"Here $X$ holds the examples' features, fixed beforehand, $y$ the targets, and $\lambda$ is the "
        "ridge; of several such $w$ the fit is the one of least norm. The best ridge is found on the test "
        "examples themselves, so it says what could be had.",
        tab="descent",
    )
