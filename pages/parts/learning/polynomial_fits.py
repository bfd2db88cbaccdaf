"""Polynomials through the visitor's points: by least squares, beyond as many weights as points by the least norm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots
from explorer.learning.errors import TrainingError
from explorer.learning.least_squares.minimum_norm import gradient_descent_fit
from explorer.learning.least_squares.polynomials import (
    MOST_POINTS,
    SHAPES,
    fit_polynomial,
    legendre_features,
    sample_points,
)
from pages.parts.shell import theme
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import counted, number, plain
from pages.parts.widgets import linked
from pages.parts.widgets.points import Curve, Points, drag_points, read, write
from pages.parts.widgets.takeaway import take_array, take_chart, take_chart_film, take_code

LINK = "overfitting_points"
REACH = 2.0
STEPS = {f"10{sup}": 10.0**power for power, sup in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
FRAMES = 25  # of the film
_AT = np.linspace(-1, 1, 401)


def _usual() -> Points:
    """The points that the tab opens with."""
    return tuple((round(x, 3), round(y, 3)) for x, y in sample_points("a wave", 9, 0.15, 0).tolist())


def _sample_anew() -> None:
    """Points of the function that is chosen, within the plane that is shown."""
    state = st.session_state
    points = sample_points(state["overfitting_shape"], state["overfitting_n"], state["overfitting_sigma"], 0)
    linked.keep(LINK, write(tuple((x, max(-REACH, min(REACH, y))) for x, y in points.tolist())))


def _take_typed() -> None:
    """Take the points that were typed."""
    try:
        linked.keep(
            LINK, write(read(st.session_state["overfitting_typed"].replace(",", " ").replace(" ", "_"), MOST_POINTS))
        )
    except ValueError:
        st.toast("Type x and y by turns, x from −1 to 1, such as: -0.5 0.2 0 0.7 0.5 -0.1", icon=":material/edit:")


@live
def fits(corner: DeltaGenerator) -> None:
    """The points and their curves beside the degree and the steps of gradient descent; files go to `corner`."""
    points = linked.value(LINK, lambda text: read(text, MOST_POINTS), _usual())
    left, right = st.columns([5, 3], gap="large")
    with right:
        degree = st.slider("Degree d", 0, 60, 3, key="overfitting_degree", bind="query-params")
        steps = st.select_slider("Steps of gradient descent from zero", list(STEPS), "10⁶", key="overfitting_steps",
                                 bind="query-params")  # fmt: skip
        words = st.container()
        _other_points()
    try:
        weights = fit_polynomial(points, degree)
        x, y = np.array(points).T
        features, basis = legendre_features(x, degree), legendre_features(_AT, degree)
        descended = gradient_descent_fit(features, y, steps=STEPS[steps])
    except TrainingError as error:
        words.info(plain(str(error)))
        return
    name = "least norm" if degree + 1 > len(points) else "least squares"
    curves = {name: basis @ weights, f"gradient descent, {steps} steps": basis @ descended}
    with left:
        _plane(points, curves, f"{len(points)} points and a polynomial of degree {degree}")
    words.markdown(_says(features, y, weights, descended))
    with corner:
        take_chart(_chart(points, curves), "polynomial.png")
        take_chart_film(partial(_film, points, features, degree), "descent", "The descent from zero")
        take_array(np.array(weights), "polynomial.npy", "The weights as numbers")
        take_code(_code(points, degree, STEPS[steps]))


def _plane(points: Points, curves: Mapping[str, np.ndarray], alt: str) -> None:
    """The points, to be dragged, under their curves; of several curves all but the first are dashed."""
    drawn = [
        Curve(name, curves[name], colour, dashed=place > 0)
        for place, (name, colour) in enumerate(zip(curves, theme.curves(len(curves)), strict=True))
    ]
    drag_points(points, drawn, reach=REACH, most=MOST_POINTS, alt=alt, key="overfitting_plane", link=LINK)
    st.caption("Drag a point, click to add one, double-click or press Delete to take one away.")


def _chart(points: Points, curves: Mapping[str, np.ndarray]) -> go.Figure:
    """The points and curves over all places; of several curves all but the first are dashed."""
    figure = plots.lines(curves, x="x", y="y", at=_AT, dashed=list(curves)[1:], height=400)
    x, y = zip(*points, strict=True)
    figure.add_scatter(x=x, y=y, name="points", mode="markers", marker={"color": "#4d4d4d", "size": 8})
    return figure.update_yaxes(range=[-REACH, REACH])


def _film(points: Points, features: np.ndarray, degree: int) -> Iterator[go.Figure]:
    """Gradient descent from zero, ever more steps at a time."""
    y, basis = np.array(points)[:, 1], legendre_features(_AT, degree)
    for power in np.linspace(0, len(STEPS) - 1, FRAMES):
        steps = round(10**power)
        weights = gradient_descent_fit(features, y, steps=steps)
        figure = _chart(points, {"gradient descent": basis @ weights})
        yield figure.update_xaxes(title_text=f"x, after {counted(steps, 'step')} from zero")


def _says(features: np.ndarray, y: np.ndarray, weights: np.ndarray, descended: np.ndarray) -> str:
    """How well the weights fit and how long they are, and how far from them gradient descent ends."""
    n, p = features.shape
    error = float(np.sqrt(np.mean((features @ weights - y) ** 2)))
    apart = float(np.abs(weights - descended).max())
    norm = number(float(np.linalg.norm(weights)))
    kind = (
        f"More weights than points: **infinitely many** polynomials go through all {n}. Drawn is the one whose weights "
        f"are shortest: ‖w‖ = **{norm}**."
        if p > n
        else f"No more weights than points, so one polynomial is best: ‖w‖ = **{norm}**."
    )
    return (
        f"**{counted(p, 'weight')}**, **{counted(n, 'point')}**, root mean squared error **{number(error)}**.  \n{kind}"
        f"  \nGradient descent from zero, told nothing of norms, is {_apart(apart)} away in any weight."
    )


def _apart(distance: float) -> str:
    return f"at most **{number(distance)}**" if distance > 1e-5 else f"less than **10{_power(distance)}**"


def _power(distance: float) -> str:
    """The power of ten just above a small distance, raised: ⁻¹²."""
    power = max(6, min(15, int(-np.log10(distance)) if distance > 0 else 15))
    return f"⁻{power}".translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _other_points() -> None:
    with st.popover("Other points", icon=":material/scatter_plot:", width="stretch"):
        st.selectbox("Function", list(SHAPES), key="overfitting_shape", on_change=_sample_anew)
        st.slider("Number of points", 2, MOST_POINTS, 9, key="overfitting_n", on_change=_sample_anew)
        st.slider("Noise σ", 0.0, 1.0, 0.15, 0.05, key="overfitting_sigma", on_change=_sample_anew)
        st.text_input("Or typed: x y x y …", key="overfitting_typed", on_change=_take_typed, max_chars=800)


def _code(points: Points, degree: int, steps: float) -> str:
    return (
        "import numpy as np\nimport explorer\n"
        "from explorer.learning.least_squares.minimum_norm import gradient_descent_fit\n"
        "from explorer.learning.least_squares.polynomials import legendre_features\n\n"
        f"x, y = np.array({[list(point) for point in points]}).T\nfeatures = legendre_features(x, {degree})\n"
        "weights = explorer.minimum_norm_fit(features, y)\n"
        f"descended = gradient_descent_fit(features, y, steps={steps:g})\n"
        "print(np.abs(weights - descended).max(), np.abs(features @ weights - y).max())"
    )


def polynomials(corner: DeltaGenerator) -> None:
    """The tab Polynomials: points to drag and the curves through them; files go to `corner`."""
    fits(corner)
    closing(
        look_for="What the curve does between the points: wild where there are just as many weights as points, tame "
        "again far beyond.",
        try_="d = 3, d = 8, which just fits nine points, and d = 60. Drag one point and see how far the others' curve "
        "moves. One step of gradient descent, then ten thousand.",
        it_means="With more weights than points, the points no longer choose the curve: the algorithm does. Of all "
        "curves through the points, gradient descent from 0 ends at the one that is smallest on the whole.",
        formula="$w = X^+ y$"
        "\n\n"
        "Here $X$ holds the features of the $n$ points, $y$ their heights, and $d$ is the degree. Beyond "
        "$d + 1 = n$ gradient descent from $w = 0$ never leaves the span of the points' features, so of all "
        "$w$ with $Xw = y$ it ends at $X^+ y$, the shortest. The features are Legendre's polynomials of mean "
        r"square 1, so $\|w\|^2$ is the curve's mean square.",
        tab="polynomials",
    )
