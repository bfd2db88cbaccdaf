"""A chart in words, for whoever can't see it: its axes, and of each curve where it begins, ends and is extreme."""

from __future__ import annotations

import html
import re

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

MOST = 8  #: curves that are described; of more it is said how many
_MARKUP = re.compile(r"<[^>]*>")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_ROUNDING = 1e-12  # of the largest value: less is what is left of a sum that is 0


def in_words(figure: go.Figure) -> str:
    """A figure of `explorer.plots` as sentences, numbers with three digits."""
    curves = [trace for trace in figure.data if trace.type in ("scatter", "scattergl", "bar") and _seen(trace)]
    axes = [_plain(axis.title.text) for axis in (figure.layout.yaxis, figure.layout.xaxis)]
    sentences = [f"Chart: {' over '.join(filter(None, axes)) or 'values'}."]
    sentences += [_curve(trace) for trace in curves[:MOST]]
    if len(curves) > MOST:
        sentences.append(f"And {len(curves) - MOST} more.")
    return " ".join(filter(None, sentences))


def _seen(trace: go.Scatter | go.Bar) -> bool:
    """Not the edge of a shade."""
    return trace.y is not None and len(trace.y) > 0 and (trace.type == "bar" or trace.line.width != 0)


def _curve(trace: go.Scatter | go.Bar) -> str:
    name = _plain(trace.name) or "Values"
    y = _numbers(trace.y)
    x = list(trace.x) if trace.x is not None else list(range(len(y)))
    there = np.flatnonzero(np.isfinite(y))
    if not there.size:
        return ""
    y[np.abs(y) < _ROUNDING * np.abs(y[there]).max()] = 0
    if there.size == 1:
        return f"{name}: {_number(y[there[0]])} at {_place(x[there[0]])}."
    first, last, low, high = there[0], there[-1], there[np.argmin(y[there])], there[np.argmax(y[there])]
    said = [f"from {_number(y[first])} at {_place(x[first])} to {_number(y[last])} at {_place(x[last])}"]
    said += [f"{word} {_number(y[at])} at {_place(x[at])}" for word, at in (("least", low), ("most", high))
             if at not in (first, last)]  # fmt: skip
    return f"{name}: {', '.join(said)}."


def _numbers(values: object) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in np.asarray(values).tolist()], np.float64)


def _number(value: float) -> str:
    digits, _, power = f"{value + 0.0:.3g}".partition("e")
    raised = f" · 10{str(int(power)).translate(_RAISED)}" if power else ""
    return digits.replace("-", "−") + raised


def _place(value: object) -> str:
    return _number(float(value)) if isinstance(value, (int, float, np.number)) else _plain(str(value))


def _plain(text: str | None) -> str:
    return html.unescape(_MARKUP.sub("", text or "")).strip()
