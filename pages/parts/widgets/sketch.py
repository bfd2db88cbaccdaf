"""Small curves and stems without axes, drawn as SVG: a dozen of them cost less than one chart that people hover."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from pages.parts.shell import projector
from pages.parts.widgets.markup import data_url

_COLOURS = {"curve": "#3b82d0", "stem": "#d9691e", "ghost": "#8a8f94"}  # told apart on paper and in the dark


def curve(values: ArrayLike, alt: str, *, beside: ArrayLike | None = None) -> None:
    """A curve from its least to its largest value, zero as a thin line; `beside` is drawn dashed under it."""
    lines = [(np.asarray(values, float), "curve", "")]
    if beside is not None:
        lines.insert(0, (np.asarray(beside, float), "ghost", ' stroke-dasharray="4 3"'))
    low, high = _range([line for line, *_ in lines])
    wide = max(1.8, projector.least_line())
    paths = "".join(
        f'<polyline points="{" ".join(f"{i},{_up(v, low, high)}" for i, v in enumerate(line))}" fill="none" '
        f'stroke="{_COLOURS[kind]}" stroke-width="{wide:g}"{dash} vector-effect="non-scaling-stroke"/>'
        for line, kind, dash in lines
    )
    _draw(paths, lines[0][0].size - 1, low, high, alt)


def stems(values: ArrayLike, alt: str, *, least: int = 27) -> None:
    """Weights as stems from zero, in the middle of at least `least` places."""
    weights = np.asarray(values, float)
    places = max(least, weights.size)
    low, high = _range([weights])
    first = (places - weights.size) / 2 + 0.5
    paths = "".join(
        f'<path d="M{first + i},{_up(0, low, high)}V{_up(v, low, high)}" stroke="{_COLOURS["stem"]}" '
        'stroke-width="0.45"/>'  # of a place: on a phone, too, each stands alone
        for i, v in enumerate(weights)
    )
    _draw(paths, places, low, high, alt)


def _range(lines: list[np.ndarray]) -> tuple[float, float]:
    low, high = min(0.0, *(float(v.min()) for v in lines)), max(0.0, *(float(v.max()) for v in lines))
    margin = 0.08 * (high - low or 1)
    return low - margin, high + margin


def _up(value: float, low: float, high: float) -> str:
    return f"{100 * (high - value) / (high - low):.2f}"


def _draw(paths: str, width: float, low: float, high: float, alt: str) -> None:
    zero = _up(0, low, high)
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%" viewBox="0 0 {width} 100" '
        f'preserveAspectRatio="none"><path d="M0,{zero}H{width}" stroke="#8888" vector-effect="non-scaling-stroke"/>'
        f"{paths}</svg>"
    )
    source = data_url(drawing.encode(), "svg+xml")  # as a picture: Streamlit takes SVG out of HTML
    st.html(
        f'<img alt="{escape(alt)}" src="{source}" '
        'style="display: block; width: 100%; height: 3.6rem; border: 1px solid #8884; border-radius: 0.3rem">'
    )
