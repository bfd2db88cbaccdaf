"""A Gaussian cut to a window: what is lost, and what is left."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots, render
from explorer.filtering import smoothing
from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import gaussian
from explorer.pictures.images import Image
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_array, take_code

DEVIATION = "The lecture's form, weights ∝ exp(−r²/σ²): σ is √2 standard deviations."


def window(clean: Image, corner: DeltaGenerator) -> None:
    """A Gaussian's width and its window: the picture blurred by it, its profile, and the share that is cut off."""
    left, middle, right = st.columns([1.1, 1.3, 1.6], gap="medium")
    with left:
        sigma = st.slider("σ in pixels, exp(−r²/σ²)", 0.5, 8.0, 4.0, 0.5, key="smoothing_sigma", bind="query-params",
                          help=DEVIATION)  # fmt: skip
        size = st.select_slider("Window k", list(range(1, 34, 2)), 5, key="smoothing_window", bind="query-params")
        lost = smoothing.lost_share(sigma, size)
        st.metric("Cut off by the window", f"{100 * lost:.1f} %")
        st.markdown(
            f"k = {size / sigma:.1f} σ. At the lecture's k = 2σ, {100 * smoothing.lost_share(1.0, 2):.0f}\u00a0% is "
            f"cut off; at k = 4σ, {100 * smoothing.lost_share(1.0, 4):.1f}\u00a0%."
        )
    with middle:
        cut = np.clip(convolve(clean.pixels, gaussian(sigma, size), padding="replicate"), 0, 1)
        show.picture(render.to_uint8(cut), "The picture blurred by the Gaussian cut to the window")
        st.markdown(f"**Gaussian cut to {size} × {size}**: {_shape(lost)}")
    with right:
        _profiles(sigma, size)
        _losses(size / sigma, lost)
    st.caption(
        "The lecture's convention: weights ∝ exp(−distance²/σ²), so σ is √2 standard deviations. Along each axis the "
        "share erf(k/2σ) lies within ±k/2; outside the square window lies 1 − erf(k/2σ)²."
    )
    with corner:
        take_array(gaussian(sigma, size), "gaussian.npy", "This kernel as numbers")
        take_code(f"from explorer.filtering.kernels import gaussian\n\nkernel = gaussian({sigma:g}, {size})")


def _profiles(sigma: float, size: int) -> None:
    """The Gaussian from side to side, whole and as the window cuts it."""
    whole, within = smoothing.profile(sigma, size)
    at = np.arange(len(whole)) - len(whole) // 2
    figure = plots.lines(
        {"whole": whole, "cut to the window": within}, x="pixels from the middle", y="weight", at=at, height=200
    )
    show.chart(figure, key="smoothing_profile")


def _losses(ratio: float, lost: float) -> None:
    """What windows of all widths cut off; the lecture's and the visitor's, `ratio` σ wide, are marked."""
    ratios = np.linspace(0.5, 6, 56)
    shares = [100 * smoothing.lost_share(100.0, round(100 * r)) for r in ratios]
    marks = {"k = 2σ": (2.0, 100 * smoothing.lost_share(1.0, 2)), "yours": (ratio, 100 * lost)}
    figure = plots.lines({"": shares}, x="k / σ", y="cut off, in %", at=ratios, marks=marks, height=200)
    show.chart(figure, key="smoothing_lost")


def _shape(lost: float) -> str:
    if lost > 0.5:
        return "hardly a Gaussian: nearly all weights are alike, as in a mean."
    return "its rim is a step, so it is part Gaussian, part box." if lost > 0.05 else "the fall-off fits."
