"""What a convolution does to frequencies: the kernel's response, and a picture's spectrum."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.filtering.kernels import KernelError, as_kernel

Spectrum = NDArray[np.float64]

FLOOR = 1e-8  # an amplitude as small as this is rounding, and has no logarithm worth showing


def frequencies(size: int) -> Spectrum:
    """The `size` frequencies of a centred DFT in cycles per pixel, from −½ up, 0 at place size // 2."""
    return np.fft.fftshift(np.fft.fftfreq(size))


def frequency_response(kernel: ArrayLike, *, size: int = 128, dilation: int = 1) -> Spectrum:
    """How much a convolution multiplies each frequency: |DFT| of a 2-D kernel, (size, size), frequency 0 in the centre.

    Row is the vertical frequency, column the horizontal, as `frequencies` lists them. The middle value is |Σw|; turning
    the kernel around changes nothing. The sum |Σ w[i, j] exp(−2πi·d(u·i + v·j))| is taken at each frequency itself, so
    the kernel may be larger than `size`. Raises KernelError on a kernel without two axes.
    """
    weights = as_kernel(kernel)
    if weights.ndim != 2:
        raise KernelError(f"A response is that of a kernel with rows and columns; this one has shape {weights.shape}.")
    rows, columns = (
        np.exp(-2j * np.pi * dilation * np.outer(frequencies(size), np.arange(taps))) for taps in weights.shape
    )
    return np.abs(rows @ weights @ columns.T)


def extreme_factors(kernel: ArrayLike, *, dilation: int = 1) -> tuple[float, float]:
    """What a 2-D kernel multiplies a flat picture by, and the finest checkerboard: Σ w and Σ w[i, j] (−1)^(d(i + j)).

    With their signs, which `frequency_response` has not; i and j are counted from the weight at (k − 1)//2, beneath
    which the result stands. Raises KernelError on a kernel without two axes.
    """
    weights = as_kernel(kernel)
    if weights.ndim != 2:
        raise KernelError(f"A response is that of a kernel with rows and columns; this one has shape {weights.shape}.")
    rows, columns = ((-1.0) ** (dilation * (np.arange(k) - (k - 1) // 2)) for k in weights.shape)
    return float(weights.sum()), float(rows @ weights @ columns)


def log_spectrum(picture: NDArray[np.floating[Any]]) -> Spectrum:
    """log₁₀ of the amplitude of each frequency in a picture (H, W), frequency 0 in the centre: (H, W).

    The amplitude is |DFT| / (H·W): in the centre the mean, elsewhere half the height of a wave (it has two places, at
    its frequency and at the negative of it). Amplitudes below FLOOR are lifted to it. Raises KernelError on another
    number of axes or on nothing.
    """
    values = np.asarray(picture, dtype=np.float64)
    if values.ndim != 2 or values.size == 0:
        raise KernelError(f"A spectrum is taken of rows and columns of numbers; this has shape {values.shape}.")
    amplitude = np.abs(np.fft.fftshift(np.fft.fft2(values))) / values.size
    return np.log10(np.maximum(amplitude, FLOOR))


def as_square(spectrum: Spectrum, size: int = 256) -> Spectrum:
    """Both axes from −½ to ½ cycle per pixel on (size, size) places, whatever the picture's sides were.

    Where places are fewer the mean is taken, where they are more each value is repeated.
    """
    shrinking = min(spectrum.shape) >= size
    method = cv2.INTER_AREA if shrinking else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(spectrum, (size, size), interpolation=method), np.float64)
