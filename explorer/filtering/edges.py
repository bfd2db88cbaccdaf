"""Edges: filters turned to any angle, how steep the picture is, and which way its edges run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.filtering.convolution import convolve, without_rounding
from explorer.filtering.grids import centred_grid
from explorer.filtering.kernels import Kernel, KernelError, edge, prewitt, scharr, sobel
from explorer.pictures.images import Image
from explorer.pictures.reduced import grey
from explorer.render import Picture, sequential

SLOPES = ("Sobel", "Prewitt", "Scharr", "Gaussian")


def slope(name: str, angle_deg: float, sigma: float = 1.0) -> Kernel:
    """A filter that answers to an edge running at `angle_deg`, counter-clockwise from horizontal; |weights| sum to 2.

    It is positive where, at 90°, the left side is brighter (as the lecture's Sobel); at 0° the upper.
    Slopes are steered: the filter at any angle is sin θ times the vertical one plus cos θ times the horizontal (Freeman
    & Adelson 1991, eq. 3). `sigma`, in pixels, is for the Gaussian's slope only. Raises KernelError on an unknown name.
    """
    across, down = _pair(name, sigma)
    angle = np.deg2rad(angle_deg)
    weights = np.sin(angle) * across + np.cos(angle) * down
    return (2 * weights / np.abs(weights).sum()).astype(np.float32)


def _pair(name: str, sigma: float) -> tuple[Kernel, Kernel]:
    """Left minus right and above minus below, equally scaled: |weights| sum to 2."""
    plain = {"Sobel": sobel, "Prewitt": prewitt, "Scharr": scharr}
    if name == "Gaussian":
        across = edge(90, sigma)
    elif name in plain:
        across = plain[name]()
    else:
        raise KernelError(f"A slope is one of {', '.join(SLOPES)}, not {name!r}.")
    across = (2 * across / np.abs(across).sum()).astype(np.float32)
    return across, np.ascontiguousarray(across.T)


@dataclass(frozen=True, eq=False)
class Gradient:
    """How steep (H, W), in [0, 1], and the angle (H, W) in [0°, 180°) at which the edge runs, as `slope` counts."""

    magnitude: NDArray[np.float32]
    direction_deg: NDArray[np.float32]


def response(values: NDArray[np.float32], kernel: Kernel) -> NDArray[np.float32]:
    """What a slope answers at each place of (H, W), rim repeated; a plain picture has no edges, so exactly 0."""
    answers: NDArray[np.float32] = without_rounding(convolve(values, kernel, padding="replicate"), values, kernel)
    return answers


def gradient(values: NDArray[np.float32], name: str = "Sobel", sigma: float = 1.0) -> Gradient:
    """Magnitude √(a² + d²) and direction atan2(a, d) from the responses across (a) and down (d), rim repeated.

    At each place the steered filter answers most at that direction, and then by the magnitude.
    """
    across, down = (response(values, kernel) for kernel in _pair(name, sigma))
    direction = np.rad2deg(np.arctan2(across, down)) % 180
    return Gradient(np.hypot(across, down), np.where(direction >= 180, 0, direction).astype(np.float32))


def direction_picture(found: Gradient, *, limit: float | None = None) -> Picture:
    """Hue for the direction (0° red, 60° green, 120° blue, and round again), brightness for the magnitude."""
    limit = limit or float(found.magnitude.max()) or 1.0
    hsv = np.stack(
        [found.direction_deg * 2, np.ones_like(found.magnitude), np.clip(found.magnitude / limit, 0, 1)], -1
    ).astype(np.float32)
    return np.rint(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) * 255).astype(np.uint8)


@cache
def wheel(size: int = 96) -> Picture:
    """The key to the hues: a disc whose every spoke has the colour of an edge that runs along it."""
    y, x = centred_grid(size)
    radius = np.hypot(x, y)
    direction = np.rad2deg(np.arctan2(-y, x)) % 180
    ring = ((radius < size / 2) & (radius > size / 6)).astype(np.float32)
    picture = direction_picture(Gradient(ring, direction.astype(np.float32)), limit=1.0)
    return read_only(np.concatenate([picture, np.rint(255 * ring[..., None]).astype(np.uint8)], 2))


def shares(found: Gradient, bins: int = 12) -> NDArray[np.float64]:
    """Which share of all magnitude lies in each of `bins` sectors of direction, the first around 0°; they sum to 1."""
    width = 180 / bins
    place = ((found.direction_deg + width / 2) // width).astype(int) % bins
    total = np.bincount(place.ravel(), found.magnitude.ravel().astype(np.float64), bins)
    return total / (total.sum() or 1.0)


@dataclass(frozen=True, eq=False)
class Edges:
    """A picture's edges at any angle: their gradient, its two parts as pictures, and its shares by direction."""

    gradient: Gradient
    magnitudes: Picture
    directions: Picture
    shares: NDArray[np.float64]


@memoised
def edges_of(image: Image, side: int, name: str, sigma: float, bins: int) -> Edges:
    """Those of a picture in grey, its longer side at most `side` pixels; `bins` are the sectors of `shares`."""
    found = gradient(grey(image, side), name, sigma)
    return Edges(found, sequential(found.magnitude, 0.0), direction_picture(found), shares(found, bins))
