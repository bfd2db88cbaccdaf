"""An atlas layer by layer: all pictures that were made of one, the search among them, and how they were chosen."""

from __future__ import annotations

import streamlit as st

from explorer.maximization.atlas import Atlas, AtlasError, Entry
from explorer.maximization.atlas_making import chosen_units
from explorer.networks.loading import Network
from pages.parts.neurons.atlas.sheets import are_small, draw_sheet, photograph_words
from pages.parts.pickers import network
from pages.parts.pickers.layer import choose_layer
from pages.parts.shell.words import plain

#: Pictures on one page: an atlas of one's own may have all classes, or more channels than one WebP is high.
CLASSES, CHANNELS = 42, 420
_ELSEWHERE = " The others are painted under *every channel*, or larger by the command under *Take away*."


def layer_by_layer(atlas: Atlas) -> list[Atlas]:
    """One layer's pictures, or those that are searched for; returns whose they are."""
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    names = list(atlas.layers)
    layer = choose_layer("Layer", network.current(), names, names[0], key="atlas_layer", place=left)
    asked = middle.text_input("Search", key="atlas_search", bind="query-params",
                              placeholder="part of a class's name, or a channel's number")  # fmt: skip
    entries = _meant(atlas.layers[layer], asked or "")
    if not entries:
        entries = _meant(atlas.entries, asked or "")
        if not entries:
            st.info(f"None of the atlas's {len(atlas.entries)} pictures matches. Try fewer letters.")
            return [atlas]
        layers = ", ".join(plain(name) for name in {entry.layer: 0 for entry in entries})
        st.caption(f"No match in {plain(layer)}; in {layers}:")
    st.caption(_about(atlas, layer))
    with right:
        page, some = _page(entries)
    if (words := photograph_words(some)) and not are_small(some):
        st.caption(words)
    draw_sheet(atlas, some, key=f"atlas_sheet_{layer}_{page}_{asked}")
    return [atlas]


def _page(entries: tuple[Entry, ...]) -> tuple[int, tuple[Entry, ...]]:
    """The page that is chosen where there are several, and what is on it."""
    most = CLASSES if entries[0].label else CHANNELS
    pages = -(-len(entries) // most)
    page = 1
    if pages > 1:
        page = int(st.number_input(f"Page, 1–{pages}", 1, pages, 1, key="atlas_page", bind="query-params"))
    return page, entries[(page - 1) * most : page * most]


def _meant(entries: tuple[Entry, ...], asked: str) -> tuple[Entry, ...]:
    """Those whose class's name has these words in it, or whose number they are; all if nothing is asked."""
    words = asked.strip().casefold()
    return tuple(e for e in entries if words in e.label.casefold() or words == str(e.channel) or not words)


def _about(atlas: Atlas, layer: str) -> str:
    """How many of the layer's units these are, and how they were chosen."""
    whole, net = atlas.layers[layer], network.current()
    dead = sum(entry.dead for entry in whole)
    alive = "none dead" if not dead else f"{dead} of them dead"
    kind = "classes" if whole[0].label else "channels"
    known = {one.name: one.channels for one in net.layers} if net.name == atlas.plan.network else {}
    by_number = "By number, each as it excites its unit most."
    if layer not in known:
        return f"{len(whole)} {kind}, {alive}. {by_number}"
    if known[layer] == len(whole):
        return f"All {len(whole)} {kind}, {alive}. {by_number}"
    return (
        f"{len(whole)} of its {known[layer]:,} {kind}, {alive}{how_chosen(net, atlas, layer)}. {by_number}{_ELSEWHERE}"
    )


def how_chosen(net: Network, atlas: Atlas, layer: str) -> str:
    """How some of a layer's units were chosen, as far as that can be told from them: with a comma before it."""
    channels = {entry.channel for entry in atlas.layers[layer]}
    drawn = chosen_units(net, layer, f"random:{len(channels)}", atlas.plan.seed)
    if channels == {unit.channel for unit in drawn}:
        return ", drawn by the seed, not picked by eye"
    try:
        known = {unit.channel for unit in chosen_units(net, layer, "known")}
    except AtlasError:  # of classes only
        return ""
    return ", of those known at sight, listed before any picture was made" if channels <= known else ""
