"""Four things to be told apart: their names, and their places beside each other."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.one_dimension.quiz import COUNT

NUMBERS = "1234"


def quiz_columns(name: str) -> list[DeltaGenerator]:
    """Four places beside each other, on a phone too: they are there to be compared."""
    return st.container(key=f"match_four_{name}").columns(COUNT, wrap=False)
