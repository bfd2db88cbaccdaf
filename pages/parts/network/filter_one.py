"""One filter: its weights, its spectrum, its answer to the picture, and the way to the kernel editor."""

from __future__ import annotations

import numpy as np
import streamlit as st

import explorer
from explorer import render
from explorer.architecture.filter_statistics import FilterStatistics, filter_statistics, spectra
from explorer.architecture.neighbours import nonlinearity_after
from explorer.filtering.spectra import as_square
from explorer.networks.layers import Layer
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from pages.parts.network import maps
from pages.parts.network.filter_sheet import as_tiles
from pages.parts.pickers.kernel_settings import LARGEST_KERNEL
from pages.parts.pickers.own_kernel import send_to_editor
from pages.parts.shell.words import plain
from pages.parts.widgets import show

PLANES = ("mean of the colours", "red", "green", "blue")


def weights_and_spectrum(alone: np.ndarray, number: int, kind: str) -> None:
    """One filter (1, c, k, k) in colour, its planes apart, and which waves it answers to."""
    one = alone[0]
    whole, apart, waves = st.columns([1, 1.6, 1], vertical_alignment="bottom")
    with whole:
        st.caption("The filter")
        show.picture(render.enlarge(as_tiles(alone, False)[0], 180), f"Filter {number}, enlarged")
    with apart:
        if len(one) == 3:
            st.caption("Red, green, blue")
            planes = np.stack([render.signed(plane, render.largest(one)) for plane in one])
            joined = render.mosaic(planes, columns=3)
            show.picture(render.enlarge(joined, 320), f"Filter {number}, its weights on red, green and blue")
    with waves:
        st.caption("Its spectrum")
        spectrum = as_square(spectra(alone)[0], 128)
        show.picture(render.sequential(spectrum, 0.0), f"The spectrum of filter {number}, frequency 0 in the centre")
    st.markdown(_fitted(filter_statistics(alone), kind, colours=len(one) == 3))


def _fitted(measured: FilterStatistics, kind: str, *, colours: bool) -> str:
    frequency, selectivity = float(measured.frequency[0]), float(measured.selectivity[0])
    wave = (
        f"answers most to waves of **{1 / frequency:.1f} pixels** whose stripes run at **{measured.angle_deg[0]:.0f}°**"
        if frequency
        else "answers most to what is **flat**"
    )
    colour = f"colour {100 * measured.colour[0]:.0f} % of its energy; " if colours else ""
    return (
        f"**{kind.capitalize()}**: it {wave}. Orientation selectivity (0 round, 1 stripes) "
        f"{selectivity:.2f}; {colour}norm {measured.energy[0]:.2f}."
    )


def response(net: Network, image: Image, layer: Layer, number: int) -> None:
    """The filter's map on the picture, before and after the non-linearity that follows."""
    before = explorer.feature_maps(net, image, layer.name)[number]
    following = nonlinearity_after(net, layer.name)
    left, right = st.columns(2, gap="small")
    with left:
        st.markdown("**Its response** to your picture")
        show.picture(render.enlarge(maps.picture_of(before)[0], 336), f"The response of filter {number}")
        maps.draw_scale(before)
    with right:
        if following is None:
            st.info(
                "No non-linearity follows as a layer of its own: the response goes on unchanged, or the network's code "
                "applies one."
            )
            return
        after = explorer.feature_maps(net, image, following.name)[number]
        st.markdown(f"**After {plain(following.kind)}**, {100 * float((after == 0).mean()):.0f} % zeros")
        show.picture(render.enlarge(maps.picture_of(after)[0], 336), f"Filter {number} after the non-linearity")
        maps.draw_scale(after)


def to_editor(weights: np.ndarray, number: int) -> None:
    """A button that opens the convolution screen with one plane of the filter."""
    one = weights[number]
    if not 1 < max(one.shape[1:]) <= LARGEST_KERNEL:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        plane = PLANES[0]
        if len(one) == 3:
            plane = st.selectbox("Plane", PLANES, key="filters_plane", bind="query-params", width=190) or PLANES[0]
        send_to_editor(one[PLANES.index(plane) - 1] if plane != PLANES[0] else one.mean(0))
