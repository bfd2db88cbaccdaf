"""Tiny pictures of plain numbers: a few to choose from, and whatever a visitor types."""

from __future__ import annotations

import contextlib
import re

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.parts.pickers import kernel_link

Numbers = NDArray[np.float32]

LARGEST_SIDE = 12  # rows and columns whose numbers the component still writes
LARGEST_NUMBER = 1e6
FIRST = "the lecture's"
# What stands around a matrix in code: np.array(…, dtype=float).
_CALL = re.compile(r"(?<![\w.])[A-Za-z_][\w.]* ?\(|, ?dtype ?= ?[\w.]+|\)")
BOX = "conv_numbers"  # in the session: a name, or what was typed
_TURN = "conv_numbers_turn"  # how often the box was filled from elsewhere
_GOOD = "conv_numbers_good"  # the last that could be read

_TEXTS = {
    FIRST: "3 3 2 1 0; 0 0 1 3 1; 3 1 2 2 3; 2 0 0 2 2; 2 0 0 0 1",
    "one point": "0 0 0 0 0; 0 0 0 0 0; 0 0 1 0 0; 0 0 0 0 0; 0 0 0 0 0",
    "an edge": "0 0 0 3 3 3; 0 0 0 3 3 3; 0 0 0 3 3 3; 0 0 0 3 3 3; 0 0 0 3 3 3; 0 0 0 3 3 3",
    "a ramp": "0 1 2 3 4 5; 0 1 2 3 4 5; 0 1 2 3 4 5; 0 1 2 3 4 5; 0 1 2 3 4 5; 0 1 2 3 4 5",
    "a slanted line": "0 0 0 0 0 3; 0 0 0 0 3 0; 0 0 0 3 0 0; 0 0 3 0 0 0; 0 3 0 0 0 0; 3 0 0 0 0 0",
    "a checkerboard": "0 3 0 3 0 3; 3 0 3 0 3 0; 0 3 0 3 0 3; 3 0 3 0 3 0; 0 3 0 3 0 3; 3 0 3 0 3 0",
}


def read(text: str) -> Numbers:
    """The rows of a named picture, or of what was typed: "0 1 0; 1 0,5 1", or as NumPy and MATLAB write a matrix.

    Raises ValueError with a sentence on rows of different lengths, on more than LARGEST_SIDE, on what is no number.
    """
    rows = [row.split() for row in _parted(_TEXTS.get(text, text)).split(";") if row.strip()]
    if not rows or len({len(row) for row in rows}) != 1 or max(len(rows), len(rows[0])) > LARGEST_SIDE:
        raise ValueError(
            f"A picture of numbers has 1 to {LARGEST_SIDE} rows and columns: spaces between numbers, semicolons "
            "between rows of equal length, as in 0 1 0; 1 2 1. The last one stays."
        )
    return np.array([[_number(cell) for cell in row] for row in rows], np.float32)


def _parted(text: str) -> str:
    """Numbers parted by spaces, rows by semicolons; in brackets a comma parts numbers, elsewhere it is decimal."""
    bare = _CALL.sub(" ", " ".join(text.split()))
    if "[" not in bare:
        return bare.replace(",", ".")
    return re.sub(r"[][,]", " ", re.sub(r"\] ?[,;]? ?\[", ";", bare))


def _number(text: str) -> float:
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        value = np.nan
    if not abs(value) <= LARGEST_NUMBER:
        raise ValueError(f"“{text[:12]}” is not a number up to a million. The last picture of numbers stays.")
    return value


def take(text: str) -> None:
    """Show these from now on, as if they had been typed; nothing that could not have been."""
    with contextlib.suppress(ValueError):
        st.session_state[BOX] = named(text)
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def named(text: str) -> str:
    """What a picture of these numbers is called, else the text itself. Raises ValueError as `read` does."""
    given = read(text)
    return next((name for name in _TEXTS if np.array_equal(read(name), given)), text)


def box() -> None:
    """Choose a picture of numbers, or type one.

    Filled from elsewhere it is a new box: what the browser still says of the old one comes too late to undo that.
    """
    text = st.session_state.setdefault(BOX, FIRST)
    options = list(dict.fromkeys([*_TEXTS, text]))
    st.session_state[BOX] = st.selectbox(
        "Numbers (or type: 0 1 0; 1 2 1)", options, options.index(text), key=box_key(), accept_new_options=True,
        width=260,
    )  # fmt: skip


def box_key() -> str:
    """The key of the box as it is now."""
    return f"{BOX}_{st.session_state.get(_TURN, 0)}"


def chosen() -> Numbers:
    """The picture in the box; a sentence and the last good one when what was typed is none."""
    text = st.session_state.get(BOX) or FIRST
    try:
        read(text)
        st.session_state[_GOOD] = text
    except ValueError as error:
        st.info(str(error), icon=":material/info:")
    return read(st.session_state.get(_GOOD, FIRST))


def link_parameters() -> dict[str, str]:
    """The query parameters that hold the numbers: none for those the screen begins with."""
    text = st.session_state.get(_GOOD, FIRST)
    return {} if text == FIRST else {kernel_link.TYPED: text}
