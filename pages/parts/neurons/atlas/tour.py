"""What the tour of an atlas shows of each stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from explorer import render
from explorer.maximization.atlas import Atlas, Entry
from explorer.maximization.known_classes import KNOWN
from pages.parts.neurons.atlas.first_filters import filter_words, first_filters
from pages.parts.neurons.atlas.sheets import ROW, draw_sheet, photograph_words
from pages.parts.pickers import network
from pages.parts.shell.words import plain
from pages.parts.widgets import show

# What the lecture calls each stage, and which layers of an EfficientNet-Lite show it.
STAGES = {
    "Edges": ("blocks.0", "edges and colours, a few pixels wide"),
    "Textures": ("blocks.1", "fine regular textures"),
    "Patterns": ("blocks.3", "grids, spots, curls, what repeats"),
    "Parts": ("blocks.5", "eyes, fur, wheels, petals"),
    "Objects": ("classifier", "whole objects: the network's own answers"),
}


def has_stages(atlas: Atlas) -> bool:
    """Whether there is anything to show on the tour."""
    return any(layer in atlas.layers for layer, _ in STAGES.values())


def tour(found: Mapping[str, Atlas], atlas: Atlas) -> list[Atlas]:
    """One row for each stage, of all atlases of the same network; returns those that it shows something of."""
    _filters(atlas)
    shown: dict[Path, Atlas] = {}
    drawn: list[Entry] = []
    for title, (layer, words) in STAGES.items():
        largest = largest_atlas(found, atlas, layer)
        entries = evenly_spread(largest.layers.get(layer, ()), ROW)
        if not entries:
            continue
        st.markdown(f"**{title}** :small[{words} ({plain(layer)})]")
        draw_sheet(largest, entries, key=f"atlas_tour_{layer}")
        shown[largest.folder] = largest
        drawn += entries
    st.caption(_chosen(drawn))
    return list(shown.values())


def _chosen(drawn: Sequence[Entry]) -> str:
    """How the pictures shown were chosen, and what stands beneath each."""
    words = f"{ROW} per layer, evenly spaced by channel number, not picked by eye"
    classes = {entry.label for entry in drawn if entry.label}
    if classes and classes <= {*KNOWN}:
        words += "; of classes those known best, listed before any picture was made"
    return f"{words}. {photograph_words(drawn)}".strip()


def largest_atlas(found: Mapping[str, Atlas], atlas: Atlas, layer: str) -> Atlas:
    """Of the atlases of the same network the one with the largest pictures of a layer."""
    same = [one for one in found.values() if (one.plan.network, one.plan.pretrained) == _whose(atlas)]
    return max((one for one in same if layer in one.layers), key=lambda one: one.plan.size, default=atlas)


def _whose(atlas: Atlas) -> tuple[str, bool]:
    return atlas.plan.network, atlas.plan.pretrained


def evenly_spread(entries: tuple[Entry, ...], count: int) -> tuple[Entry, ...]:
    """At most `count` entries: of classes those known best, of others from the first to the last."""
    if not entries:
        return ()
    known = sorted((entry for entry in entries if entry.label in KNOWN), key=lambda entry: KNOWN.index(entry.label))
    if len(known) >= min(count, len(entries)):
        return tuple(known[:count])
    numbers = np.linspace(0, len(entries) - 1, min(count, len(entries))).round().astype(int)
    return tuple(entries[n] for n in numbers)


def _filters(atlas: Atlas) -> None:
    """The first layer as its filters: what they look for stands in them."""
    net = network.current()
    if _whose(atlas) != (net.name, net.trained):
        return
    st.markdown(f"**Filters** :small[{filter_words(net)}]")
    together = render.mosaic(first_filters(net).repeat(12, 1).repeat(12, 2), columns=16, gap=6)
    show.picture(together, "The filters of the first layer, in colour")
