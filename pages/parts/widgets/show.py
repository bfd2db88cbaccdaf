"""Pictures and predictions on the screen: pixels arrive exactly as computed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
import streamlit as st

from explorer import render
from explorer.cache import memo
from explorer.chart_words import in_words
from explorer.pictures.images import Image
from pages.parts.shell.projector import LETTERS, projected
from pages.parts.shell.words import number, percent
from pages.parts.widgets.encoding import png
from pages.parts.widgets.markup import Bar, bars, colour_scale, img

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

TALLER = 1.5  # so much is a chart on the wall, where its legend and its axes take more


def picture(pixels: render.Picture, alt: str) -> None:
    """Show an 8-bit picture without loss (Streamlit's own way would make a JPEG of it)."""
    st.image(png(pixels), width="stretch", output_format="PNG", alt=alt)


def image(
    picture: Image, alt: str, *, side: int | None = None, within: tuple[int, int, int, int] | None = None
) -> None:
    """Show a whole Image, no larger than `side`; it is encoded once, however often the page is drawn.

    What lies outside of `within` (top, left, bottom, right) is shown darker, and a frame around it.
    """

    def encode() -> bytes:
        if within is not None:
            return render.png(_framed(picture, within))
        return render.png(picture.uint8 if side is None else _reduced(picture, side))

    data = memo(("png", picture, side, within), encode)
    st.image(data, width="stretch", output_format="PNG", alt=alt)


def _framed(picture: Image, within: tuple[int, int, int, int]) -> render.Picture:
    top, left, bottom, right = within
    darker = picture.uint8 // 2
    darker[top:bottom, left:right] = picture.uint8[top:bottom, left:right]
    return render.box(darker, within, thickness=max(1, max(picture.height, picture.width) // 300))


def _reduced(picture: Image, side: int) -> render.Picture:
    factor = min(1.0, side / max(picture.height, picture.width))
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return render.to_uint8(np.asarray(cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA), np.float32))


def frame(pixels: render.Picture, alt: str) -> None:
    """Show a picture that another will soon replace: as part of the page, for a file would be gone when fetched."""
    encoded(render.png(pixels), alt)


def encoded(data: bytes, alt: str, *, crisp: bool = False) -> None:
    """As `frame`, for a picture that is a PNG already; enlarged smoothly, or `crisp` as suits numbers."""
    st.html(img(data, alt, css="frame crisp" if crisp else "frame"))


def flicker(before: render.Picture, after: render.Picture, alt: str) -> None:
    """Two pictures in one place, by turns."""
    st.html(f'<div class="flicker">{img(png(before), "", css="frame")}{img(png(after), alt, css="frame")}</div>')


def signed_scale(limit: float, *, decimals: int | None = None) -> None:
    """The colours of a signed map from −limit to limit; where all is zero, zero alone."""
    most = number(limit, decimals=decimals)
    low, high = (f"−{most}", f"+{most}") if number(limit) != "0" else ("", "")
    scale_bar("signed", low, high, "0")


def scale_bar(kind: Literal["signed", "sequential"], low: str, high: str, middle: str = "") -> None:
    """The colours of a map with what they mean at both ends (and in the middle)."""
    colours = render.diverging_colours() if kind == "signed" else render.sequential_colours()
    stops = ", ".join(f"rgb({r} {g} {b})" for r, g, b in colours[::15].tolist())
    colour_scale(f"linear-gradient(to right, {stops})", low, middle, high)


def predictions(shares: Sequence[tuple[str, float]], *, watched: Sequence[str] = ()) -> None:
    """Labels with their probabilities as bars, highest first; the `watched` ones stand out."""
    bars([Bar(label, percent(share), share, label in watched) for label, share in shares])


def amounts(rows: Sequence[tuple[str, str]]) -> None:
    """Names with their numbers, line by line."""
    bars([Bar(name, figure) for name, figure in rows])


def chart(figure: Figure, *, key: str) -> None:
    """Show a figure of `explorer.plots` in the page's own colours, without Plotly's row of buttons."""
    _in_words(figure)
    st.plotly_chart(_legible(figure), config={"displayModeBar": False}, key=key)


def _in_words(figure: Figure) -> None:
    """What the chart shows, for who has the page read aloud: of Plotly's drawing only figures at its rim would be."""
    st.html(f'<p class="chart-words">{escape(in_words(figure))}</p>')


def _legible(figure: Figure) -> Figure:
    """On the wall a copy for larger letters, for which Plotly makes room; what is taken away stays as it is."""
    if not projected():
        return figure
    font = {"size": LETTERS}
    upright = "<br>".join(wrap(figure.layout.yaxis.title.text or "", 24))
    larger = type(figure)(figure)
    larger.update_layout(font=font, legend={"font": font}, height=TALLER * figure.layout.height)
    larger.update_xaxes(tickfont=font, title={"font": font})
    larger.update_yaxes(tickfont=font, title={"font": font, "text": upright})
    return larger


def linked_chart(figure: Figure, *, key: str) -> str | None:
    """As `chart`, of points that can be clicked; what the one just clicked has as its `customdata`, None for none."""
    _in_words(figure)
    event = st.plotly_chart(
        _legible(figure), config={"displayModeBar": False}, key=key, on_select="rerun", selection_mode="points"
    )
    points = event["selection"]["points"]
    name = points[0].get("customdata") if points else None
    return name if isinstance(name, str) else None
