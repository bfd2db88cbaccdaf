"""What a window cuts off a Gaussian, the picture at several scales, and a blur in two short passes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots, render
from explorer.filtering import smoothing
from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import gaussian, uniform
from explorer.filtering.separable import Separated, in_passes, separate
from explorer.pictures.images import Image
from pages.parts.pickers import picture
from pages.parts.pickers.own_kernel import own_kernel
from pages.parts.shell.words import counted, number
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import file_name, take_array, take_code, take_picture

SCALES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
DEVIATION = "The lecture's form, weights ∝ exp(−r²/σ²): σ is √2 standard deviations."


def window(clean: Image, corner: DeltaGenerator) -> None:
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


def scales(clean: Image, corner: DeltaGenerator) -> None:
    strip = smoothing.scale_space(clean, SCALES)
    _row(strip)
    sigma = st.select_slider("Look at one scale", SCALES, 4.0, key="smoothing_scale", bind="query-params")
    blurred = strip[SCALES.index(sigma)]
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
            f"from explorer.pictures.reduced import reduced\n\n{_clean(clean)}"
            f"(result,) = smoothing.scale_space(clean, ({sigma:g},))\n"
            "print(smoothing.count_maxima(result), 'bright spots')"
        )


def _row(strip: Sequence[Image]) -> None:
    """The picture at every scale, and how many bright spots are left there."""
    counts = [smoothing.count_maxima(one) for one in strip]
    cells = st.columns(len(SCALES), gap="small")
    for cell, sigma, one, count in zip(cells, SCALES, strip, counts, strict=True):
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


def passes(clean: Image, corner: DeltaGenerator) -> None:
    left, right = st.columns([1, 2], gap="large")
    with left:
        kernel = _choose_kernel()
        show.picture(render.enlarge(render.signed(kernel, render.largest(kernel)), 180), "The kernel")
    parts = separate(kernel)
    once = convolve(clean.pixels, kernel, padding="replicate")
    twice = in_passes(clean.pixels, parts)
    with right:
        _cost(parts, kernel.shape, float(np.abs(once - twice).max()))
        st.markdown(_verdict(parts.terms, *parts.products, clean.pixels.size))
        sizes = np.arange(1, 32, 2)
        show.chart(
            plots.lines(
                {"one pass: k²": sizes**2, "two passes: 2k": 2 * sizes}, x="window k", y="products per value",
                at=sizes, height=230,
            ),
            key="smoothing_products",
        )  # fmt: skip
    with corner:
        take_array(kernel, "kernel.npy", "This kernel as numbers (NPY)")
        take_array(twice, "passes.npy", "The result of the passes as numbers (NPY)")
        take_code(
            "import numpy as np\n\nimport explorer\nfrom explorer.filtering.separable import in_passes, separate\n"
            f"from explorer.pictures.reduced import reduced\n\n{_clean(clean)}"
            "kernel = np.load('kernel.npy')\nparts = separate(kernel)\n"
            "result = in_passes(clean.pixels, parts)\nprint(parts.products)"
        )


def _choose_kernel() -> np.ndarray:
    which = st.segmented_control(
        "Kernel", ["uniform", "Gaussian", "yours"], default="Gaussian", required=True, key="smoothing_kernel",
        bind="query-params",
    )  # fmt: skip
    size = st.select_slider("Window k", smoothing.SIZES[1:], 9, key="smoothing_passes", bind="query-params",
                            disabled=which == "yours")  # fmt: skip
    return _kernel(str(which), size)


def _cost(parts: Separated, shape: tuple[int, ...], apart: float) -> None:
    """How many products a pixel costs in one pass and in short ones, and how far the two results are apart."""
    cells, (whole, fewer), (k1, k2) = st.columns(3), parts.products, shape
    cells[0].metric("Products per pixel, one pass", f"{whole:,}", help=f"{k1} × {k2} weights")
    cells[1].metric("Products per pixel, short passes", f"{fewer:,}", help=f"{parts.terms} × ({k1} + {k2}) weights")
    cells[2].metric("Largest difference", number(apart), help="Both round to 32 bits, each in its own order.")


def _clean(clean: Image) -> str:
    """The line of a snippet that opens the picture as it is shown here."""
    return f"clean = reduced({picture.code()}, {max(clean.width, clean.height)})\n"


def _kernel(which: str, size: int) -> np.ndarray:
    if which == "yours":
        return own_kernel()[0]
    return uniform(size) if which == "uniform" else gaussian(size / smoothing.SPAN, size)


def _verdict(terms: int, whole: int, fewer: int, values: int) -> str:
    if terms == 0:
        return "All weights are zero, so there is nothing to compute."
    if terms == 1:
        word = "the same" if fewer < whole else "no fewer: it pays from k = 3 on"
        saved = f"{whole / fewer:.1f} times fewer products" if fewer < whole else word
        return (
            f"This kernel is **separable**: a column times a row (rank 1). Two passes give the same result with "
            f"**{saved}**: {fewer * values:,} instead of {whole * values:,} on this picture."
        )
    return (
        f"This kernel is a sum of **{terms}** columns times rows (rank {terms}): {fewer} products in passes against "
        f"{whole} in one. " + ("Passes still pay." if fewer < whole else "One pass is cheaper.")
    )
