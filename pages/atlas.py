"""Atlas: what many units look for, made in advance: the way from edges to objects, and every channel that was made."""

from functools import partial
from html import escape

import cv2
import numpy as np
import streamlit as st

from explorer import render
from explorer.architecture.alike import alike
from explorer.cache import memo
from explorer.maximization.atlas import Atlas, AtlasPlan, Entry
from explorer.networks.loading import NetworkError
from explorer.pictures.images import ImageError
from pages.parts.neurons import atlas_tour
from pages.parts.neurons.atlases import atlases
from pages.parts.pickers import network
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import plain, rounded
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_picture
from pages.parts.widgets.tiles import choose_tile

corner = frame.heading(
    "Atlas",
    "From edges to objects: what the units of a network look for, layer by layer. Click one to see it large.",
)

# What the lecture calls each stage, and which layers of an EfficientNet-Lite show it.
STAGES = {
    "Edges": ("blocks.0", "edges and colours, a few pixels wide"),
    "Textures": ("blocks.1", "fine regular textures"),
    "Patterns": ("blocks.3", "patterns: grids, spots, curls, what repeats"),
    "Parts": ("blocks.5", "parts: eyes, fur, wheels, petals"),
    "Objects": ("classifier", "whole objects: the network's own answers"),
}
# Pixels; tiles of a stage and of a row: on a phone each is as wide as a finger, 44 pixels; tiles of a page.
TILE, TOUR, PAGE = 112, 7, 42
_OPEN, _CARD = "atlas_open", "atlas_card_of"  # in the session: the entry whose picture, or card, was just asked for


def tiles(atlas: Atlas, entries: tuple[Entry, ...]) -> render.Picture:
    """The entries' pictures as small squares."""
    names = tuple(entry.file for entry in entries)
    return memo(("atlas", atlas.folder, names), lambda: np.stack([_tile(atlas, entry) for entry in entries]))


def _tile(atlas: Atlas, entry: Entry) -> render.Picture:
    try:
        pixels = atlas.image(entry).uint8
    except ImageError:  # gone or broken: the others are still worth seeing
        return np.full((TILE, TILE, 3), render.MID_GREY, np.uint8)
    return np.asarray(cv2.resize(pixels, (TILE, TILE), interpolation=cv2.INTER_AREA))


def sheet(atlas: Atlas, entries: tuple[Entry, ...], *, key: str) -> None:
    """Tiles of which a click opens the picture; classes have their names beneath."""
    rows = range(0, len(entries), TOUR) if entries[0].label else [0]
    for first in rows:
        row = entries[first : first + TOUR] if entries[0].label else entries
        names = [f"{_name(entry)}, value {rounded(entry.score)}{', dead' if entry.dead else ''}" for entry in row]
        choose_tile(
            tiles(atlas, row), names, -1, alt=", ".join(names[:3]), key=f"{key}_{first}", columns=TOUR,
            photographs=True, on_choice=partial(_wish_one_of, atlas, row),
        )  # fmt: skip
        if row[0].label:
            cells = "".join(f"<span>{escape(_name(entry))}</span>" for entry in row)
            st.html(f'<div class="tile-names" style="grid-template-columns: repeat({TOUR}, 1fr)">{cells}</div>')


def _name(entry: Entry) -> str:
    return entry.label or f"{entry.layer} {entry.channel}"


def _wish_one_of(atlas: Atlas, entries: tuple[Entry, ...], tile: int) -> None:
    """Remember that a tile was clicked: its picture is shown in the run that follows."""
    st.session_state[_OPEN] = atlas, entries[tile]


@st.dialog("What excites it", width="medium", icon=":material/lightbulb:")
def picture_of(atlas: Atlas, entry: Entry) -> None:
    """The finished picture, and the way to the unit's card in the atlas's own network."""
    plan = atlas.plan
    st.markdown(f"**{plain(_name(entry))}**")
    try:
        pixels = atlas.image(entry).uint8
    except ImageError as error:
        st.warning(plain(str(error)))
    else:
        file = f"{'-'.join(_name(entry).split())}.png"
        show.picture(render.smooth(pixels, 448), f"What excites {_name(entry)}")
        take_picture(pixels, file, "Save it")
    st.markdown(
        f"Its value in this picture is **{rounded(entry.score)}**; in the noise it began with it was "
        f"{rounded(entry.start)}." + (" This unit is dead: no gradient reached it." if entry.dead else "")
    )
    here = (plan.network, plan.pretrained) == network.chosen()
    if here:
        neighbours(entry)
    also = "" if here else f", with {network.title(plan.network)}, {_weights(plan)}"
    st.button(
        f"Open its card{also}", type="primary", icon=":material/arrow_forward:", key="atlas_card", on_click=_wish_card,
        args=(entry,),
    )  # fmt: skip
    open_card_asked_for(plan)


