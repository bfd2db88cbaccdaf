"""Arrays to Plotly figures: curves that people hover. Colours are left to the page's theme, in light and in dark."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from explorer.imports import imported
from explorer.render import diverging_colours

# Plotly asks of every list whether it is a series of pandas, where there is any: on a server that has just begun, half
# of it, which another visitor's thread is importing just then. Imported before the first figure, it is whole.
imported("pandas")

LOOKS: Mapping[str, Any] = {"margin": {"l": 0, "r": 0, "t": 8, "b": 0}, "hovermode": "x unified"}
LEGEND: Mapping[str, Any] = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}


def _words(text: str) -> str:
    """Text as it is: Plotly would read markup in it, links too."""
    return escape(text, quote=False)


def _places(at: ArrayLike | None) -> Any:
    """Where values stand: numbers, or names as they are."""
    names = isinstance(at, Sequence) and all(isinstance(one, str) for one in at)
    return [_words(str(one)) for one in at] if names and isinstance(at, Sequence) else at


def lines(
    series: Mapping[str, ArrayLike],
    *,
    x: str,
    y: str,
    at: ArrayLike | None = None,
    bands: Mapping[str, Sequence[ArrayLike]] | None = None,
    marks: Mapping[str, tuple[float, float]] | None = None,
    dashed: Collection[str] = (),
    here: tuple[str, float] | None = None,
    height: int = 260,
) -> go.Figure:
    """Curves by name over `at` (0, 1, 2, … unless given), with axis titles `x` and `y`.

    `bands` gives a curve of that name its (low, high), drawn as a shade; `marks` are named points (x, y), `here` is a
    named place on the x axis. Curves in `dashed` are drawn so: the controls. `height` is in pixels. One curve of the
    name "" has no legend.
    """
    at = _places(at)
    traces = [
        {"type": "scatter", "x": at, "y": values, "name": _words(name), "mode": "lines", "legendgroup": number,
         "line": {"width": 2, "dash": "dash" if name in dashed else "solid"}}
        for number, (name, values) in enumerate(series.items())
    ]  # fmt: skip
    for number, name in enumerate(series):  # after the curves, or shades would use up the theme's colours
        if bands and name in bands:
            traces += _shade(at, *bands[name], group=number)
    traces += [_mark(name, across, up) for name, (across, up) in (marks or {}).items()]
    layout = {"height": height, **_axes(x, y), "showlegend": len(series) > 1, "legend": LEGEND, **LOOKS}
    if here is not None:
        line = {"width": 1, "dash": "dash", "color": "rgba(128, 128, 128, 0.9)"}
        # its name stands a little below the top, where curves often run
        shape, words = _upright(*here, line, yshift=-24, xanchor="left", yanchor="top")
        layout |= {"shapes": [shape], "annotations": [words]}
    return go.Figure(traces, layout)  # in one call: a figure that is added to costs four times as much


def _axes(x: str, y: str) -> dict[str, Any]:
    return {"xaxis": {"title": {"text": _words(x)}}, "yaxis": {"title": {"text": _words(y)}}}


def _mark(name: str, across: float, up: float) -> dict[str, Any]:
    """A named point."""
    return {
        "type": "scatter", "x": [across], "y": [up], "name": _words(name), "mode": "markers+text",
        "text": [_words(name)], "textposition": "top center", "marker": {"size": 9}, "showlegend": False,
    }  # fmt: skip


def _upright(name: str, place: float, line: Mapping[str, Any], **where: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """An upright line at a place of the x axis, and its name at the top; `where` says where exactly."""
    across = {"xref": "x", "yref": "y domain"}
    shape = {"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1, "line": line, **across}
    return shape, {"text": _words(name), "x": place, "y": 1, "showarrow": False, **across, **where}


def count_axis(figure: go.Figure, last: int, *, most: int = 7) -> go.Figure:
    """Let the x axis run from 0 to `last`, whatever is drawn of it by now, with at most `most` whole numbers at it."""
    step = next(step for zeros in range(9) for step in (10**zeros, 2 * 10**zeros, 5 * 10**zeros) if step * most > last)
    return marked(figure.update_xaxes(range=[0, last]), [*range(0, last, step), last], most=most)


def marked(figure: go.Figure, at: Sequence[float], *, most: int = 8) -> go.Figure:
    """The same figure with ticks at places of `at` only: its ends, and others a `most`-th of the way apart."""
    gap = (at[-1] - at[0]) / most if len(at) else 0.0
    ticks = list(at[:1])
    for place in at[1:-1]:
        if min(place - ticks[-1], at[-1] - place) >= gap:
            ticks.append(place)
    figure.update_layout(margin_r=16)  # for the last one's words
    return figure.update_xaxes(tickmode="array", tickvals=[*ticks, *at[1:][-1:]])


def _shade(at: Any, low: ArrayLike, high: ArrayLike, *, group: int) -> list[dict[str, Any]]:
    quiet = {"mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip", "legendgroup": group}
    lower = {"type": "scatter", "x": at, "y": low, **quiet}
    return [lower, {**lower, "y": high, "fill": "tonexty", "fillcolor": "rgba(128, 128, 128, 0.25)"}]


def histogram(values: ArrayLike, *, x: str, marks: Mapping[str, float] | None = None, height: int = 180) -> go.Figure:
    """How often each value occurs, with axis title `x`, and a named line at each value of `marks`."""
    lines, names = [], []
    for number, (name, place) in enumerate((marks or {}).items()):
        line = {"width": 2, "dash": "dot", "color": ("#d55e00", "#7f3fbf")[number % 2]}
        # the second's name stands lower: two values may be close
        shape, words = _upright(name, place, line, yshift=-14 * number, xanchor="center", yanchor="bottom")
        lines.append(shape)
        names.append(words)
    layout = {
        "height": height, **_axes(x, "how many"), "bargap": 0.05, "showlegend": False, **LOOKS,
        "margin": {**LOOKS["margin"], "t": 22},  # for the line's name: no bar may cover it
        "shapes": lines, "annotations": names,
    }  # fmt: skip
    return go.Figure([{"type": "histogram", "x": values, "nbinsx": 40}], layout)


def bars(values: Sequence[float], names: Sequence[str], *, y: str, height: int = 260) -> go.Figure:
    """One bar for each name, with axis title `y`."""
    bar = {"type": "bar", "x": _places(names), "y": list(values)}
    return go.Figure([bar], {"height": height, "yaxis": {"title": {"text": _words(y)}}, "showlegend": False, **LOOKS})


def heatmap(values: ArrayLike, *, x: str, y: str, height: int = 320) -> go.Figure:
    """A matrix as coloured cells with its first row on top, zero left empty, axis titles `x` and `y`."""
    cells = np.asarray(values, dtype=float)
    limit = float(np.abs(cells).max()) or 1.0
    bare = {"showgrid": False, "zeroline": False, "constrain": "domain"}
    axes = _axes(x, y)
    map_of = {
        "type": "heatmap", "z": np.where(cells == 0, np.nan, cells), "zmin": -limit, "zmax": limit,
        "xgap": 0.5, "ygap": 0.5, "hoverongaps": False, "showscale": False,
        "colorscale": [[i / 255, f"rgb({r}, {g}, {b})"] for i, (r, g, b) in enumerate(diverging_colours().tolist())],
        "hovertemplate": f"{_words(y)} %{{y}} takes {_words(x)} %{{x}} × %{{z:g}}<extra></extra>",
    }  # fmt: skip
    layout = {
        "height": height, **LOOKS, "hovermode": "closest", "xaxis": axes["xaxis"] | bare,
        "yaxis": axes["yaxis"] | bare | {"autorange": "reversed", "scaleanchor": "x"},
    }  # fmt: skip
    return go.Figure([map_of], layout)


def scatter(
    groups: Mapping[str, tuple[ArrayLike, ArrayLike, Sequence[str]]],
    *,
    x: str,
    y: str,
    named: Sequence[str] = (),
    height: int = 320,
) -> go.Figure:
    """Points (x, y, names) in groups of one colour each; those in `named` carry their names, the others on hovering."""
    points = [
        {"type": "scatter", "x": across, "y": up, "name": _words(group), "mode": "markers+text",
         "marker": {"size": 9}, "textposition": "top center", "hoverinfo": "text+x+y",
         "text": [_words(name) if name in named else "" for name in names], "hovertext": [*map(_words, names)]}
        for group, (across, up, names) in groups.items()
    ]  # fmt: skip
    looks = {**LOOKS, "hovermode": "closest"}
    return go.Figure(
        points, {"height": height, **_axes(x, y), "showlegend": len(groups) > 1, "legend": LEGEND, **looks}
    )


def surface(
    z: ArrayLike,
    *,
    across: ArrayLike,
    along: ArrayLike,
    titles: tuple[str, str, str],
    marks: Mapping[str, tuple[float, float, float]] | None = None,
    height: int = 420,
) -> go.Figure:
    """A mountain of heights z (rows, columns) over `across` (columns) and `along` (rows), to be turned with the mouse.

    `titles` are those of the two axes on the ground and of the height; `marks` are named points (across, along, z).
    """
    figure = go.Figure(go.Surface(z=z, x=across, y=along, colorscale="Cividis", showscale=False))
    for name, (right, back, up) in (marks or {}).items():
        figure.add_scatter3d(
            x=[right], y=[back], z=[up], name=_words(name), text=[_words(name)], mode="markers+text",
            textposition="top center", marker={"size": 5, "color": "#d55e00"}, showlegend=False,
        )  # fmt: skip
    names = dict(zip(("xaxis_title", "yaxis_title", "zaxis_title"), map(_words, titles), strict=True))
    figure.update_layout(height=height, margin=LOOKS["margin"])
    figure.update_scenes(
        **names, aspectmode="manual", aspectratio={"x": 1, "y": 1, "z": 0.7},
        camera={"eye": {"x": -1.25, "y": -1.25, "z": 0.75}, "center": {"x": 0, "y": 0, "z": -0.12}},
    )  # fmt: skip
    return figure
