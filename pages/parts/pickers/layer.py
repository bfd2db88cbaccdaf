"""Choosing a layer: each is called by how deep it lies, then by its name in the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.networks.loading import Network
from pages.parts.widgets import link_choices

_QUARTERS = ("early", "middle", "middle", "late")  # of the way from the first layer to the last


def choose_layer(
    title: str,
    net: Network,
    names: Sequence[str],
    usual: str,
    *,
    key: str,
    place: DeltaGenerator | None = None,
    on_change: Callable[[], None] | None = None,
    disabled: bool = False,
    help: str | None = None,
    width: int | Literal["stretch"] = "stretch",
) -> str:
    """A box of layers; its value is the layer's name, and a link may say that alone."""
    words = in_words(net, names)
    link_choices.reword(key, lambda text: words.get(name_in(text)))
    return (place or st).selectbox(
        title, list(names), list(names).index(usual), format_func=words.__getitem__, key=key, bind="query-params",
        disabled=disabled, help=help, on_change=on_change, width=width,
    )  # fmt: skip


def name_in(words: str) -> str:
    """The name of a layer that is called so, in these words or in others that it had before."""
    return words.rpartition(", ")[2]


def in_words(net: Network, names: Sequence[str]) -> dict[str, str]:
    """What each layer is called: "middle, blocks.2". Of layers that are not the network's, their own order counts."""
    way = {layer.name: number for number, layer in enumerate(net.layers)}
    if not way.keys() >= set(names):
        way = {name: number for number, name in enumerate(names)}
    return {name: f"{_QUARTERS[4 * way[name] // len(way)]}, {name}" for name in names}
