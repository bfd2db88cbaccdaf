"""Convolution in one, two and three dimensions, as the lecture and every network mean it: the kernel is not flipped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.filtering.kernels import KernelError, as_kernel

Array = NDArray[np.floating[Any]]

PADDINGS = ("valid", "zero", "reflect", "replicate")
_BORDERS = {
    "valid": cv2.BORDER_CONSTANT,  # what it reaches beyond the edge is cut off afterwards
    "zero": cv2.BORDER_CONSTANT,
    "reflect": cv2.BORDER_REFLECT_101,
    "replicate": cv2.BORDER_REPLICATE,
}
_ROUNDING = 1e-6  # of the weights and the values: what 32-bit floats leave of a sum, at most
_MOST_CHANNELS = 128  # of one OpenCV matrix, since version 5


def convolve(
    x: ArrayLike,
    kernel: ArrayLike,
    *,
    padding: str = "valid",
    stride: int = 1,
    dilation: int = 1,
    flip: bool = False,
) -> Array:
    """Slide `kernel` over `x` and sum the products: out[i] = Σ_j x[s·i + d·j] · w[j] (the lecture's ⊛, correlation).

    `x` is (n,), (H, W), or (H, W, D) with a kernel of as many axes; an (H, W, C) picture with a 2-D kernel is
    convolved channel by channel. "valid" gives ⌊(n − d(k−1) − 1)/s⌋ + 1 values on each axis; "zero", "reflect" (edge
    not repeated) and "replicate" pad (k'−1)//2 before and k'//2 after, k' = d(k−1) + 1, and so give ⌈n/s⌉.
    `flip=True` turns the kernel around first: true convolution, `scipy.signal.convolve`. float32 stays float32; all
    else is computed in float64. Raises KernelError when kernel, settings and shape do not fit.
    """
    weights = _dilated(as_kernel(kernel), _positive(dilation, "dilation"))
    values = _as_values(x)
    _check(values, weights, padding, _positive(stride, "stride"))
    if flip:
        weights = np.flip(weights)
    full = _same_size(values, weights, padding)
    inner = _inner(full.shape, weights.shape) if padding == "valid" else ()
    steps = (slice(None, None, stride),) * weights.ndim
    return np.ascontiguousarray(full[inner][steps])


def sum_over_colours(
    x: ArrayLike,
    kernel: ArrayLike,
    *,
    padding: str = "valid",
    stride: int = 1,
    dilation: int = 1,
    flip: bool = False,
) -> Array:
    """Slide one (k1, k2, C) filter over an (H, W, C) picture and sum over its channels too: (H', W').

    Rows and columns as in `convolve`; padding, stride, dilation and flip leave the channels alone, so that each grid
    stays with its colour, as in a network's first layer. Raises KernelError as `convolve` does, and when picture and
    filter have not equally many channels.
    """
    values, weights = _as_values(x), as_kernel(kernel)
    if values.ndim != 3 or weights.ndim != 3 or values.shape[2] != weights.shape[2]:
        raise KernelError(
            "A filter over colours needs a grid for each channel of the picture: the picture is "
            f"{_times(values.shape)}, the filter {_times(weights.shape)}."
        )
    how: dict[str, Any] = {"padding": padding, "stride": stride, "dilation": dilation, "flip": flip}
    planes = [convolve(values[..., c], weights[..., c], **how) for c in range(values.shape[2])]
    return np.asarray(sum(planes[1:], start=planes[0]))


def without_rounding(sums: Array, x: ArrayLike, kernel: ArrayLike) -> Array:
    """What came of `x` and `kernel`, or zeros where it is no more than 32-bit floats leave of sums that are zero.

    For who shows results in full contrast: a plain picture under weights that sum to zero gives ±2e-9, not 0.
    """
    most = _ROUNDING * float(np.abs(kernel).sum() * np.abs(x).max())
    return sums if np.abs(sums).max(initial=0) > most else np.zeros_like(sums)


def _same_size(values: Array, weights: Array, padding: str) -> Array:
    if weights.ndim == 3:
        return _volume(values, weights, padding)
    if weights.ndim == 1:  # a signal is a picture one row high
        return _planes(values[None], weights[None], padding)[0]
    return _planes(values, weights, padding)


def _planes(values: Array, weights: Array, padding: str) -> Array:
    """Correlate each plane of (H, W) or (H, W, C) with a 2-D kernel, keeping the shape.

    OpenCV changes to a Fourier transform for large kernels, so 31×31 costs little more than 15×15.
    """
    if values.ndim == 3 and values.shape[2] > _MOST_CHANNELS:
        few, rest = np.split(values, [_MOST_CHANNELS], axis=2)
        return np.concatenate([_planes(few, weights, padding), _planes(rest, weights, padding)], axis=2)
    rows, columns = weights.shape
    anchor = ((columns - 1) // 2, (rows - 1) // 2)
    result = np.empty_like(values, order="C")
    planes = np.ascontiguousarray(values)
    cv2.filter2D(planes, -1, weights, dst=result, anchor=anchor, borderType=_BORDERS[padding])
    return result


def _volume(values: Array, weights: Array, padding: str) -> Array:
    """Correlate (H, W, D) with a 3-D kernel, keeping H × W × D: one 2-D pass for each slice of the kernel."""
    depth, taps = values.shape[2], weights.shape[2]
    around = ((0, 0), (0, 0), ((taps - 1) // 2, taps // 2))
    padded = _padded(values, around, padding)
    total = np.zeros_like(values)
    for tap in range(taps):
        total += _planes(padded[:, :, tap : tap + depth], np.ascontiguousarray(weights[:, :, tap]), padding)
    return total


def _padded(values: Array, around: Sequence[tuple[int, int]], padding: str) -> Array:
    """Values with (before, after) more on each axis: zeros, or what the padding says."""
    if padding == "reflect":
        return np.pad(values, around, mode="reflect")
    return np.pad(values, around, mode="edge") if padding == "replicate" else np.pad(values, around)


def _inner(shape: tuple[int, ...], kernel: tuple[int, ...]) -> tuple[slice, ...]:
    """The part of a same-size result in which the window stayed inside the picture."""
    return tuple(slice((k - 1) // 2, n - k // 2) for n, k in zip(shape, kernel, strict=False))


def _dilated(weights: Array, dilation: int) -> Array:
    """Spread the weights `dilation` apart, with zeros between."""
    if dilation == 1:
        return weights
    spread = np.zeros([dilation * (k - 1) + 1 for k in weights.shape])
    spread[(slice(None, None, dilation),) * weights.ndim] = weights
    return spread


def _as_values(x: ArrayLike) -> Array:
    values = np.asarray(x)
    if values.dtype.kind not in "fiub":
        raise KernelError(f"What is convolved must be real numbers, not {values.dtype}.")
    if values.dtype != np.float32:
        values = values.astype(np.float64)
    return np.ascontiguousarray(values)


def _positive(number: int, name: str) -> int:
    if isinstance(number, bool) or number != int(number) or number < 1:
        raise KernelError(f"The {name} must be a whole number from 1 on, not {number}.")
    return int(number)


def _check(values: Array, weights: Array, padding: str, stride: int) -> None:
    if padding not in PADDINGS:
        raise KernelError(f"Padding is one of {', '.join(PADDINGS)}, not {padding!r}.")
    per_channel = weights.ndim == 2 and values.ndim == 3
    if not (per_channel or values.ndim == weights.ndim):
        raise KernelError(
            f"A kernel of {weights.ndim} axes can't slide over an array of {values.ndim}: give both the same number "
            "(a picture with colours also takes a 2-D kernel)."
        )
    if values.size == 0:
        raise KernelError(f"There is nothing to convolve: the array has shape {values.shape}.")
    if padding == "valid" and any(k > n for n, k in zip(values.shape, weights.shape, strict=False)):
        raise KernelError(
            f"The kernel reaches over {_times(weights.shape)} but there are only "
            f"{_times(values.shape[: weights.ndim])}: make it smaller, or choose a padding."
        )


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def output_shape(
    shape: tuple[int, ...], kernel: tuple[int, ...], *, padding: str = "valid", stride: int = 1, dilation: int = 1
) -> tuple[int, ...]:
    """The window's places on each axis of the kernel: ⌊(n + p − d(k−1) − 1)/s⌋ + 1, where p pixels are padded."""
    reach = [dilation * (k - 1) for k in kernel]
    added = [0 if padding == "valid" else r for r in reach]
    return tuple((n + p - r - 1) // stride + 1 for n, p, r in zip(shape, added, reach, strict=False))
