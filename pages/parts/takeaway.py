"""What a visitor can take away: pictures, numbers, code; made only when asked for."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import render


def take_picture(pixels: render.Picture, file: str, label: str) -> None:
    """A button that saves an 8-bit picture as PNG, without loss."""
    st.download_button(
        label, lambda: render.png(pixels), file, "image/png", on_click="ignore", key=f"take_{file}", width="stretch"
    )


def take_array(values: NDArray[Any], file: str, label: str) -> None:
    """A button that saves numbers as NPY."""
    st.download_button(
        label,
        lambda: _npy(values),
        file,
        "application/octet-stream",
        on_click="ignore",
        key=f"take_{file}",
        width="stretch",
    )


def take_code(code: str) -> None:
    """The lines that give the same in a notebook."""
    st.code(code, language="python")


def _npy(values: NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()
