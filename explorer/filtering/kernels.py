"""Kernels by name, each from its formula; all float32 and in (row, column) order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.filtering.grids import Coordinates, centred_grid, rotated_grid

Kernel = NDArray[np.float32]


class KernelError(ValueError):
    """A kernel, or a setting of the convolution, that can't be used: one sentence says why and what to do."""


def as_kernel(values: ArrayLike) -> NDArray[np.float64]:
    """Check that `values` are numbers a convolution can use and return them as float64, with one to three axes.

    Raises KernelError on text, gaps, NaN, infinity, nothing at all, or more than three dimensions.
    """
    try:
        kernel = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise KernelError("A kernel is a full grid of numbers: some cell is empty or holds text.") from None
    if kernel.size == 0 or not 1 <= kernel.ndim <= 3:
        raise KernelError(
            f"A kernel has one to three axes of at least one number each; this one has shape {kernel.shape}."
        )
    if not np.isfinite(kernel).all():
        where = tuple(int(i) + 1 for i in np.argwhere(~np.isfinite(kernel))[0])
        raise KernelError(f"Every weight must be a finite number; the one at position {where} isn't.")
    return kernel


def identity(size: int = 3) -> Kernel:
    """One at the centre, zero elsewhere: the picture stays as it is."""
    kernel = np.zeros((size, size), np.float32)
    kernel[(size - 1) // 2, (size - 1) // 2] = 1
    return kernel


def uniform(size: int = 3) -> Kernel:
    """The mean of the window: 1/k² everywhere."""
    return np.full((size, size), 1 / size**2, np.float32)


def gaussian(sigma: float = 1.0, size: int | None = None) -> Kernel:
    """Weights ∝ exp(−distance²/σ²), summing to 1 (the lecture's form: σ is √2 standard deviations).

    Without a size it is the odd one that reaches 2σ each way.
    """
    if sigma <= 0:
        raise KernelError(f"σ must be above 0, not {sigma:g}.")
    y, x = centred_grid(size or 2 * int(np.ceil(2 * sigma)) + 1)
    weights = np.exp(-(x**2 + y**2) / sigma**2)
    return (weights / weights.sum()).astype(np.float32)


def sharpen(amount: float = 1.0) -> Kernel:
    """The picture plus `amount` times its difference from its four neighbours (identity − amount·Laplacian)."""
    return (identity() - amount * laplacian()).astype(np.float32)


def unsharp(sigma: float = 1.0, amount: float = 1.0) -> Kernel:
    """Unsharp mask: the picture plus `amount` times what a Gaussian blur takes away."""
    blur = gaussian(sigma)
    return ((1 + amount) * identity(len(blur)) - amount * blur).astype(np.float32)


def sobel() -> Kernel:
    """The lecture's edge detector: left minus right, smoothed along the edge (Sobel & Feldman 1968)."""
    return np.outer([1, 2, 1], [1, 0, -1]).astype(np.float32)


def prewitt() -> Kernel:
    """Left minus right with equal smoothing along the edge (Prewitt 1970)."""
    return np.outer([1, 1, 1], [1, 0, -1]).astype(np.float32)


def scharr() -> Kernel:
    """Left minus right, with the smoothing that turns best with the picture (Scharr 2000)."""
    return np.outer([3, 10, 3], [1, 0, -1]).astype(np.float32)


def laplacian() -> Kernel:
    """The sum of both second differences: positive in dark spots, negative in bright ones."""
    return np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32)


def laplacian_of_gaussian(sigma: float = 1.5) -> Kernel:
    """The Laplacian of a Gaussian exp(−r²/σ²), shifted to sum to zero (Marr & Hildreth 1980)."""
    if sigma <= 0:
        raise KernelError(f"σ must be above 0, not {sigma:g}.")
    y, x = centred_grid(2 * int(np.ceil(2.2 * sigma)) + 1)
    r2 = (x**2 + y**2) / sigma**2
    weights = 4 / sigma**2 * (r2 - 1) * np.exp(-r2) / (np.pi * sigma**2)
    return (weights - weights.mean()).astype(np.float32)


def difference() -> Kernel:
    """The smallest edge detector, [1 −1]: a pixel minus its right neighbour."""
    return np.array([[1, -1]], np.float32)


