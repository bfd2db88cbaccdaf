"""Atlas: what many units look for, made in advance: the way from edges to objects, and every channel that was made."""

import streamlit as st

from pages.parts.neurons.atlas_layers import layer_by_layer
from pages.parts.neurons.atlas_picture import open_card_asked_for, picture_of, weights
from pages.parts.neurons.atlas_sheets import asked_for
from pages.parts.neurons.atlas_tour import has_stages, tour
from pages.parts.neurons.atlases import atlases
from pages.parts.pickers import network
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.words import plain

corner = frame.heading(
    "Atlas",
    "From edges to objects: what the units of a network look for, layer by layer. Click one to see it large.",
)
found = atlases()
if not found:
    st.info("No atlas has been made yet: python -m explorer.maximization makes one.")
    st.stop()
if st.query_params.get("atlas_view") == "every channel" and "atlas_view" not in st.session_state:
    st.session_state["atlas_view"] = "layer by layer"  # as links called it while every channel was promised
with st.container(horizontal=True, vertical_alignment="bottom"):
    view = st.segmented_control("View", ["the tour", "layer by layer"], default="the tour", required=True,
                                key="atlas_view", bind="query-params", label_visibility="collapsed")  # fmt: skip
    title = next(iter(found))
    if len(found) > 1:
        title = st.selectbox("Atlas", list(found), key="atlas_of", bind="query-params", label_visibility="collapsed")
atlas = found[title]
if (atlas.plan.network, atlas.plan.pretrained) != network.chosen():
    name, trained = network.chosen()
    st.info(
        f"This atlas is of {plain(network.title(atlas.plan.network))}, {weights(atlas.plan)}, and not of the network "
        f"in use, {plain(network.title(name))}, {'trained' if trained else 'random weights'}. Of that, *Neurons* "
        "paints any unit; an atlas of it is made by the command under *Take away*.",
        icon=":material/info:",
    )
open_card_asked_for(atlas.plan)
if (opened := asked_for()) is not None:
    picture_of(*opened)
for one in tour(found, atlas) if view == "the tour" and has_stages(atlas) else layer_by_layer(atlas):
    plan = one.plan
    st.caption(
        f"{plain(network.title(plan.network))}, {weights(plan)}: {len(one.entries)} pictures of "
        f"{plan.size} × {plan.size}, by *{plan.method}* in {plan.steps} steps from seed {plan.seed}."
    )
plan = atlas.plan
with corner:
    st.caption("The same for any network:")
    st.code(
        f"python -m explorer.maximization {plan.network} folder \\\n  --layers blocks.3 --channels all", language="bash"
    )
closing(
    look_for="What each stage adds: directions, then repetition, then things with a shape.",
    try_="A tile that looks like something: open its card, and see whether photographs agree.",
    it_means="Each layer asks of the one before: $\\sum_c w_c \\star x_c + b$, where $\\star$ slides the kernel "
    "without flipping it (cross-correlation), and most layers then cut off what is negative: patterns of patterns, "
    "over an ever larger receptive field.",
)
