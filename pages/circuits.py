"""Circuits: which units excite a unit and which inhibit it, back to the pixels; and one decision taken apart."""

import streamlit as st

from explorer.architecture.circuit_layers import circuit_layers
from explorer.networks.loading import NetworkError
from pages.parts.neurons.atlas.picture import open_card_asked_for
from pages.parts.neurons.circuits import (
    attacked_decision,
    circuit_drawing,
    class_decision,
    navigation,
    random_control,
    unit_circuit,
)
from pages.parts.pickers import network, picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import plain
from pages.parts.widgets.takeaway import file_name, take_array, take_code
from pages.parts.widgets.views import choose_view

VIEWS = ["A unit’s circuit", "One decision"]

corner = frame.heading(
    "Circuits",
    "What makes a unit fire? Units of the layer before, through kernels: some excite it, some inhibit it. Follow them "
    "back to the pixels.",
)
net, image = network.current(), picture.current()
name, trained = network.chosen()
open_card_asked_for(name, trained=trained)
if not circuit_layers(net):
    st.info(
        f"{plain(net.name)} has no convolutions with maps, so it has no circuits to follow. Choose another network."
    )
    frame.end_page()
view = choose_view(VIEWS, key="circuit_view")


@live
def one_circuit() -> None:
    """A neuron in the picture, beside it the units before that excite and inhibit it, and a control."""
    unit, order = unit_circuit.choose(net, image)
    navigation.draw_trail(unit)
    with st.spinner("Following the wires back …"):
        made = unit_circuit.shown_circuit(net, image, unit, order)
    left, right = st.columns([2, 5], gap="large")
    with left:
        circuit_drawing.draw_neuron(net, image, unit, made.found)
    with right:
        circuit_drawing.draw_units_before(net, unit, made)
        random_control.draw(net, image, unit, made)
    with corner:
        take_array(made.found.kernels, f"{file_name(image.name, unit.layer)}-kernels.npy", "The kernels as numbers")
        take_code(
            network.code(net)
            + "from explorer.responses.circuits import circuit\n\n"
            + f"unit = explorer.Unit({unit.layer!r}, {unit.channel}, {unit.position})\n"
            + f"found = circuit(network, {picture.code()}, unit)\n"
            + "print(found.value, found.amounts.sum() + found.rest, found.excitatory(5), found.inhibitory(5))"
        )


@live
def one_decision() -> None:
    """A class's logit as a sum over units, and what an attack changes in it."""
    try:
        decided = class_decision.choose(net, image)
    except NetworkError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return
    class_decision.draw_sum(decided)
    class_decision.draw_units(decided)
    st.markdown("**The same, attacked**: a change too small to see, and the units it bought.")
    attacked_decision.draw_attack(decided)
    with corner:
        take_array(
            decided.found.amounts, f"{file_name(image.name, decided.label)}-amounts.npy", "All amounts as numbers"
        )
        take_code(
            network.code(net)
            + "from explorer.responses.decisions import decision\n\n"
            + f"found = decision(network, {picture.code()}, {decided.found.label})\n"
            + "print(found.logit, found.amounts.sum() + found.bias, found.most(5))"
        )


if view == VIEWS[0]:
    one_circuit()
    closing(
        look_for="Small kernels with a direction: an edge detector excites a curve on one side and inhibits it on the "
        "other.",
        try_="*A curve*, then the strongest number, again and again, until you stand before the pixels: the way from "
        "an edge to a part, backwards. Order them by *weights alone*; another picture; *random* weights.",
        it_means="Between its gates a network of ReLUs only multiplies and adds. So what a unit says is a sum of what "
        "the maps before it say, each through a small kernel of its own (Olah et al. 2020, *Circuits*).",
        formula=r"$v = \sum_c \langle K_c, x_c \rangle + \text{rest}$"
        "\n\n"
        "Here $v$ is the value, $x_c$ a map of the layer before, and $K_c$ its kernel, multiplied through "
        "all convolutions between (Olah et al. 2020). The rest does not depend on these maps, as a bias does "
        "not. Between its gates a network of ReLUs is linear, so its sum is exact. Where activations bend (SiLU, "
        "GELU) or maps multiply maps (squeeze-and-excitation), $K_c$ is the slope at this picture, the amounts are "
        "first-order, and the rest also holds what the bends make: the line beneath the sum says which it is.",
    )
else:
    one_decision()
    closing(
        look_for="Units that look for what the class is made of, and answer where it is.",
        try_="Another class: who speaks for it here? Then compare what the attack bought: do those units look for the "
        "new class?",
        it_means="The score of a class is a sum over the units of the last stage, so its parts add up exactly: you "
        "read who spoke for it. An attack need not paint the new class: it raises many units a little.",
        formula=r"$\sum_h w_h \bar a_h + b$"
        "\n\n"
        r"The class's logit, where $\bar a_h$ is the mean of unit $h$ over the picture, $w_h$ its weight for "
        "the class, and $b$ the bias.",
    )
network.note(net)
