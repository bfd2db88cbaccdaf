"""HTML that Streamlit has no widget for: pictures within text, bars, rows of patches, scales of colours."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st


def data_url(file: bytes, kind: str = "png") -> str:
    """A picture file as an address that holds it; kind: "png", "webp" or "svg+xml"."""
    return f"data:image/{kind};base64,{base64.b64encode(file).decode()}"


def img(png: bytes, alt: str, *, css: str = "", hover: bool = False) -> str:
    """An <img> of a PNG of the CSS class `css`; with `hover` its words are also shown to who points at it."""
    words = escape(alt)
    attributes = (f'class="{css}" ' if css else "") + f'alt="{words}"' + (f' title="{words}"' if hover else "")
    return f'<img {attributes} src="{data_url(png)}">'


@dataclass(frozen=True)
class Bar:
    """A name, the figure beside it, and a bar of `share` (0 to 1) of the width beneath; None: no bar."""

    name: str
    figure: str
    share: float | None = None
    stands_out: bool = False


def bars(rows: Sequence[Bar]) -> None:
    """Draw bars beneath each other."""
    st.html(f'<div class="bars">{"".join(map(_bar, rows))}</div>')


def _bar(row: Bar) -> str:
    line = "" if row.share is None else f'<i style="width: {100 * row.share:.2f}%"></i>'
    return (
        f'<div class="bar{" watched" * row.stands_out}"><span>{escape(row.name)}</span>'
        f"<span>{escape(row.figure)}</span>{line}</div>"
    )


@dataclass(frozen=True)
class Patch:
    """A small picture as PNG, what it shows, and a caption beneath; "": none."""

    png: bytes
    alt: str
    caption: str = ""


def patches(title: str, found: Sequence[Patch]) -> None:
    """Draw small pictures in rows of six under a title."""
    st.html(f'<div class="patches"><b>{escape(title)}</b>{"".join(map(_patch, found))}</div>')


def _patch(one: Patch) -> str:
    caption = f"<figcaption>{escape(one.caption)}</figcaption>" if one.caption else ""
    return f"<figure>{img(one.png, one.alt, hover=True)}{caption}</figure>"


def colour_scale(gradient: str, low: str, middle: str, high: str) -> None:
    """Draw a CSS gradient, with what it means at its ends and in its middle."""
    words = "".join(f"<span>{escape(word)}</span>" for word in (low, middle, high))
    st.html(f'<div class="scale"><div style="background: {gradient}"></div>{words}</div>')
