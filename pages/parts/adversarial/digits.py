"""Digits in rows, each with the class that a model predicts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import render
from pages.parts.widgets.markup import img


def digit_rows(rows: Sequence[tuple[str, NDArray[np.float32], Sequence[int]]], labels: Sequence[int], alt: str) -> None:
    """Rows of digits: a row's name, its pictures (N, 8, 8) in [0, 1], the predicted classes; wrong ones stand out."""
    cells = "".join(
        f"<span>{escape(name)}</span>" + "".join(map(_cell, pictures, predicted, labels))
        for name, pictures, predicted in rows
    )
    st.html(
        f'<div class="digits" role="img" aria-label="{escape(alt)}" '
        f'style="grid-template-columns: 5.5rem repeat({len(labels)}, 1fr)">{cells}</div>'
    )


def _cell(picture: NDArray[np.float32], predicted: int, label: int) -> str:
    grey = np.repeat(render.to_uint8(1 - picture)[..., None], 3, 2)  # ink on paper
    correct = predicted == label
    return (
        f'<figure class="{"right" if correct else "wrong"}">{img(render.png(grey), "")}'
        f"<figcaption>{'✓' if correct else '✗'} {predicted}</figcaption></figure>"
    )
