"""Digits in rows, each with what a model says of it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import render
from pages.parts.widgets.markup import img


def digit_rows(rows: Sequence[tuple[str, NDArray[np.float32], Sequence[int]]], labels: Sequence[int], alt: str) -> None:
    """Rows of digits: a row's name, its pictures (N, 8, 8) in [0, 1], what is said of each; wrong ones stand out."""
    cells = "".join(
        f"<span>{escape(name)}</span>" + "".join(map(_cell, pictures, said, labels)) for name, pictures, said in rows
    )
    st.html(
        f'<div class="digits" role="img" aria-label="{escape(alt)}" '
        f'style="grid-template-columns: 5.5rem repeat({len(labels)}, 1fr)">{cells}</div>'
    )


def _cell(picture: NDArray[np.float32], said: int, label: int) -> str:
    grey = np.repeat(render.to_uint8(1 - picture)[..., None], 3, 2)  # ink on paper
    right = said == label
    return (
        f'<figure class="{"right" if right else "wrong"}">{img(render.png(grey), "")}'
        f"<figcaption>{'✓' if right else '✗'} {said}</figcaption></figure>"
    )
