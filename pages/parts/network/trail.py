"""The values that were gone through, from each to one behind it: every one is a way back to itself."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.networks.layers import Layer
from pages.parts.widgets import places
from pages.parts.widgets.tiles import keep

_TRAIL = "maps_gone"  # in the session: the values gone through: layer, map and place


def trail(layer: Layer, channel: int, place: places.Place, to_layer: Callable[[str], None]) -> None:
    """The values gone through so far, each a way back to itself."""
    here = (layer.name, channel, place)
    gone: list[tuple[str, int, places.Place]] = st.session_state.get(_TRAIL, [])
    gone = gone[: gone.index(here) + 1] if here in gone else [here]
    st.session_state[_TRAIL] = gone
    if len(gone) < 2:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="maps_trail"):
        st.caption("Your way:", width="content")
        for number, (name, channel_then, place_then) in enumerate(gone):
            st.button(
                f"{name}, map {channel_then}", on_click=go, args=(to_layer, name, channel_then, place_then),
                type="tertiary", key=f"maps_trail_{number}", disabled=number == len(gone) - 1,
            )  # fmt: skip


def go(to_layer: Callable[[str], None], layer: str, channel: int, place: places.Place) -> None:
    """Put another value in use, and on the trail."""
    gone: list[tuple[str, int, places.Place]] = st.session_state.get(_TRAIL, [])
    if (layer, channel, place) not in gone:
        st.session_state[_TRAIL] = [*gone, (layer, channel, place)]
    to_layer(layer)
    keep("map", channel)
    places.keep(place)