def neighbours(entry: Entry) -> None:
    """The units whose weights are most like the entry's own."""
    net = network.current()
    try:
        found = alike(net, entry.layer, entry.channel)
    except NetworkError:
        return
    names = [f"{plain(net.labels[n] if entry.label else str(n))} ({cosine:.2f})" for n, cosine in found]
    st.caption(f"Its neighbours by weights, with the cosine: {', '.join(names)}.")


def _weights(plan: AtlasPlan) -> str:
    return "trained" if plan.pretrained else "random weights"


def _wish_card(entry: Entry) -> None:
    """Leave for the card in the run that follows: a callback can't switch pages itself."""
    st.session_state[_CARD] = entry


def open_card_asked_for(plan: AtlasPlan) -> None:
    """Go to the unit's card in the atlas's own network; the picture in use stays."""
    entry = st.session_state.pop(_CARD, None)
    if entry is None:
        return
    if (plan.network, plan.pretrained) != network.chosen():
        network.take(plan.network, trained=plan.pretrained)
    link = {"unit_kind": "channel", "unit_layer": entry.layer, "unit_channel": str(entry.channel)}
    if entry.label:
        link = {"unit_kind": "class", "unit_class": entry.label}
    st.switch_page(file_of("neurons"), query_params=link)


def tour(atlas: Atlas) -> None:
    atlas_tour.filters(atlas)
    for title, (layer, words) in STAGES.items():
        largest = atlas_tour.best(found, atlas, layer)
        entries = largest.layers.get(layer, ())
        if not entries:
            continue
        left, right = st.columns([1, 5], vertical_alignment="center")
        left.markdown(f"**{title}**")
        left.caption(f"{words} ({plain(layer)})")
        with right:
            sheet(largest, atlas_tour.spread(entries, TOUR), key=f"atlas_tour_{layer}")


def everything(atlas: Atlas) -> None:
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    layer = left.selectbox("Layer", list(atlas.layers), key="atlas_layer", bind="query-params")
    asked = middle.text_input("Search", key="atlas_search", bind="query-params",
                              placeholder="part of a class's name, or a channel's number")  # fmt: skip
    whole = atlas.layers[layer]
    entries = _meant(whole, asked or "")
    if not entries:
        entries = _meant(atlas.entries, asked or "")
        if not entries:
            st.info(f"None of the atlas's {len(atlas.entries)} pictures matches. Try fewer letters.")
            return
        st.caption(f"None in {plain(layer)}; in {', '.join(plain(name) for name in {e.layer: 0 for e in entries})}:")
    pages = -(-len(entries) // PAGE)
    page = 1
    if pages > 1:
        page = int(right.number_input(f"Page, 1–{pages}", 1, pages, 1, key="atlas_page", bind="query-params"))
    dead = sum(entry.dead for entry in whole)
    kind = "classes" if whole[0].label else "channels"
    alive = "all alive" if not dead else f"{dead} of them dead"
    of = _count(atlas, layer)
    rest = " The others are painted one by one on *Neurons*, or by the command under *Take away*." if of else ""
    st.caption(f"{len(whole)} {of}{kind}, {alive}. By number, each as it excites its unit most.{rest}")
    sheet(atlas, entries[(page - 1) * PAGE : page * PAGE], key=f"atlas_sheet_{layer}_{page}_{asked}")


def _meant(entries: tuple[Entry, ...], asked: str) -> tuple[Entry, ...]:
    """Those whose class's name has these words in it, or whose number they are; all if nothing is asked."""
    words = asked.strip().casefold()
    return tuple(e for e in entries if words in e.label.casefold() or words == str(e.channel) or not words)


def _count(atlas: Atlas, layer: str) -> str:
    """Of how many these are, where the network in use knows it."""
    net = network.current()
    known = {one.name: one.channels for one in net.layers} if net.name == atlas.plan.network else {}
    return f"of its {known[layer]:,} " if layer in known and known[layer] > len(atlas.layers[layer]) else ""


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
        f"This atlas is of {plain(network.title(atlas.plan.network))}, {_weights(atlas.plan)}, and not of the network "
        f"in use, {plain(network.title(name))}, {'trained' if trained else 'random weights'}. Of that, *Neurons* "
        "paints any unit; an atlas of it is made by the command under *Take away*.",
        icon=":material/info:",
    )
open_card_asked_for(atlas.plan)
if (opened := st.session_state.pop(_OPEN, None)) is not None:
    picture_of(*opened)
if view == "the tour" and any(layer in atlas.layers for layer, _ in STAGES.values()):
    tour(atlas)
else:
    everything(atlas)
plan = atlas.plan
st.caption(
    f"{plain(network.title(plan.network))}, {_weights(plan)}: {len(atlas.entries)} pictures of "
    f"{plan.size} × {plan.size}, by *{plan.method}* in "
    f"{plan.steps} steps from seed {plan.seed}; the units were drawn by the seed, not picked by eye."
)
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
