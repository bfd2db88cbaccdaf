"""A unit's circuit: what drives it and what hinders it in the visitor's picture, and the way back by clicks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

import explorer
from explorer import render
from explorer.architecture.stations import stations
from explorer.maximization import Unit
from explorer.networks.loading import Network, NetworkError, load_network
from explorer.pictures.images import Image
from explorer.responses.circuits import (
    PICTURE,
    Circuit,
    by_weights,
    circuit,
    expanded_kernels,
    picture_shapes,
    strongest_place,
)
from explorer.responses.units import map_shape
from pages.parts.neurons import circuit_ways as ways
from pages.parts.neurons import story, unit_pictures
from pages.parts.neurons.circuit_tiles import Tile, row, signed
from pages.parts.pickers.layer import choose_layer
from pages.parts.pickers.unit import choose_number
from pages.parts.shell.words import percent, plain, rounded
from pages.parts.widgets import job, link_choices, places, show

COUNT = 5  # units in a row
_CONTROL = "Control"
ORDERS = ("effect on your picture", "weights alone")
_ONCE = {"on your picture": ORDERS[0], "by weights alone": ORDERS[1]}  # as older links have them
_MORE = 1.25  # so many times as much is more
_SHAPED = (
    " Even by weights alone these depend on the picture: it sets the slope of what bends or multiplies on the way, and "
    "which place a pool takes."
)


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
    _set_boxes(ways.wished())
    told = story.chapters(net)
    names = [layer.name for layer in stations(net)]
    begin = story.opening(net) or (names[len(names) // 3], 5)
    where, which, how = st.columns([2, 1.4, 2.2], vertical_alignment="bottom")
    name = choose_layer("Layer", net, names, begin[0], key="circuit_layer", place=where)
    channel = choose_number("Channel", net.layer(name).channels, begin[1], key="circuit_channel", place=which)
    link_choices.reword("circuit_order", _ONCE.get)
    order = how.segmented_control("Order earlier units by", ORDERS, default=ORDERS[0], required=True,
                                  key="circuit_order", bind="query-params")  # fmt: skip
    usual_place = strongest_place(net, image, name, channel)
    unit = Unit(name, channel, places.kept_place(map_shape(net.layer(name))[1:], usual_place, link="circuit_place"))
    if told:
        ways.chapters(net, image, unit, told)
    return unit, order


def _set_boxes(unit: Unit | None) -> None:
    """Before they are drawn: to the neuron to go to, if there is one."""
    if unit is not None and unit.position is not None:
        st.session_state["circuit_layer"], st.session_state["circuit_channel"] = unit.layer, unit.channel
        places.keep_place(unit.position, link="circuit_place")


def ordered(net: Network, image: Image, unit: Unit, order: str) -> Circuit:
    """A neuron's circuit with what each unit before adds on the picture, or how strongly it is tied by weights."""
    found = circuit(net, image, unit)
    if order == ORDERS[0]:
        return found
    kernels = expanded_kernels(net, image, unit)
    return replace(found, amounts=by_weights(kernels), kernels=kernels)


def shown(net: Network, image: Image, unit: Unit, order: str) -> ShownCircuit:
    """What stands on the screen for a neuron."""
    found, drawn = circuit(net, image, unit), ordered(net, image, unit, order)
    chosen = _drawn(len(drawn.amounts))
    rows = {
        "Excite it": drawn.drive(COUNT),
        "Inhibit it": drawn.hinder(COUNT),
        f"{_CONTROL}: {len(chosen)} units drawn at random": chosen,
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


def _drawn(count: int) -> list[int]:
    """Units drawn by chance, always the same."""
    return sorted(int(n) for n in np.random.default_rng(0).permutation(count)[:COUNT])


def neuron(net: Network, image: Image, unit: Unit, found: Circuit) -> None:
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
    drives, hinders = (float(found.amounts[found.amounts * sign > 0].sum()) for sign in (1, -1))
    st.markdown(
        f"**{rounded(found.value, 3)}** = {rounded(drives, 3)} − {rounded(abs(hinders), 3)} "
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


def wires(net: Network, unit: Unit, made: ShownCircuit) -> None:
    """The units before, as their pictures come."""
    if made.found.dead:
        st.info("This neuron is cut off here: whatever the units before do a little more or less, it stays as it is. "
                "Click where it answers.", icon=":material/info:")  # fmt: skip
        return
    if made.found.before == PICTURE:
        filters(made.found)
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
            key = "circuit_control" if title.startswith(_CONTROL) else "circuit_to"  # chance draws the strongest, too
            row(f"**{title}**", tiles, pictures, made.limit, ways.go, key)

    count = unit_pictures.missing(net, units)
    job.watch(unit_pictures.SLOT, draw, progress=lambda running: unit_pictures.progress(running, count))
    st.caption(unit_pictures.credit(net, units))


def filters(found: Circuit) -> None:
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


def control(net: Network, image: Image, unit: Unit, made: ShownCircuit) -> None:
    """How far few units explain the value: here, in random weights, and by units drawn at random."""
    found = made.ordered
    if found.before == PICTURE or found.dead:
        return
    drawn = float(np.abs(found.amounts[_drawn(len(found.amounts))]).sum() / (np.abs(found.amounts).sum() or 1.0))
    words = (
        f"The {COUNT} strongest of {len(found.amounts)} units account for **{percent(found.share(COUNT))}** of all "
        f"that excites or inhibits; {COUNT} drawn at random {percent(drawn)}"
    )
    other = _random(net)
    if other is not None:
        there = Unit(unit.layer, unit.channel, strongest_place(other, image, unit.layer, unit.channel))
        chance = ordered(other, image, there, made.order).share(COUNT)
        words += f"; with random weights the strongest account for {percent(chance)}"
        words += f": {what_follows(found.share(COUNT), chance)}"
    st.caption(f"{words}.")


def what_follows(share: float, chance: float) -> str:
    """What the share of the strongest means, beside that with random weights."""
    if share > _MORE * chance:
        return "so that few units decide was learned"
    return "a few units decide in an untrained network too, so this proves little"


def _random(net: Network) -> Network | None:
    if not net.trained or net.own:
        return None
    try:
        return load_network(net.name, device=net.device.type, pretrained=False)
    except NetworkError:
        return None
