"""The numbers behind the live convolution: computed here from the settled choices as the browser computes them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer import render
from explorer.cache import memoised
from explorer.csv_table import to_csv
from explorer.filtering.convolution import convolve, sum_over_colours, without_rounding
from explorer.filtering.kernels import gaussian
from explorer.pictures.images import Image, from_array
from explorer.pictures.reduced import LUMA
from pages.parts.convolution.convolver import live_pixels
from pages.parts.pickers.kernel_settings import KernelSettings

Array = NDArray[np.floating[Any]]

BLUR = 2.0  # σ of the blurred picture, in pixels


def blurred(sharp: Image) -> Image:
    """The picture that the component would show, after a Gaussian."""
    return _blurred(sharp).named(f"{sharp.name}, blurred")


@memoised
def _blurred(sharp: Image) -> Image:
    pixels = convolve(live_pixels(sharp) / np.float32(255), gaussian(BLUR), padding="reflect")
    return from_array(np.clip(pixels, 0, 1), "blurred")


def values_of(given: Image | Array, colour: str) -> Array:
    """What is convolved: numbers as they are; a picture in [0, 1] as (H, W, 3), or as (H, W) for "grey"."""
    if isinstance(given, np.ndarray):
        return given
    pixels = live_pixels(given) / np.float32(255)
    return grey(pixels) if colour == "grey" else pixels


def grey(values: Array) -> Array:
    """(H, W) of what has colours; what has none stays."""
    return values @ LUMA if values.ndim == 3 else values


def apply(x: Array, s: KernelSettings, *, flip: bool) -> Array:
    """scale · (sum of products) + bias. Raises KernelError when the kernel fits nowhere."""
    how: dict[str, Any] = {"padding": s.padding, "stride": s.stride, "dilation": s.dilation, "flip": flip}
    sums = sum_over_colours(x, s.weights, **how) if s.rest else convolve(x, s.kernel, **how)
    return s.scale * without_rounding(sums, x, s.weights) + s.bias


def shown(values: Array, display: str, contrast: str = "full") -> render.Picture:
    """The result as the component paints it."""
    most = np.quantile(np.abs(values), 0.99, method="inverted_cdf") if contrast == "p99" else 0.0
    limit = float(most) or render.largest(values)
    planes = values if values.ndim == 3 or display == "diverging" else np.repeat(values[..., None], 3, -1)
    if display == "clipped":
        return render.to_uint8(planes)
    if display == "absolute":
        return render.to_uint8(np.abs(planes) / (limit or 1.0))
    return render.signed(planes, limit)


def table(values: Array) -> bytes:
    """Numbers as CSV: a grid, or for a picture with colours a line for each pixel."""
    if values.ndim == 2:
        file = io.BytesIO()
        np.savetxt(file, values, "%.7g", ",")
        return file.getvalue()
    places = zip(np.ndindex(values.shape[:2]), values.reshape(-1, 3).tolist(), strict=True)
    columns = {"row": "", "column": "", **dict.fromkeys(["red", "green", "blue"], ".7g")}
    return to_csv(columns, ((*place, *colour) for place, colour in places))
