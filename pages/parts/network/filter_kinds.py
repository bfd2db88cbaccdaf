"""How many filters are of each kind, learned against random, and which resemble the kernel in the editor."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from explorer import render
from explorer.architecture.filter_statistics import KINDS, filter_statistics
from explorer.architecture.filters import layer_filters, resemblance
from explorer.networks.loading import Network
from pages.parts.network.filter_sheet import as_tiles, plane_tiles
from pages.parts.pickers.own_kernel import own_kernel
from pages.parts.shell.words import rounded
from pages.parts.widgets import show

MOST_ALIKE = 6


def control(net: Network, other: Network, layer: str) -> None:
    """Counts and sheets of the trained and of the random network, side by side."""
    st.header("How many of each kind, and the control: the same layer with the other weights", anchor=False)
    trained, random = (net, other) if net.trained else (other, net)
    sides = {"Trained": layer_filters(trained, layer), "Random": layer_filters(random, layer)}
    counts = {name: filter_statistics(weights).counts for name, weights in sides.items()}
    table, *sheets = st.columns([3, 1, 1], gap="medium")
    with table:
        lines = [f"| {kind} | {counts['Trained'][kind]} | {counts['Random'][kind]} | {KINDS[kind]} |" for kind in KINDS]
        st.markdown("\n".join(["| kind | trained | random | which means |", "|---|---:|---:|---|", *lines]))
    for cell, (name, weights) in zip(sheets, sides.items(), strict=True):
        with cell:
            st.markdown(f"**{name}**")
            tiles = as_tiles(weights[:256], False)
            times = max(1, 24 // tiles.shape[1])
            sheet = render.mosaic(np.repeat(np.repeat(tiles, times, 1), times, 2), gap=2)
            show.picture(sheet, f"The filters of the {name.lower()} network")
    st.markdown(_most_are(filter_statistics(layer_filters(net, layer)).counts, "trained" if net.trained else "random"))
    st.caption(
        "What the trained side has more of was **learned**. A kind that random weights fill as often says little: "
        "a few weights of noise lean to some colour now and then."
    )


def _most_are(counts: Mapping[str, int], weights: str) -> str:
    """How many of a layer's filters are of the kinds that the first cells of the eye prefer, by the table."""
    count, named = sum(counts.values()), counts["edge"] + counts["colour contrast"]
    most = "most of them" if 2 * named > count else "not most of them"
    return f"Of these {count} {weights} filters **{named}** are edges or colour contrasts: {most}."


def from_editor(weights: np.ndarray) -> None:
    """The filters that resemble the kernel now in the kernel editor most, and least."""
    st.header("Which filters resemble your kernel?", anchor=False)
    kernel, name = own_kernel()
    similarity = resemblance(weights, kernel)
    best = np.argsort(-similarity, kind="stable")[:MOST_ALIKE]
    with st.container(key="filters_alike"):  # two beside each other on a phone
        cells = st.columns(MOST_ALIKE + 1)
    with cells[0]:
        show.picture(render.enlarge(plane_tiles(kernel[None], False)[0], 120), "The kernel in the editor")
        st.caption(f"**yours**: {name}")
    for cell, number in zip(cells[1:], best.tolist(), strict=False):
        with cell:
            tile = as_tiles(weights[number : number + 1], False)[0]
            show.picture(render.enlarge(tile, 120), f"Filter {number}, cosine {similarity[number]:.2f}")
            cosine = float(similarity[number])
            st.caption(f"**{'+' * (cosine >= 0.005)}{rounded(cosine)}** filter {number}")
    st.caption(
        "The cosine between your kernel, the one in *Convolution*, and the mean of each filter's planes, as grids of "
        "one size: 1 the same pattern, 0 unrelated, −1 its negative."
    )
