"""Which unit a screen is about: a channel, one neuron of it, or a class, all in the link."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from explorer import feature_maps
from explorer.dataset_examples.places import Index
from explorer.maximization import Unit
from explorer.networks.layers import Layer
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.units import map_shape
from pages.parts.pickers import classes
from pages.parts.pickers.layer import choose_layer
from pages.parts.shell.words import plain

KINDS = ["channel", "neuron", "class"]


def choose(net: Network, image: Image, index: Index | None) -> Unit:
    """One row: the kind, the layer, the channel, and four ways to the next one. `index` is that of the last unit."""
    cells = st.columns([2.9, 4.6, 2.9], vertical_alignment="bottom")
    kinds = KINDS if _with_places(net) else KINDS[-1:]
    if kinds != KINDS:
        st.info(f"No layer of {plain(net.name)} has channels with places, so only its classes can be looked at.")
        st.session_state["unit_kind"] = kinds[0]
    kind = cells[0].segmented_control(
        "Unit", kinds, default=kinds[0], required=True, key="unit_kind", bind="query-params"
    )
    with cells[1]:
        unit = _class(net, image) if kind == "class" else _channel(net, kind == "neuron")
    with cells[2].container(horizontal=True, gap="small", vertical_alignment="bottom", key="unit_ways"):
        _steps(net, kind, unit)
        st.button(
            "Most excited by your picture",
            icon=":material/person_search:",
            on_click=_to_most_excited,
            args=(net, image, kind, unit, index),
            key="unit_most",
            help="The unit of this layer that your picture excites most, measured by what other pictures do.",
        )
    return unit


def _steps(net: Network, kind: str, unit: Unit) -> None:
    """Buttons to the unit before, to the next one and to any."""
    count = len(net.labels) if kind == "class" else net.layer(unit.layer).channels
    for label, icon, number in (
        ("Previous", "arrow_back", (unit.channel - 1) % count),
        ("Next", "arrow_forward", (unit.channel + 1) % count),
        ("Random", "shuffle", None),
    ):
        st.button(label, on_click=_go, args=(net, kind, count, number), icon=f":material/{icon}:", help=label,
                  key=f"unit_{label}")  # fmt: skip


def _class(net: Network, image: Image) -> Unit:
    number = classes.choose("Class", net, net.predict(image)[0][0], key="unit_class")
    assert number is not None  # there is no other choice than a class
    return Unit(net.layers[-1].name, number)


def _channel(net: Network, neuron: bool) -> Unit:
    layers = _with_places(net)
    names = list(layers)
    usual = "blocks.3" if "blocks.3" in names else names[len(names) // 2]
    where, which, *place = st.columns([3, 2, 1.6, 1.6] if neuron else [3, 2], gap="small")
    name = choose_layer("Layer", net, names, usual, key="unit_layer", place=where)
    channels, height, width = map_shape(layers[name])
    number = choose_number("Channel", channels, 4, key="unit_channel", place=which)
    if not neuron:
        return Unit(name, number)
    row = choose_number("Row", height, height // 2, key="unit_row", place=place[0])
    column = choose_number("Column", width, width // 2, key="unit_column", place=place[1])
    return Unit(name, number, (row, column))


def _with_places(net: Network) -> dict[str, Layer]:
    """The layers that say where: in maps, or for each token."""
    return {layer.name: layer for layer in net.layers if len(layer.shape) <= 3 and math.prod(layer.places) > 1}


def choose_number(title: str, count: int, start: int, *, key: str, place: st.delta_generator.DeltaGenerator) -> int:
    """A box of numbers from 0 to count − 1."""
    last = count - 1
    if st.session_state.get(key, 0) > last:  # of a layer that has more
        st.session_state[key] = last
    return int(place.number_input(f"{title}, 0–{last}", 0, last, min(start, last), key=key, bind="query-params"))


def _go(net: Network, kind: str, count: int, number: int | None) -> None:
    number = int(np.random.default_rng().integers(count)) if number is None else number
    if kind == "class":
        st.session_state["unit_class"] = net.labels[number]
    else:
        st.session_state["unit_channel"] = number


def _to_most_excited(net: Network, image: Image, kind: str, unit: Unit, index: Index | None) -> None:
    maps = feature_maps(net, image, unit.layer)
    if unit.position is not None:
        maps = maps[:, unit.position[0], unit.position[1]][:, None, None]
    peaks = maps.max((1, 2))
    number = index.most_excited(peaks) if index is not None and kind != "class" else int(peaks.argmax())
    _go(net, kind, len(peaks), number)
