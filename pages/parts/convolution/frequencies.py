"""What a settled kernel does to frequencies, in maps and in words."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import render
from explorer.filtering import spectra
from pages.parts.convolution.result import Array, grey
from pages.parts.pickers.kernel_settings import KernelSettings
from pages.parts.shell.words import number
from pages.parts.widgets import show

ALIKE = 1e-4  # of the largest: two answers that differ by less are the same but for the digits of the weights
DECADES = 5  # of amplitude in the spectra
NOTHING = 1e-5  # a response of rounding errors
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def frequencies(x: Array, result: Array, s: KernelSettings) -> None:
    """The kernel's response, and the picture's spectrum before and after, on one scale."""
    st.header("What it does to frequencies", anchor=False)
    kernel = s.weights.sum(-1) if s.rest else s.weights  # all that a grey wave, alike in the three colours, meets
    response = abs(s.scale) * spectra.frequency_response(kernel, size=128, dilation=s.dilation)
    before, after = spectra.log_spectrum(grey(x)), spectra.log_spectrum(grey(result))
    high = int(np.ceil(max(before.max(), after.max())))
    low = high - DECADES
    maps = [
        ("The kernel's response", response, 0.0, float(response.max()), "× 0", f"× {number(response.max())}"),
        ("The picture before", before, low, high, _power(low), _power(high)),
        ("The picture after", after, low, high, _power(low), _power(high)),
    ]
    *cells, words = st.columns([1, 1, 1, 1.5], gap="medium")
    for cell, (title, values, least, most, left, right) in zip(cells, maps, strict=True):
        with cell:
            st.markdown(f"**{title}**")
            show.frame(render.sequential(spectra.as_square(values), least, most), f"{title}: amplitude by frequency")
            show.scale_bar("sequential", left, right)
    words.markdown(_frequencies(response, s))
    if s.rest:
        words.caption("The response is that to grey waves, alike in the three colours: of the three grids' sum.")


def _power(exponent: int) -> str:
    return "1" if exponent == 0 else "10" + str(exponent).translate(_SUPERSCRIPTS)


def _frequencies(response: Array, s: KernelSettings) -> str:
    grid = s.weights.sum(-1) if s.rest else s.weights
    flat, checkerboard = (s.scale * factor for factor in spectra.extreme_factors(grid, dilation=s.dilation))
    if not s.weights.any():
        return "All weights are 0: every wave is multiplied by 0, and nothing of the picture is left."
    if response.max() < NOTHING:
        return "Waves of grey, of whatever length, leave no trace at all in this filter: only differences in colour do."
    folded = (
        f" Stride {s.stride} then keeps too few pixels for waves shorter than {2 * s.stride}: they come back as longer "
        "ones."
        if s.stride > 1
        else ""
    )
    return (
        "A picture is a sum of waves. The centre of each map is no change at all, the rim the finest pattern that "
        "pixels can hold: two pixels a wave.\n\n"
        f"This kernel multiplies what is flat by **{number(flat)}**, the finest checkerboard by "
        f"**{number(checkerboard)}**, and {_strongest(response)}. After is before times response; what it multiplies "
        f"by 0 is lost for good.{folded}"
    )


def _strongest(response: Array) -> str:
    """To which waves it answers most: the longest of those it answers alike."""
    highest = float(response.max())
    if highest - response.min() < ALIKE * highest:
        return f"treats waves of every length alike (× {number(highest)})"
    places = spectra.frequencies(len(response))
    frequency = np.hypot(*np.meshgrid(places, places, indexing="ij"))[response >= (1 - ALIKE) * highest].min()
    if frequency == 0:
        return f"answers most to what does not change at all (× {number(highest)})"
    return f"answers most to waves of {1 / frequency:.1f} pixels (× {number(highest)})"
