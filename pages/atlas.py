"""Atlas: what many units look for, made in advance: the way from edges to objects, and every channel that was made."""

from collections.abc import Iterable, Mapping

import streamlit as st

from explorer.maximization.atlas import Atlas, AtlasPlan
from pages.parts.neurons.activation_atlas.view import activation_atlas
from pages.parts.neurons.atlas.atlases import atlases
from pages.parts.neurons.atlas.every_channel import every_channel
from pages.parts.neurons.atlas.layers import layer_by_layer
from pages.parts.neurons.atlas.picture import open_card_asked_for, show_picture, weights_words
from pages.parts.neurons.atlas.sheets import asked_for
from pages.parts.neurons.atlas.tour import has_stages, tour
from pages.parts.neurons.maximization import made_by
from pages.parts.pickers import network
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.words import plain


def say_whose(plan: AtlasPlan) -> None:
    """That the atlas isn't of the network in use."""
    name, trained = network.chosen()
    st.info(
        f"This atlas is of {plain(network.title(plan.network))}, {weights_words(plan)}, and not of the network in use, "
        f"{plain(network.title(name))}, {'trained' if trained else 'random weights'}. Of that, *every channel* paints "
        "whole layers here, and *Neurons* any unit large.",
        icon=":material/info:",
    )


def credit(shown: Iterable[Atlas]) -> None:
    """How the pictures of each atlas were made."""
    for one in shown:
        plan = one.plan
        st.caption(
            f"{plain(network.title(plan.network))}, {weights_words(plan)}: {len(one.entries)} pictures of "
            f"{plan.size} × {plan.size} in {plan.steps} steps from seed {plan.seed}, {made_by.methods_of(one)}."
        )


def made_in_advance(view: str, found: Mapping[str, Atlas], atlas: Atlas) -> None:
    """An atlas as the tour or layer by layer, the card that is asked for, and how its pictures were made."""
    plan = atlas.plan
    if (plan.network, plan.pretrained) != network.chosen():
        say_whose(plan)
    open_card_asked_for(plan.network, trained=plan.pretrained)
    if (opened := asked_for()) is not None:
        show_picture(*opened)
    credit(tour(found, atlas) if view == "the tour" and has_stages(atlas) else layer_by_layer(atlas))


def channels(view: str, found: Mapping[str, Atlas], atlas: Atlas) -> None:
    """The pictures of single channels, and the words that close them."""
    if view == "every channel":
        name, trained = network.chosen()
        open_card_asked_for(name, trained=trained)
        every_channel(network.current())
    else:
        made_in_advance(view, found, atlas)
    with corner:
        st.caption("The same for any network:")
        st.code(
            f"python -m explorer.maximization {atlas.plan.network} folder \\\n  --layers blocks.3 --channels all",
            language="bash",
        )
    closing(
        look_for="What each stage adds: directions, then repetition, then things with a shape.",
        try_="A tile that looks like something: open its card, and see whether photographs agree.",
        it_means="Each layer asks its questions of the layer before, not of the picture. So there are patterns of "
        "patterns, over an ever larger part of the picture (the receptive field).",
        formula=r"$\sum_c w_c \star x_c + b$"
        "\n\n"
        r"Here $x_c$ are the maps of the layer before, $w_c$ the kernel for each and $b$ the bias; $\star$ "
        "slides the kernel without flipping it (cross-correlation). Most layers then cut off what is "
        "negative.",
    )


corner = frame.heading(
    "Atlas",
    "From edges to objects: what the units of a network look for, layer by layer. Click one to see it large.",
)
found = atlases()
if not found:
    st.info("No atlas has been made yet: python -m explorer.maximization makes one.")
    frame.end_page()
VIEWS = ["the tour", "layer by layer", "every channel", "activation atlas"]
IN_USE = VIEWS[2:]  # of the network in use, not of one that was made in advance
with st.container(horizontal=True, vertical_alignment="bottom"):
    view = st.segmented_control("View", VIEWS, default="the tour", required=True, key="atlas_view",
                                bind="query-params", label_visibility="collapsed")  # fmt: skip
    title = next(iter(found))
    if len(found) > 1 and view not in IN_USE:
        title = st.selectbox("Atlas", list(found), key="atlas_of", bind="query-params", label_visibility="collapsed")
atlas = found[title]
if view == "activation atlas":
    activation_atlas(network.current(), corner)
else:
    channels(str(view), found, atlas)