def edge(angle_deg: float = 45.0, sigma: float = 1.5) -> Kernel:
    """A Gaussian's slope across a line at `angle_deg`, counter-clockwise from horizontal; |weights| sum to 2.

    As in Sobel's, at 90° what is left counts positive; at 0° what is above.
    """
    across, bell = _turned(angle_deg, sigma)
    weights = -across * bell
    return (2 * weights / np.abs(weights).sum()).astype(np.float32)


def line(angle_deg: float = 45.0, sigma: float = 1.5) -> Kernel:
    """A Gaussian's negative curvature across a line at `angle_deg`, counter-clockwise from horizontal; sums to 0."""
    across, bell = _turned(angle_deg, sigma)
    weights = (1 - 2 * across**2 / sigma**2) * bell
    weights -= weights.mean()
    return (2 * weights / np.abs(weights).sum()).astype(np.float32)


def gabor(angle_deg: float = 45.0, wavelength: float = 4.0, sigma: float = 2.5) -> Kernel:
    """A wave of `wavelength` pixels whose stripes run at `angle_deg`, in a Gaussian window (Daugman 1985, eq. 1)."""
    return gabor_pair(angle_deg, wavelength, sigma)[0].astype(np.float32)


def gabor_pair(angle_deg: float, wavelength: float, sigma: float) -> tuple[Coordinates, Coordinates]:
    """`gabor`, which sums to 0, before rounding; and its partner a quarter wave on, scaled alike."""
    if wavelength <= 0:
        raise KernelError(f"The wavelength must be above 0, not {wavelength:g}.")
    across, bell = _turned(angle_deg, sigma)
    wave = 2 * np.pi * across / wavelength
    even, odd = np.cos(wave) * bell, np.sin(wave) * bell
    even -= bell * (even.sum() / bell.sum())  # blind to brightness, as a cortical simple cell nearly is
    total = np.abs(even).sum()
    return 2 * even / total, 2 * odd / total


def emboss() -> Kernel:
    """Light from the lower right (flipped: from the upper left): a diagonal difference on top of the picture."""
    return np.array([[2, 1, 0], [1, 1, -1], [0, -1, -2]], np.float32)


def random(size: int = 3, seed: int = 0) -> Kernel:
    """Independent normal weights: the control that no pattern was chosen."""
    return np.random.default_rng(seed).normal(0, 1 / size, (size, size)).astype(np.float32)


def red_against_green() -> Kernel:
    """Red minus green, smoothed: (3, 3, 3). Greys cancel out, as in a colour-opponent cell (Hurvich & Jameson 1957)."""
    return _coloured(gaussian(1.0, 3), (1, -1, 0))


def blue_against_yellow() -> Kernel:
    """Blue minus the mean of red and green, smoothed: (3, 3, 3)."""
    return _coloured(gaussian(1.0, 3), (-0.5, -0.5, 1))


def colour_edge() -> Kernel:
    """Where red turns to green from left to right: (3, 3, 3). An edge in brightness alone leaves no trace."""
    return _coloured(sobel(), (1, -1, 0))


def _coloured(kernel: Kernel, factors: tuple[float, float, float]) -> Kernel:
    """A grid for each of red, green and blue: the kernel times a factor."""
    return kernel[..., None] * np.array(factors, np.float32) + np.float32(0)  # + 0: no negative zero


def _turned(angle_deg: float, sigma: float) -> tuple[Coordinates, Coordinates]:
    """How far across a line at `angle_deg`, on a grid that holds 2σ, and the round bell exp(−r²/σ²)."""
    if sigma <= 0:
        raise KernelError(f"σ must be above 0, not {sigma:g}.")
    across, along = rotated_grid(angle_deg, 2 * int(np.ceil(2 * sigma)) + 1)
    return across, np.exp(-(across**2 + along**2) / sigma**2)


KERNELS: dict[str, Callable[..., Kernel]] = {
    "identity": identity,
    "uniform": uniform,
    "Gaussian": gaussian,
    "sharpen": sharpen,
    "unsharp mask": unsharp,
    "Sobel": sobel,
    "Prewitt": prewitt,
    "Scharr": scharr,
    "Laplacian": laplacian,
    "Laplacian of Gaussian": laplacian_of_gaussian,
    "difference": difference,
    "edge at an angle": edge,
    "line at an angle": line,
    "Gabor": gabor,
    "emboss": emboss,
    "random": random,
}

#: filters over the colours, (k1, k2, 3) each
COLOUR_KERNELS: dict[str, Callable[[], Kernel]] = {
    "red against green": red_against_green,
    "blue against yellow": blue_against_yellow,
    "colour edge": colour_edge,
}
