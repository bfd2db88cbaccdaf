"""From neuron to neuron: where to begin, on to one of the layer before, and back along the trail."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer.maximization import Unit
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.circuits import strongest_place
from pages.parts.neurons.circuits.starting_points import StartingPoint
from pages.parts.widgets import trail as widget

_NAME, _WISH = "circuit", "circuit_wish"  # _WISH: in the session, the neuron to go to


def draw_starting_points(net: Network, image: Image, unit: Unit, told: Mapping[str, StartingPoint]) -> None:
    """A button for each starting point, and what the unit shown detects if it is one of them."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="circuit_chapters"):
        st.caption("Begin with:", width="content")
        for title, point in told.items():
            st.button(
                title, on_click=_begin, args=(net, image, point), type="tertiary", key=f"circuit_chapter_{title}",
                disabled=point.is_of(unit),
            )  # fmt: skip
        for point in told.values():
            if point.is_of(unit):
                st.caption(point.says, width="content")


def _begin(net: Network, image: Image, point: StartingPoint) -> None:
    wish(Unit(point.layer, point.channel, strongest_place(net, image, point.layer, point.channel)))


def draw_trail(unit: Unit) -> None:
    """The neurons gone through so far, each a way back to itself."""
    widget.trail(_NAME, unit, lambda one: f"{one.layer}, {one.channel}", wish)


def go(unit: Unit) -> None:
    """Go on to a neuron of the layer before: for a callback."""
    widget.lengthen(_NAME, unit)
    wish(unit)


def wish(unit: Unit) -> None:
    """Go to a neuron in the run that follows: for a callback."""
    st.session_state[_WISH] = unit


def wished() -> Unit | None:
    """The neuron that a click led to, told once.

    For the run that follows: were the boxes set when it was clicked, what the browser's clock asked for meanwhile would
    set them back, as it tells the values that they had when it asked.
    """
    unit: Unit | None = st.session_state.pop(_WISH, None)
    return unit
