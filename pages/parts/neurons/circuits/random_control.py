"""The control of a circuit: how much of a value few units explain, beside random units and random weights."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.maximization import Unit
from explorer.networks.loading import Network, NetworkError, load_network
from explorer.pictures.images import Image
from explorer.responses.circuits import PICTURE, strongest_place
from pages.parts.neurons.circuits.unit_circuit import COUNT, ShownCircuit, ordered_circuit, random_units
from pages.parts.shell.words import percent

_MORE = 1.25  # so many times as much is more


def draw(net: Network, image: Image, unit: Unit, made: ShownCircuit) -> None:
    """How far few units explain the value: here, in random weights, and by units drawn at random."""
    found = made.ordered
    if found.before == PICTURE or found.dead:
        return
    drawn = float(np.abs(found.amounts[random_units(len(found.amounts))]).sum() / (np.abs(found.amounts).sum() or 1.0))
    words = (
        f"The {COUNT} strongest of {len(found.amounts)} units account for **{percent(found.share(COUNT))}** of all "
        f"that excites or inhibits; {COUNT} drawn at random {percent(drawn)}"
    )
    other = _untrained(net)
    if other is not None:
        there = Unit(unit.layer, unit.channel, strongest_place(other, image, unit.layer, unit.channel))
        chance = ordered_circuit(other, image, there, made.order).share(COUNT)
        words += f"; with random weights the strongest account for {percent(chance)}"
        words += f": {conclusion(found.share(COUNT), chance)}"
    st.caption(f"{words}.")


def conclusion(share: float, chance: float) -> str:
    """What the share of the strongest means, beside that with random weights."""
    if share > _MORE * chance:
        return "so that few units decide was learned"
    return "a few units decide in an untrained network too, so this proves little"


def _untrained(net: Network) -> Network | None:
    if not net.trained or net.own:
        return None
    try:
        return load_network(net.name, device=net.device.type, pretrained=False)
    except NetworkError:
        return None
