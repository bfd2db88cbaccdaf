"""Figures as 8-bit pictures, drawn by Matplotlib: to be taken away, and as the frames of a GIF."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from itertools import cycle
from typing import Any

import numpy as np
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MultipleLocator, NullLocator, PercentFormatter

from explorer.render import Picture

_DPI = 100
_DASHES = {"dash": "--", "dot": ":"}


def drawn(figure: go.Figure, colours: Sequence[str], *, width: int = 640) -> Picture:
    """A figure of lines, shades, points and contours on white, (height, width, 3), as high as it is on the page.

    `colours` (CSS's #rrggbb) are taken in turn by curves that have none of their own.
    """
    return _pixels(_laid_out(figure, colours, width)[0])


def film(figures: Iterable[go.Figure], colours: Sequence[str], *, width: int = 480) -> Iterator[Picture]:
    """As `drawn`, of figures that differ in where their curves lie and in the title of the x axis, and in no more.

    So the rest is laid out once, which takes three quarters of the time.
    """
    canvas: FigureCanvasAgg | None = None
    lines: dict[int, Line2D] = {}
    for figure in figures:
        if canvas is None:
            canvas, lines = _laid_out(figure, colours, width)
            canvas.draw()
            canvas.figure.set_layout_engine("none")
        for number, line in lines.items():
            line.set_data(_across(figure.data[number]), figure.data[number].y)
        canvas.figure.axes[0].set_xlabel(unescape(figure.layout.xaxis.title.text or ""))
        yield _pixels(canvas)


def _pixels(canvas: FigureCanvasAgg) -> Picture:
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _laid_out(figure: go.Figure, colours: Sequence[str], width: int) -> tuple[FigureCanvasAgg, dict[int, Line2D]]:
    """All that is on the canvas, and of each trace that is a curve, by its number, what draws it."""
    inches = width / _DPI, (figure.layout.height or 320) / _DPI
    canvas = FigureCanvasAgg(Figure(inches, _DPI, layout="constrained"))
    axes, lines, turn = canvas.figure.subplots(), {}, cycle(colours)
    axes.grid(color="0.9", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    for number, trace in enumerate(figure.data):
        if trace.type == "contour":
            axes.contour(trace.x, trace.y, trace.z, trace.ncontours, cmap="cividis", alpha=trace.opacity)
        elif trace.line.width == 0:
            _shade(axes, figure.data[number - 1], trace)
        else:
            lines[number] = _curve(axes, trace, turn)
    _axis(axes, "x", figure.layout.xaxis)
    _axis(axes, "y", figure.layout.yaxis)
    if figure.layout.showlegend is not False and axes.get_legend_handles_labels()[1]:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=_columns(figure, width), frameon=False, fontsize=8)
    return canvas, lines


def _across(trace: Any) -> Any:
    return np.arange(len(trace.y)) if trace.x is None else trace.x


def _shade(axes: Axes, lower: Any, upper: Any) -> None:
    """Between two traces without lines, of which the second has a `fill`."""
    if upper.fill == "tonexty":
        axes.fill_between(_across(upper), lower.y, upper.y, color=_colour(upper.fillcolor), linewidth=0)


def _curve(axes: Axes, trace: Any, turn: Iterator[str]) -> Line2D:
    """A trace of lines, points and words; its own colour, or the next."""
    across, lines, points = _across(trace), "lines" in (trace.mode or "lines"), "markers" in (trace.mode or "")
    (line,) = axes.plot(
        across, trace.y, color=_colour(trace.line.color or trace.marker.color or next(turn)),
        alpha=trace.marker.opacity, linewidth=(trace.line.width or 2) * 0.8,
        linestyle=_DASHES.get(trace.line.dash, "-") if lines else "none",
        marker="none" if not points else "x" if trace.marker.symbol == "x" else "o",
        markersize=(trace.marker.size or 6) * 0.7,
        label=unescape(trace.name or "") if trace.showlegend is not False else "",
    )  # fmt: skip
    for x, y, text in zip(across, trace.y, trace.text if trace.text is not None else (), strict=False):
        if text:
            axes.annotate(unescape(text), (x, y), xytext=(0, 4), textcoords="offset points", ha="center", fontsize=8)
    return line


def _axis(axes: Axes, which: str, layout: Any) -> None:
    """Scale, range, ticks and title of one axis, as Plotly has them."""
    axis = getattr(axes, f"{which}axis")
    axes.set(**{f"{which}label": unescape(layout.title.text or "")})
    if layout.type == "log":
        axes.set(**{f"{which}scale": "log"})
    if layout.range is not None:
        low, high = layout.range
        axes.set(**{f"{which}lim": (10.0**low, 10.0**high) if layout.type == "log" else (low, high)})
    elif layout.rangemode == "tozero":
        axes.set(**{f"{which}lim": (0, None)})
    if layout.tickvals is not None:
        axis.set_ticks(layout.tickvals, layout.ticktext or [f"{value:g}" for value in layout.tickvals])
        axis.set_minor_locator(NullLocator())
    elif layout.dtick is not None and layout.type != "log":
        axis.set_major_locator(MultipleLocator(layout.dtick))
    if layout.tickformat == ".0%":
        axis.set_major_formatter(PercentFormatter(1, 0))


def _columns(figure: go.Figure, width: int) -> int:
    """As many names side by side as have room."""
    longest = max(len(trace.name or "") for trace in figure.data)
    return max(1, min(4, int(width / (7 * longest + 40))))


def _colour(css: str) -> Any:
    """A colour of CSS as Matplotlib takes it: rgb(a) as a tuple, others as they are."""
    if not css.startswith("rgb"):
        return css
    red, green, blue, *alpha = (float(number) for number in re.findall(r"[\d.]+", css))
    return (red / 255, green / 255, blue / 255, *alpha)
