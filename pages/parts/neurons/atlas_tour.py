"""What the tour of an atlas shows of each stage."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

import explorer
from explorer import render
from explorer.maximization.atlas import Atlas, Entry
from explorer.maximization.known_classes import KNOWN
from pages.parts.pickers import network
from pages.parts.widgets import show


def best(found: Mapping[str, Atlas], atlas: Atlas, layer: str) -> Atlas:
    """Of the atlases of the same network the one with the largest pictures of a layer."""
    same = [one for one in found.values() if (one.plan.network, one.plan.pretrained) == _whose(atlas)]
    return max((one for one in same if layer in one.layers), key=lambda one: one.plan.size, default=atlas)


def _whose(atlas: Atlas) -> tuple[str, bool]:
    return atlas.plan.network, atlas.plan.pretrained


def spread(entries: tuple[Entry, ...], count: int) -> tuple[Entry, ...]:
    """At most `count` entries: of classes those known best, of others from the first to the last."""
    known = sorted((entry for entry in entries if entry.label in KNOWN), key=lambda entry: KNOWN.index(entry.label))
    if len(known) >= min(count, len(entries)):
        return tuple(known[:count])
    numbers = np.linspace(0, len(entries) - 1, min(count, len(entries))).round().astype(int)
    return tuple(entries[n] for n in numbers)


def filters(atlas: Atlas) -> None:
    """The first layer as its filters: what they look for stands in them."""
    net = network.current()
    if _whose(atlas) != (net.name, net.trained):
        return
    weights = explorer.first_layer_filters(net).transpose(0, 2, 3, 1)
    limits = np.abs(weights).max((1, 2, 3), keepdims=True)
    left, right = st.columns([1, 5], vertical_alignment="center")
    left.markdown("**Filters**")
    left.caption(f"{len(weights)} kernels of {weights.shape[1]} × {weights.shape[2]}: the first layer's own weights")
    tiles = render.to_uint8(0.5 + weights / (2 * np.where(limits > 0, limits, 1)))
    with right:
        sheet = render.mosaic(np.repeat(np.repeat(tiles, 12, 1), 12, 2), columns=16, gap=6)
        show.picture(sheet, "The filters of the first layer, in colour")
