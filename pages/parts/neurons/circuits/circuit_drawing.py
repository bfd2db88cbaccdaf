"""A neuron's circuit as it stands on the screen: the neuron in the picture, its sum, and the units before."""

from __future__ import annotations

import numpy as np
import streamlit as st

import explorer
from explorer import render
from explorer.maximization import Unit
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.circuits import PICTURE, Circuit
from pages.parts.neurons.circuits import navigation
from pages.parts.neurons.circuits.unit_circuit import CONTROL, ShownCircuit
from pages.parts.neurons.circuits.unit_tiles import draw_row, signed
from pages.parts.neurons.maximization import unit_pictures
from pages.parts.shell.words import plain, rounded
from pages.parts.widgets import job, places, show

_SHAPED = (
    " Even by weights alone these depend on the picture: it sets the slope of what bends or multiplies on the way, and "
    "which place a pool takes."
)


def draw_neuron(net: Network, image: Image, unit: Unit, found: Circuit) -> None:
    """The neuron: where it is in the picture, what it looks for, and its value as a sum."""
    assert unit.position is not None
    layer, prepared = net.layer(unit.layer), net.prepare(image)
    values = explorer.feature_maps(net, image, unit.layer)[unit.channel]
    lit = render.smooth(render.overlay(prepared.uint8, np.maximum(values, 0), dark=0.25), 400)
    place = places.choose_place(
        lit, values, unit.position, alt=f"Where channel {unit.channel} of {unit.layer} answers", smooth=True,
        key=f"circuit_where_{net.key}_{unit.layer}_{unit.channel}",
    )  # fmt: skip
    if place != unit.position:
        places.keep_place(place, link="circuit_place")
        st.rerun(scope="fragment")
    rows = layer.field.clipped(*unit.position, net.input_size)
    st.caption(
        f"Lit where it answers. At row {unit.position[0]}, column {unit.position[1]} it sees "
        f"{rows[2] - rows[0]} × {rows[3] - rows[1]} pixels. Click another place."
    )
    excited, inhibited = (float(found.amounts[found.amounts * sign > 0].sum()) for sign in (1, -1))
    st.markdown(
        f"**{rounded(found.value, 3)}** = {rounded(excited, 3)} − {rounded(abs(inhibited), 3)} "
        f"{'+' if found.rest >= 0 else '−'} {rounded(abs(found.rest), 3)}"
    )
    st.caption(_terms(found))


def _terms(found: Circuit) -> str:
    """What the three terms of the sum are."""
    if found.exact:
        return (
            "What excites it, what inhibits it, and what no unit before has a part in: biases, and gates that are shut "
            "or saturated. Between its gates the network is linear here, so this sum is exact."
        )
    return (
        "What excites it, what inhibits it, and the rest. The way here bends (as SiLU and GELU do) or multiplies maps "
        "by maps (as squeeze-and-excitation does), so both are **first-order**, by the slope at this picture; the rest "
        "is biases and all that the bends make."
    )


def draw_units_before(net: Network, unit: Unit, made: ShownCircuit) -> None:
    """The units before, as their pictures come."""
    if made.found.dead:
        st.info("This neuron is cut off here: whatever the units before do a little more or less, it stays as it is. "
                "Click where it answers.", icon=":material/info:")  # fmt: skip
        return
    if made.found.before == PICTURE:
        draw_filter(made.found)
        return
    before = made.found.before
    st.caption(
        f"Units of **{plain(before)}**: what excites each, beside it its kernel to this neuron, through all "
        "convolutions between. Orange raises the value, blue lowers it. Click a number to go on."
        + (_SHAPED if made.shaped else "")
    )
    units = list(dict.fromkeys(tile.unit for tiles in made.rows.values() for tile in tiles))
    unit_pictures.paint(net, units)

    def draw(running: job.Job[unit_pictures.Painted, unit_pictures.Painted]) -> None:
        pictures = unit_pictures.found(net, units, running)
        for title, tiles in made.rows.items():
            key = "circuit_control" if title.startswith(CONTROL) else "circuit_to"  # chance draws the strongest, too
            draw_row(f"**{title}**", tiles, pictures, made.limit, navigation.go, key)

    count = unit_pictures.missing(net, units)
    job.watch(unit_pictures.SLOT, draw, progress=lambda running: unit_pictures.progress(running, count))
    st.caption(unit_pictures.credit(net, units))


def draw_filter(found: Circuit) -> None:
    """The way's end: the filter over the picture's own colours."""
    largest = render.largest(found.kernels) or 1.0
    colours = (0.5 + found.kernels.transpose(1, 2, 0) / (2 * largest)).clip(0, 1)
    left, right = st.columns([1, 2], vertical_alignment="center")
    with left:
        show.picture(render.enlarge(render.to_uint8(colours), 240), "The filter, in colour")
    with right:
        st.markdown("Here the way back ends: this neuron reads the **pixels**, by this filter.")
        for name, amount in zip(("red", "green", "blue"), found.amounts, strict=False):
            st.markdown(f"{name}: {signed(float(amount))}")
