"""A link's choices that no widget could take are said: Streamlit passes over them, and shows what is usual instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.parts.shell import once
from pages.parts.widgets import link_choices, linked

_SAYS_ITSELF = "network"  # its picker does, with the reason


@contextmanager
def checked() -> Iterator[None]:
    """While a page or a block is drawn, see which of the link's values its widgets refuse, and say so at the end."""
    before = linked.parameters()
    try:
        yield
    finally:
        for name, text in before.items():
            if name not in st.session_state or not once.is_new(f"check {name}", text):  # no widget of this page has it
                continue
            if linked.parameter(name) is None and not _is_said(name, text):
                linked.damaged(name, text)


def _is_said(name: str, text: str) -> bool:
    """Whether nothing is wrong, since the link asked for what is usual, or another has said what is."""
    if name == _SAYS_ITSELF or link_choices.handles(name):
        return True
    value = st.session_state[name]
    return text.casefold() == str(value).casefold() or _number(text) == _number(str(value)) is not None


def _number(text: str) -> float | None:
    """What a text such as "8 pixels" begins with."""
    found = re.match(r"-?\d+(\.\d+)?", text)
    return float(found[0]) if found else None
