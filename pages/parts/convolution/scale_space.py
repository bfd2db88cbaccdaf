"""The picture at several scales, and what each blur takes away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import render
from explorer.filtering import smoothing
from explorer.pictures.images import Image
from pages.parts.convolution import clean_picture
from pages.parts.shell.words import counted
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import file_name, take_array, take_code, take_picture

SCALES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)  # σ in pixels


def scales(clean: Image, corner: DeltaGenerator) -> None:
    """The picture at every scale, one of which is looked at closely."""
    pictures = smoothing.scale_space(clean, SCALES)
    _row(pictures)
    sigma = st.select_slider("Look at one scale", SCALES, 4.0, key="smoothing_scale", bind="query-params")
    blurred = pictures[SCALES.index(sigma)]
    _kept_and_taken(clean, blurred, sigma)
    st.markdown(
        "Each step blurs more, and small things vanish one after another: later features can look at coarse or at fine "
        "structure. A bright spot is a place brighter than all its eight neighbours. σ as in exp(−r²/σ²)."
    )
    with corner:
        take_picture(blurred.uint8, f"{file_name(clean.name, f'sigma-{sigma:g}')}.png", "The picture at this scale")
        take_array(blurred.pixels, "scale.npy", "The same as numbers (NPY)")
        take_code(
            "import explorer\nfrom explorer.filtering import smoothing\n"
            f"from explorer.pictures.reduced import reduced\n\n{clean_picture.code_of(clean)}"
            f"(result,) = smoothing.scale_space(clean, ({sigma:g},))\n"
            "print(smoothing.count_maxima(result), 'bright spots')"
        )


def _row(pictures: Sequence[Image]) -> None:
    """The picture at every scale, and how many bright spots are left there."""
    counts = [smoothing.count_maxima(one) for one in pictures]
    cells = st.columns(len(SCALES), gap="small")
    for cell, sigma, one, count in zip(cells, SCALES, pictures, counts, strict=True):
        with cell:
            show.picture(one.uint8, f"The picture at scale {sigma:g}")
            st.markdown(f"**σ = {sigma:g}**  \n{counted(count, 'bright spot')}")


def _kept_and_taken(clean: Image, blurred: Image, sigma: float) -> None:
    """What a blur leaves of the picture, and what it took away."""
    left, right = st.columns(2, gap="medium")
    with left:
        show.picture(render.enlarge(blurred.uint8, 448), f"The picture at σ = {sigma:g}")
        st.caption(f"What is coarser than σ = {sigma:g}")
    with right:
        detail = clean.pixels - blurred.pixels
        show.picture(render.enlarge(render.signed(detail), 448), f"What the blur of σ = {sigma:g} took away")
        st.caption("What the blur took away: the picture minus its blurred self, zero at mid-grey")
