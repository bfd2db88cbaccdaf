"""Atlas: what many units look for, made in advance: the way from edges to objects, and every channel that was made."""

import os
from pathlib import Path

import cv2
import numpy as np
import streamlit as st

from explorer import render
from explorer.cache import memo
from explorer.maximization.atlas import MANIFEST, Atlas, AtlasError, Entry, Plan, read_atlas
from explorer.pictures.images import ImageError
from pages.parts.pickers import network
from pages.parts.shell import frame
from pages.parts.shell.words import plain
from pages.parts.widgets.tiles import choose_tile

corner = frame.heading(
    "Atlas",
    "From edges to objects: what the units of a network look for, layer by layer. Click one to open its card.",
)

SETTING = "EXPLORER_ATLAS"  # a folder in the environment with atlases of the server's own
# What the lecture calls each stage, and which layers of an EfficientNet-Lite show it.
STAGES = {
    "Edges": ("blocks.0", "edges and colours, a few pixels wide"),
    "Textures": ("blocks.1", "fine regular textures"),
    "Patterns": ("blocks.3", "patterns: grids, spots, curls, what repeats"),
    "Parts": ("blocks.5", "parts: eyes, fur, wheels, petals"),
    "Objects": ("classifier", "whole objects: the network's own answers"),
}
TILE, TOUR, PAGE = 96, 8, 48  # pixels; tiles of a stage and of a row; tiles of a page


def atlases() -> dict[str, Atlas]:
    """Those that came with the app and those in the server's folder, by title."""
    found = {}
    own = os.environ.get(SETTING)
    for root in [frame.ASSETS / "atlas", *([Path(own).expanduser()] if own else [])]:
        for manifest in sorted(root.glob(f"**/{MANIFEST}")):
            try:
                found[manifest.parent.name] = read_atlas(manifest.parent)
            except AtlasError as error:
                st.warning(plain(str(error)))
    return found


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


def sheet(atlas: Atlas, entries: tuple[Entry, ...], *, columns: int, key: str) -> None:
    """Tiles of which a click opens the card."""
    names = [f"{_name(entry)}, value {entry.score:.1f}{', dead' if entry.dead else ''}" for entry in entries]
    picked = choose_tile(tiles(atlas, entries), names, -1, alt=", ".join(names[:3]), key=key, columns=columns,
                         encode=render.webp)  # fmt: skip
    if picked >= 0:
        open_card(atlas.plan, entries[picked])


def _name(entry: Entry) -> str:
    return entry.label or f"{entry.layer} {entry.channel}"


def open_card(plan: Plan, entry: Entry) -> None:
    """Go to the unit's card in the atlas's own network; the picture in use stays."""
    if (plan.network, plan.pretrained) != network.chosen():
        network.take(plan.network, trained=plan.pretrained)
    link = {"unit_kind": "channel", "unit_layer": entry.layer, "unit_channel": str(entry.channel)}
    if entry.label:
        link = {"unit_kind": "class", "unit_class": entry.label}
    st.switch_page("pages/neurons.py", query_params=link)


def tour(atlas: Atlas) -> None:
    for title, (layer, words) in STAGES.items():
        entries = atlas.layers.get(layer, ())
        if not entries:
            continue
        left, right = st.columns([1, 5], vertical_alignment="center")
        left.markdown(f"**{title}**")
        left.caption(f"{words} ({plain(layer)})")
        with right:
            spread = np.linspace(0, len(entries) - 1, min(TOUR, len(entries))).round().astype(int)
            sheet(atlas, tuple(entries[i] for i in spread), columns=TOUR, key=f"atlas_tour_{layer}")


def everything(atlas: Atlas) -> None:
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    layer = left.selectbox("Layer", list(atlas.layers), key="atlas_layer", bind="query-params")
    entries = atlas.layers[layer]
    pages = -(-len(entries) // PAGE)
    page = 1
    if pages > 1:
        page = int(right.number_input(f"Page, 1–{pages}", 1, pages, 1, key="atlas_page", bind="query-params"))
    dead = sum(entry.dead for entry in entries)
    st.caption(f"{len(entries)} were made, {dead} of them stayed dead. By number, each as it excites its unit most.")
    sheet(atlas, entries[(page - 1) * PAGE : page * PAGE], columns=TOUR, key=f"atlas_sheet_{layer}_{page}")


found = atlases()
if not found:
    st.info("No atlas has been made yet: python -m explorer.maximization makes one.")
    st.stop()
with st.container(horizontal=True, vertical_alignment="bottom"):
    view = st.segmented_control("View", ["the tour", "every channel"], default="the tour", required=True,
                                key="atlas_view", bind="query-params", label_visibility="collapsed")  # fmt: skip
    title = next(iter(found))
    if len(found) > 1:
        title = st.selectbox("Atlas", list(found), key="atlas_of", bind="query-params", label_visibility="collapsed")
atlas = found[title]
if view == "the tour" and any(layer in atlas.layers for layer, _ in STAGES.values()):
    tour(atlas)
else:
    everything(atlas)
plan = atlas.plan
st.caption(
    f"{plain(plan.network)}: {len(atlas.entries)} pictures of {plan.size} × {plan.size}, by *{plan.method}* in "
    f"{plan.steps} steps from seed {plan.seed}; which units is drawn by the seed, not chosen by eye."
)
with corner:
    st.caption("The same for any network:")
    st.code(
        f"python -m explorer.maximization {plan.network} folder \\\n  --layers blocks.3 --channels all", language="bash"
    )
st.markdown(
    "**Look for** what each stage adds: directions, then repetition, then things with a shape. **Try** a tile that "
    "looks like something, and see on its card whether photographs agree. **It means** that each layer asks of the one "
    "before: $\\text{unit} = \\text{ReLU}(\\sum_c w_c \\circledast x_c + b)$, patterns of patterns, over an ever "
    "larger receptive field."
)
