"""Where it looks: Grad-CAM's heat map of the places that speak for a class, beside two controls."""

import numpy as np
import streamlit as st

import explorer
from explorer import render
from explorer.networks.loading import probabilities
from explorer.responses.gradcam import grad_cam, last_with_places, layers_with_places
from explorer.responses.occlusion import map_correlation, occlusion
from pages.parts.network import conclusions, occlusion_square
from pages.parts.pickers import classes, network, picture
from pages.parts.pickers.layer import choose_layer
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import percent, plain, rounded
from pages.parts.widgets import show
from pages.parts.widgets.more import more
from pages.parts.widgets.takeaway import file_name, take_array, take_code, take_picture

ONE_SCALE = "Both classes as bright as they are: one that finds little support then stays dark."
FIELDS = 10  # places of the square each way that are scanned
GUESSES = {"its first guess": 0, "its second guess": 1}

corner = frame.heading(
    "Where it looks",
    "Which places of your picture speak for a class? Grad-CAM weighs the maps of a layer by how much each raises the "
    "class: a heat map, bright where they answer.",
)
net, image = network.current(), picture.current()

layers = {layer.name: layer for layer in layers_with_places(net)}
if not layers:
    st.info(f"{plain(net.name)} has no layer with places, so it can't be asked where it looks. Choose another network.")
    frame.end_page()
said = net.predict(image)


def choose(title: str, usual: str, *, key: str) -> int:
    """A box with the network's guesses and all its classes; returns a class."""
    guesses = {words: net.class_index(said[min(place, len(said) - 1)][0]) for words, place in GUESSES.items()}
    number = classes.choose(title, net, usual, key=key, wishes=guesses)
    assert number is not None  # every choice is a class
    return number


def on_picture(net: explorer.Network, number: int, heat: np.ndarray, title: str, most: float) -> None:
    """A class's heat map over the picture, whole where it reaches `most`; how bright it is stands beneath."""
    prepared = net.prepare(image)
    st.markdown(title)
    shown = render.overlay(prepared.uint8, heat, most=most)
    show.picture(shown, f"Where {net.name} sees {net.labels[number]}")
    dark = "Dark: no place of this layer speaks for this class."
    st.caption(f"Brightest: **{heat.max():.3g}**" if heat.any() else dark)


def choices() -> tuple[int, str, int, bool]:
    """The class and the layer that are asked about, the class of the control, and whether one scale holds for both."""
    cells = st.columns([3, 3, 1.2], vertical_alignment="bottom")
    with cells[0]:
        number = choose("Where does it see", "its first guess", key="where_class")
    with cells[1]:
        layer = choose_layer("At layer", net, list(layers), last_with_places(net).name, key="where_layer")
    with more("where_other", "where_scale", place=cells[2], width="stretch"):
        other = choose("The control: another class", "its second guess", key="where_other")
        one_scale = st.toggle("One scale", key="where_scale", bind="query-params", help=ONE_SCALE)
    return number, layer, other, one_scale


@live
def screen() -> None:
    """The picture, the heat maps of two classes, and that of the other weights; beneath, the square to drag."""
    number, layer, other, one_scale = choices()
    shares, label = probabilities(net, net.prepare(image)), net.labels[number]
    first, second, third, fourth = st.columns(4, gap="medium")
    with first:
        st.markdown("**Your picture**")
        show.picture(net.prepare(image).uint8, "The picture as the network gets it")
        show.predictions(said, watched=[label])
    with st.spinner("Following the gradient back …"):
        heats = [grad_cam(net, image, one, layer) for one in (number, other)]
        tops = [max(float(heat.max()) for heat in heats)] * 2 if one_scale else [float(heat.max()) for heat in heats]
        with second:
            on_picture(net, number, heats[0], f"**{plain(label)}**, {percent(float(shares[number]))}", tops[0])
        with third:
            on_picture(
                net, other, heats[1], f"**{plain(net.labels[other])}**, {percent(float(shares[other]))}", tops[1]
            )
            told = conclusions.of_another_class(map_correlation(*heats), plain(label)) if other != number else ""
            st.caption(f"Control: another class. {told}")
        with fourth:
            control(number, layer, heats[0])
    st.markdown(about_the_heat_map(layer, heats[0], one_scale))
    cover(number, heats[0])
    with corner:
        take_away(number, layer, heats[0])


def about_the_heat_map(layer: str, heat: np.ndarray, one_scale: bool) -> str:
    """How sharp the heat map is, and what bright and dark mean."""
    height, width = heat.shape
    return (
        f"{plain(layer)} has {layers[layer].channels:,} maps of **{height} × {width}** places; the heat map is "
        f"stretched from those, so it is no sharper than {net.input_size // max(height, 1)} pixels. Bright "
        "where the class finds "
        + ("most support of the two classes" if one_scale else "most support") + ", dark where none."
    )  # fmt: skip


