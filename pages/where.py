"""Where it looks: Grad-CAM lights up the places of the picture that speak for a class, beside two controls."""

import streamlit as st

import explorer
from explorer import render
from explorer.networks.loading import probabilities
from explorer.responses.gradcam import grad_cam, last_with_places, layers_with_places
from pages.parts.pickers import classes, network, picture
from pages.parts.shell import frame
from pages.parts.shell.live import live
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_array, take_code, take_picture

GUESSES = {"its first guess": 0, "its second guess": 1}

corner = frame.heading(
    "Where it looks",
    "Which places of your picture speak for a class? Grad-CAM weighs the maps of a layer by how much each raises the "
    "class, and lights up where they answer.",
)
net, image = network.current(), picture.current()

layers = {layer.name: layer for layer in layers_with_places(net)}
if not layers:
    st.info(f"{plain(net.name)} has no layer with places, so it can't be asked where it looks. Choose another network.")
    st.stop()
said = net.predict(image)


def choose(title: str, usual: str, key: str) -> int:
    """A box with the network's guesses and all its classes; returns a class."""
    guesses = {words: net.class_index(said[min(place, len(said) - 1)][0]) for words, place in GUESSES.items()}
    number = classes.choose(title, net, usual, key=key, wishes=guesses)
    assert number is not None  # every choice is a class
    return number


def lit(net: explorer.Network, number: int, layer: str, title: str) -> None:
    """The picture lit up for a class, with how sure the network is of it."""
    heat = grad_cam(net, image, number, layer)
    prepared = net.prepare(image)
    st.markdown(title)
    show.picture(render.overlay(prepared.uint8, heat), f"Where {net.name} sees {net.labels[number]}")
    if not heat.any():
        st.caption("Dark: no place of this layer speaks for this class.")


@live
def look() -> None:
    cells = st.columns(3, vertical_alignment="bottom")
    with cells[0]:
        number = choose("Where does it see", "its first guess", "where_class")
    with cells[1]:
        other = choose("The control: another class", "its second guess", "where_other")
    with cells[2]:
        names = list(layers)
        start = names.index(last_with_places(net).name)
        layer = st.selectbox("At layer", names, start, key="where_layer", bind="query-params")
    shares, label = probabilities(net, net.prepare(image)), net.labels[number]
    first, second, third, fourth = st.columns(4, gap="medium")
    with first:
        st.markdown("**Your picture**")
        show.picture(net.prepare(image).uint8, "The picture as the network gets it")
        show.predictions(said, watched=[label])
    with st.spinner("Following the gradient back …"):
        with second:
            lit(net, number, layer, f"**{plain(label)}**, {percent(float(shares[number]))}")
        with third:
            lit(net, other, layer, f"**{plain(net.labels[other])}**, {percent(float(shares[other]))}")
            st.caption("Control: another class")
        with fourth:
            control(number, layer)
    heat = grad_cam(net, image, number, layer)
    height, width = heat.shape
    st.markdown(
        f"{plain(layer)} has {layers[layer].channels:,} maps of **{height} × {width}** places; the light is stretched "
        f"from those, so it is no sharper than {net.input_size // max(height, 1)} pixels. Whole where the class gets "
        "most, dark where it gets nothing."
    )
    with corner:
        take_picture(render.overlay(net.prepare(image).uint8, heat), "where.png", "The picture lit up")
        take_array(heat, "where.npy", "The light as numbers")
        take_code(
            network.code(net) + "from explorer.responses.gradcam import grad_cam\n\n"
            f"heat = grad_cam(network, explorer.open_image('picture.jpg'), {label!r}, {layer!r})   # {heat.shape}"
        )


def control(number: int, layer: str) -> None:
    """The same with the other weights: what is lit up there was not learned."""
    other = network.counterpart(net)
    if other is None:
        st.caption("The trained weights of this network must be fetched first: choose them at the left.")
        return
    weights = "random weights" if net.trained else "trained weights"
    lit(other, number, layer, f"**{plain(net.labels[number])}**, {weights}")
    st.caption("Control: the same network, " + ("nothing learned" if net.trained else "trained"))


look()
network.say_tokens(net)
network.note(net)
st.markdown(
    "**Look for** light on the thing itself: is it the flower, or the leaves around it? **Try** another class in the "
    "same picture, an earlier layer (finer, and less about the class), a picture with two things in it. "
    "**It means** $L^c = \\text{ReLU}(\\sum_k \\alpha_k^c A^k)$ with "
    "$\\alpha_k^c = \\frac{1}{Z} \\sum_{i,j} \\partial y^c / \\partial A^k_{ij}$: map $A^k$ counts by how much it "
    "raises the class's score $y^c$ (Selvaraju et al. 2017, eq. 1 and 2). Light that is the same for every class, or "
    "for random weights, explains nothing: that is what the controls are for."
)
