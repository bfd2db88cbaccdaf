"""A unit's circuit: the neuron that the visitor chose, and the units before that excite and inhibit it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from explorer import render
from explorer.architecture.circuit_layers import circuit_layers
from explorer.maximization import Unit
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.circuits import (
    Circuit,
    by_weights,
    circuit,
    expanded_kernels,
    picture_shapes,
    strongest_place,
)
from explorer.responses.units import map_shape
from pages.parts.neurons.circuits import navigation, starting_points
from pages.parts.neurons.circuits.unit_tiles import Tile
from pages.parts.pickers.layer import choose_layer
from pages.parts.pickers.unit import choose_number
from pages.parts.widgets import link_choices, places

COUNT = 5  # units in a row
CONTROL = "Control"  #: what the title of the row of random units begins with
ORDERS = ("effect on your picture", "weights alone")
_ONCE = {"on your picture": ORDERS[0], "by weights alone": ORDERS[1]}  # as older links have them


@dataclass(frozen=True, eq=False)
class ShownCircuit:
    """A neuron's circuit and the units of the layer before that are shown with it."""

    found: Circuit
    ordered: Circuit  #: with the amounts by which units before are ordered
    order: str
    rows: dict[str, list[Tile]]
    limit: float  #: where the kernels' colours end
    shaped: bool  #: whether the picture has a part in kernels that are by weights alone


def choose(net: Network, image: Image) -> tuple[Unit, str]:
    """One row: layer, channel, the order of the units before. The place is the one clicked, else the strongest."""
    _set_boxes(navigation.wished())
    told = starting_points.starting_points(net)
    names = [layer.name for layer in circuit_layers(net)]
    begin = starting_points.opening(net) or (names[len(names) // 3], 5)
    where, which, how = st.columns([2, 1.4, 2.2], vertical_alignment="bottom")
    name = choose_layer("Layer", net, names, begin[0], key="circuit_layer", place=where)
    channel = choose_number("Channel", net.layer(name).channels, begin[1], key="circuit_channel", place=which)
    link_choices.reword("circuit_order", _ONCE.get)
    order = how.segmented_control("Order earlier units by", ORDERS, default=ORDERS[0], required=True,
                                  key="circuit_order", bind="query-params")  # fmt: skip
    usual_place = strongest_place(net, image, name, channel)
    unit = Unit(name, channel, places.kept_place(map_shape(net.layer(name))[1:], usual_place, link="circuit_place"))
    if told:
        navigation.draw_starting_points(net, image, unit, told)
    return unit, order


def _set_boxes(unit: Unit | None) -> None:
    """Before they are drawn: to the neuron to go to, if there is one."""
    if unit is not None and unit.position is not None:
        st.session_state["circuit_layer"], st.session_state["circuit_channel"] = unit.layer, unit.channel
        places.keep_place(unit.position, link="circuit_place")


def ordered_circuit(net: Network, image: Image, unit: Unit, order: str) -> Circuit:
    """A neuron's circuit with what each unit before adds on the picture, or how strongly it is tied by weights."""
    found = circuit(net, image, unit)
    if order == ORDERS[0]:
        return found
    kernels = expanded_kernels(net, image, unit)
    return replace(found, amounts=by_weights(kernels), kernels=kernels)


def shown_circuit(net: Network, image: Image, unit: Unit, order: str) -> ShownCircuit:
    """A neuron's circuit, with the units before that are shown: the strongest of either sign, and some at random."""
    found, drawn = circuit(net, image, unit), ordered_circuit(net, image, unit, order)
    chosen = random_units(len(drawn.amounts))
    rows = {
        "Excite it": drawn.excitatory(COUNT),
        "Inhibit it": drawn.inhibitory(COUNT),
        f"{CONTROL}: {len(chosen)} units drawn at random": chosen,
    }
    tiles = {
        title: [
            Tile(Unit(found.before, n), float(drawn.amounts[n]), drawn.kernels[n], found.place(n))
            for n in ([] if found.dead else numbers)
        ]
        for title, numbers in rows.items()
    }
    limit = render.largest(drawn.kernels) if drawn.kernels.size else 0.0
    shaped = order == ORDERS[1] and picture_shapes(net, image, unit)
    return ShownCircuit(found, drawn, order, tiles, limit, shaped)


def random_units(count: int) -> list[int]:
    """Units drawn by chance, always the same."""
    return sorted(int(n) for n in np.random.default_rng(0).permutation(count)[:COUNT])
