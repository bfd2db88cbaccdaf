"""Noise on a picture, the filters that take it away, and how near the result comes to the clean picture."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.cache import memoised
from explorer.filtering.kernels import KernelError, gaussian
from explorer.filtering.ssim import WindowStatistics, ssim, window_statistics
from explorer.pictures.images import Image, ImageError, from_array
from explorer.pictures.reduced import LUMA

NOISES = ("Gaussian", "salt and pepper", "shot")
FILTERS = ("uniform", "Gaussian", "median")
SIZES = (1, 3, 5, 7, 9, 11, 13, 15)
SPAN = 4  # a Gaussian of window k has σ = k / SPAN, so that next to nothing is cut off
_LEAST_SIDE = 7  # of the window of SSIM (Wang et al. 2004), in pixels


@memoised
def noisy(image: Image, kind: str, strength: float, seed: int = 0) -> Image:
    """The picture with noise of one kind, rounded to 8 bits as a camera would.

    `strength` is for "Gaussian" the standard deviation in grey levels of 255, for "salt and pepper" the share of values
    set to 0 or 1, for "shot" the mean number of photons counted where the picture is 1 (fewer: more noise).
    Raises ImageError on another kind or an impossible strength.
    """
    from skimage.util import random_noise  # brings SciPy: half a second of every server's start

    _check(kind, strength)
    rng = np.random.default_rng(seed)
    clean = image.pixels.astype(np.float64)
    if kind == "Gaussian":
        values = random_noise(clean, "gaussian", rng=rng, var=(strength / 255) ** 2)
    elif kind == "salt and pepper":
        values = random_noise(clean, "s&p", rng=rng, amount=strength)
    else:  # random_noise takes the number of photons from the picture, so its strength can't be chosen
        values = np.clip(rng.poisson(clean * strength) / strength, 0, 1)
    return from_array(np.rint(values * 255).astype(np.uint8))


def _check(kind: str, strength: float) -> None:
    if kind not in NOISES:
        raise ImageError(f"Noise is one of {', '.join(NOISES)}, not {kind!r}.")
    highest = 1.0 if kind == "salt and pepper" else 1e6
    lowest = 1e-3 if kind == "shot" else 0.0
    if not lowest <= strength <= highest:
        raise ImageError(f"The strength of {kind} noise goes from {lowest:g} to {highest:g}, not {strength:g}.")


def smooth(image: Image, name: str, size: int) -> NDArray[np.float32]:
    """The picture (H, W, 3) after a filter of a size × size window, rim repeated; a window of 1 changes nothing.

    "uniform" and "Gaussian" (σ = size/4) are convolutions; "median" is not: it sorts. It is taken of 8-bit values.
    Raises KernelError on another name and on a size that is not odd and positive.
    """
    if name not in FILTERS:
        raise KernelError(f"A smoothing filter is one of {', '.join(FILTERS)}, not {name!r}.")
    if size < 1 or size % 2 == 0:
        raise KernelError(f"The window's side is an odd number of pixels from 1 on, not {size}.")
    if size == 1:
        return image.pixels
    if name == "median":
        return (cv2.medianBlur(image.uint8, size) / np.float32(255)).astype(np.float32)
    if name == "uniform":
        return np.clip(cv2.blur(image.pixels, (size, size), borderType=cv2.BORDER_REPLICATE), 0, 1, dtype=np.float32)
    return _gaussian(image.pixels, size / SPAN, size)


def _gaussian(pixels: NDArray[np.float32], sigma: float, size: int) -> NDArray[np.float32]:
    row = gaussian(sigma, size).sum(0)  # separable: one pass along rows, one along columns
    return np.clip(cv2.sepFilter2D(pixels, -1, row, row, borderType=cv2.BORDER_REPLICATE), 0, 1, dtype=np.float32)


@dataclass(frozen=True)
class Quality:
    """How near a picture is to the clean one: PSNR in dB (∞ for the same) and SSIM, at most 1."""

    psnr: float
    ssim: float


def quality(clean: Image, values: NDArray[np.float32]) -> Quality:
    """PSNR over all values, and SSIM of the brightness (Wang et al. 2004; 7 × 7 windows, smaller on tiny pictures)."""
    error = cv2.norm(clean.pixels, values, cv2.NORM_L2SQR) / values.size
    psnr = float(-10 * np.log10(error)) if error else np.inf
    window = min(_LEAST_SIDE, *(n - 1 + n % 2 for n in (clean.height, clean.width)))
    if window < 3:  # there are no neighbourhoods to compare
        return Quality(psnr, float("nan") if error else 1.0)
    return Quality(psnr, ssim(_windows(clean, window), window_statistics(_brightness(values), window)))


@memoised
def _windows(clean: Image, size: int) -> WindowStatistics:
    return window_statistics(_brightness(clean.pixels), size)


def _brightness(pixels: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(cv2.transform(pixels, LUMA[None]), np.float64)


@dataclass(frozen=True)
class QualityCurve:
    """Quality of one filter at each of `sizes`; the first is the noisy picture itself."""

    filter: str
    sizes: tuple[int, ...]
    qualities: tuple[Quality, ...]

    def best(self, measure: str) -> tuple[int, float]:
        """The size at which "psnr" or "ssim" is highest, and that value."""
        values = [getattr(quality, measure) for quality in self.qualities]
        place = int(np.argmax(np.nan_to_num(values, nan=-1.0, posinf=1e9)))
        return self.sizes[place], values[place]


@memoised
def quality_curve(clean: Image, noise: Image, name: str, sizes: tuple[int, ...] = SIZES) -> QualityCurve:
    """Filter the noisy picture with a window of every size and compare with the clean one."""
    found = (quality(clean, smooth(noise, name, size)) for size in sizes)
    return QualityCurve(name, sizes, tuple(found))


def lost_share(sigma: float, size: int) -> float:
    """The share of the 2-D Gaussian exp(−r²/σ²) outside a size × size window: 1 − erf(size / 2σ)².

    The lecture's form: σ is √2 standard deviations, along each axis erf(k/2σ) of the mass lies within ±k/2. At
    k = 2σ that leaves 29 % outside. Raises KernelError unless both are positive.
    """
    if sigma <= 0 or size < 1:
        raise KernelError(f"σ and the window's side must be above 0, not {sigma:g} and {size}.")
    return 1 - erf(size / (2 * sigma)) ** 2


def profile(sigma: float, size: int) -> NDArray[np.float64]:
    """The middle row of the whole Gaussian and of the one cut to the window, (2, n): both sum to 1 in two dimensions.

    n is odd and holds both the window and 3σ each way; outside its window the cut one is 0.
    """
    reach = max(size, 2 * int(np.ceil(3 * sigma)) + 1)
    whole, cut = gaussian(sigma, reach), gaussian(sigma, size)
    rows = np.zeros((2, reach))
    start = (reach - size) // 2
    rows[0] = whole[reach // 2]
    rows[1, start : start + size] = cut[size // 2]
    return rows


@memoised
def scale_space(image: Image, sigmas: tuple[float, ...]) -> tuple[Image, ...]:
    """The picture blurred by exp(−r²/σ²) for each σ ≥ 0 in pixels, rim repeated (Witkin 1983; Koenderink 1984)."""
    return tuple(_blurred(image, sigma) for sigma in sigmas)


def _blurred(image: Image, sigma: float) -> Image:
    if sigma == 0:
        return image
    return from_array(_gaussian(image.pixels, sigma, 2 * int(np.ceil(3 * sigma)) + 1))


def count_maxima(image: Image) -> int:
    """How many places are brighter than all eight neighbours: what blur leaves of the detail."""
    values = image.pixels @ LUMA
    around = np.ones((3, 3), np.uint8)
    around[1, 1] = 0
    highest = cv2.dilate(values, around, borderType=cv2.BORDER_CONSTANT, borderValue=np.inf)
    return int((values > highest + 1e-6).sum())  # float32 rounding makes peaks of nothing
