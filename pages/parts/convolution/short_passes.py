"""A kernel in short passes, a row and then a column, and what that saves."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots, render
from explorer.filtering import smoothing
from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import gaussian, uniform
from explorer.filtering.separable import Separated, in_passes, separate
from explorer.pictures.images import Image
from pages.parts.convolution import clean_picture
from pages.parts.pickers.own_kernel import own_kernel
from pages.parts.shell.words import number
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_array, take_code


def passes(clean: Image, corner: DeltaGenerator) -> None:
    """A kernel, how many short passes make it up, and how many products they save."""
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
        _growth()
    with corner:
        take_array(kernel, "kernel.npy", "This kernel as numbers (NPY)")
        take_array(twice, "passes.npy", "The result of the passes as numbers (NPY)")
        take_code(
            "import numpy as np\n\nimport explorer\nfrom explorer.filtering.separable import in_passes, separate\n"
            f"from explorer.pictures.reduced import reduced\n\n{clean_picture.code_of(clean)}"
            "kernel = np.load('kernel.npy')\nparts = separate(kernel)\n"
            "result = in_passes(clean.pixels, parts)\nprint(parts.products)"
        )


def _growth() -> None:
    """How fast one pass becomes dearer than two as the window grows."""
    sizes = np.arange(1, 32, 2)
    products = {"one pass: k²": sizes**2, "two passes: 2k": 2 * sizes}
    show.chart(
        plots.lines(products, x="window k", y="products per value", at=sizes, height=230), key="smoothing_products"
    )


def _choose_kernel() -> np.ndarray:
    """A named kernel of a size that is chosen, or the visitor's."""
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