def take_away(number: int, layer: str, heat: np.ndarray) -> None:
    """The heat map of a class over the picture and as numbers, and the lines that give the same."""
    label = net.labels[number]
    over = render.overlay(net.prepare(image).uint8, heat)
    take_picture(over, f"{file_name(image.name, label)}-heat-map.png", "The heat map over the picture")
    take_array(heat, f"{file_name(image.name)}-grad-cam.npy", "The heat map as numbers")
    take_code(
        network.code(net) + "from explorer.responses.gradcam import grad_cam\n\n"
        f"heat = grad_cam(network, {picture.code()}, {number}, {layer!r})   # {label!r}, {heat.shape}\n"
        "print(heat.max())"
    )


@live
def cover(number: int, heat: np.ndarray) -> None:
    """Another way to ask where: drag a square over a part of the picture and see what becomes of the answer."""
    st.header("Cover it", anchor=False)
    left, right = st.columns([2, 1], gap="medium")
    with right:
        with more("where_square"):
            share = st.slider(
                "Side of the square, % of the picture", 10, 60, 30, 5, key="where_square", bind="query-params"
            )
        scan = st.toggle("Let it scan", key="where_scan", bind="query-params",
                         help=f"To {FIELDS} × {FIELDS} places; what each costs the class is a map.")  # fmt: skip
    side = round(net.input_size * share / 100)
    with left:
        st.markdown("**Drag the square over the picture**")
        occlusion_square.drag(net, image, number, side)
    if scan:
        with right:
            scanned(number, heat, side)


def scanned(number: int, heat: np.ndarray, side: int) -> None:
    """What the square costs the class at each place, and whether Grad-CAM points to the same."""
    label, prepared = plain(net.labels[number]), net.prepare(image)
    with st.spinner(f"Covering {FIELDS * FIELDS} places, one after another …"):
        lost = occlusion(net, image, number, side=side, count=FIELDS)
    show.picture(render.overlay(prepared.uint8, np.maximum(lost, 0)), "Bright where covering costs the class most")
    row, column = divmod(int(lost.argmax()), FIELDS)
    together = map_correlation(heat, np.maximum(lost, 0))
    st.markdown(
        f"**What covering costs {label}**: most, {percent(max(0.0, float(lost.max())))}, at row {row}, column {column} "
        f"of {FIELDS} × {FIELDS}. "
        + (f"With Grad-CAM it correlates by **{rounded(together)}**: " + says(together)
           if np.isfinite(together) else "One of the two maps is the same everywhere, so they can't be compared.")
    )  # fmt: skip


def says(together: float) -> str:
    """What a correlation of the two maps means."""
    if together >= 0.5:
        return "both point to the same places."
    return "they agree a little." if together >= 0.2 else "they do not agree, so trust neither alone."


def control(number: int, layer: str, here: np.ndarray) -> None:
    """The same with the other weights: what is bright there was not learned."""
    other = network.counterpart(net)
    if other is None:
        st.caption("The trained weights of this network must be downloaded first: choose them on the left.")
        return
    weights = "random weights" if net.trained else "trained weights"
    heat = grad_cam(other, image, number, layer)
    on_picture(other, number, heat, f"**{plain(net.labels[number])}**, {weights}", float(heat.max()))
    said = conclusions.of_other_weights(map_correlation(here, heat), trained=net.trained)
    st.caption(f"Control: the same network, {'nothing learned' if net.trained else 'trained'}. {said}")


screen()
network.explain_tokens(net)
network.note(net)
closing(
    look_for="Bright on the thing itself, or beside it: is it the flower, or the leaves around it?",
    try_="Another class in the same picture; an earlier layer (finer, and less about the class); a picture with two "
    "things in it; and cover what is bright.",
    it_means="The heat map adds up the maps of a layer, each by how much it raises the class's score (Selvaraju et al. "
    "2017). One that is the same for every class, or for random weights, explains nothing: that is what "
    "the controls are for. Covering asks the network itself (Zeiler & Fergus 2014).",
    formula=r"$L^c = \text{ReLU}(\sum_k \alpha_k^c A^k)$ with "
    r"$\alpha_k^c = \frac{1}{Z} \sum_{i,j} \partial y^c / \partial A^k_{ij}$"
    "\n\n"
    "Here $L^c$ is the heat map for class $c$: map $A^k$, of $Z$ places, counts by how much it raises the "
    "class's score $y^c$ (Selvaraju et al. 2017, eq. 1 and 2).",
)
