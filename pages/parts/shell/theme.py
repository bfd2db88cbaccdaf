"""The colours of the theme in use, for what is drawn here and not by the browser."""

from __future__ import annotations

from typing import Any

import streamlit as st

Colour = tuple[int, int, int]


def curves(count: int) -> list[Colour]:
    """The first colours of a chart's curves."""
    return [_rgb(text) for text in _option("chartCategoricalColors")[:count]]


def on_white() -> list[str]:
    """The colours of a chart's curves on white, #rrggbb: of charts that are taken away, whatever the theme in use."""
    return list(st.get_option("theme.light.chartCategoricalColors"))


def page() -> Colour:
    """What everything stands on."""
    return _rgb(_option("backgroundColor"))


def field() -> Colour:
    """What widgets are filled with."""
    return _rgb(_option("secondaryBackgroundColor"))


def _option(name: str) -> Any:
    kind = "dark" if st.context.theme.type == "dark" else "light"
    return st.get_option(f"theme.{kind}.{name}")


def _rgb(text: str) -> Colour:
    red, green, blue = (int(text[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue
