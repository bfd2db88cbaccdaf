"""Arrays to Plotly figures: curves that people hover. Colours are left to the page's theme, in light and in dark."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from explorer.render import diverging_colours

LOOKS: Mapping[str, Any] = {"margin": {"l": 0, "r": 0, "t": 8, "b": 0}, "hovermode": "x unified"}


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
    figure = go.Figure()
    at = _places(at)
    for number, (name, values) in enumerate(series.items()):
        line = {"width": 2, "dash": "dash" if name in dashed else "solid"}
        figure.add_scatter(x=at, y=values, name=_words(name), mode="lines", line=line, legendgroup=number)
    for number, name in enumerate(series):  # after the curves, or shades would use up the theme's colours
        for band in [bands[name]] if bands and name in bands else []:
            _shade(figure, at, *band, group=number)
    for name, (across, up) in (marks or {}).items():
        figure.add_scatter(
            x=[across], y=[up], name=_words(name), mode="markers+text", text=[_words(name)], textposition="top center",
            marker={"size": 9}, showlegend=False,
        )  # fmt: skip
    if here is not None:
        name, place = here
        # its name stands a little below the top, where curves often run
        figure.add_vline(x=place, line_width=1, line_dash="dash", line_color="rgba(128, 128, 128, 0.9)",
                         annotation_text=_words(name), annotation_yshift=-24)  # fmt: skip
    figure.update_layout(
        height=height, xaxis_title=_words(x), yaxis_title=_words(y), showlegend=len(series) > 1,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"}, **LOOKS,
    )  # fmt: skip
    return figure


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


def _shade(figure: go.Figure, at: ArrayLike | None, low: ArrayLike, high: ArrayLike, *, group: int) -> None:
    quiet = {"mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip", "legendgroup": group}
    figure.add_scatter(x=at, y=low, **quiet)
    figure.add_scatter(x=at, y=high, fill="tonexty", fillcolor="rgba(128, 128, 128, 0.25)", **quiet)


def histogram(values: ArrayLike, *, x: str, marks: Mapping[str, float] | None = None, height: int = 180) -> go.Figure:
    """How often each value occurs, with axis title `x`, and a named line at each value of `marks`."""
    figure = go.Figure(go.Histogram(x=values, nbinsx=40))
    for number, (name, place) in enumerate((marks or {}).items()):
        # the second's name stands lower: two values may be close
        figure.add_vline(x=place, line_width=2, line_dash="dot", line_color=("#d55e00", "#7f3fbf")[number % 2],
                         annotation_text=_words(name), annotation_position="top",
                         annotation_yshift=-14 * number)  # fmt: skip
    figure.update_layout(
        height=height, xaxis_title=_words(x), yaxis_title="how many", bargap=0.05, showlegend=False, **LOOKS
    )
    figure.update_layout(margin_t=22)  # for the line's name: no bar may cover it
    return figure


def bars(values: Sequence[float], names: Sequence[str], *, y: str, height: int = 260) -> go.Figure:
    """One bar for each name, with axis title `y`."""
    figure = go.Figure(go.Bar(x=_places(names), y=list(values)))
    figure.update_layout(height=height, yaxis_title=_words(y), showlegend=False, **LOOKS)
    return figure


def heatmap(values: ArrayLike, *, x: str, y: str, height: int = 320) -> go.Figure:
    """A matrix as coloured cells with its first row on top, zero left empty, axis titles `x` and `y`."""
    cells = np.asarray(values, dtype=float)
    limit = float(np.abs(cells).max()) or 1.0
    figure = go.Figure(
        go.Heatmap(
            z=np.where(cells == 0, np.nan, cells), zmin=-limit, zmax=limit, xgap=0.5, ygap=0.5, hoverongaps=False,
            colorscale=[[i / 255, f"rgb({r}, {g}, {b})"] for i, (r, g, b) in enumerate(diverging_colours().tolist())],
            hovertemplate=f"{_words(y)} %{{y}} takes {_words(x)} %{{x}} × %{{z:g}}<extra></extra>", showscale=False,
        )
    )  # fmt: skip
    figure.update_layout(
        height=height, xaxis_title=_words(x), yaxis_title=_words(y), **{**LOOKS, "hovermode": "closest"}
    )
    figure.update_xaxes(showgrid=False, zeroline=False, constrain="domain")
    figure.update_yaxes(showgrid=False, zeroline=False, autorange="reversed", scaleanchor="x", constrain="domain")
    return figure


def scatter(
    groups: Mapping[str, tuple[ArrayLike, ArrayLike, Sequence[str]]],
    *,
    x: str,
    y: str,
    named: Sequence[str] = (),
    height: int = 320,
) -> go.Figure:
    """Points (x, y, names) in groups of one colour each; those in `named` carry their names, the others on hovering."""
    figure = go.Figure()
    for group, (across, up, names) in groups.items():
        figure.add_scatter(
            x=across, y=up, name=_words(group), mode="markers+text", marker={"size": 9}, textposition="top center",
            text=[_words(name) if name in named else "" for name in names], hovertext=[*map(_words, names)],
            hoverinfo="text+x+y",
        )  # fmt: skip
    looks = {**LOOKS, "hovermode": "closest"}
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    figure.update_layout(
        height=height, xaxis_title=_words(x), yaxis_title=_words(y), showlegend=len(groups) > 1, legend=legend, **looks
    )
    return figure


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
