"""`convolve` beside OpenCV's filter2D, which it rests on, and beside SciPy's correlate2d."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import signal

from benchmarks.measure import Figure, interleave, timed
from explorer.filtering.convolution import convolve

Array = NDArray[np.float32]
SHAPES = ((512, 512, 3), (1080, 1920, 3))
SIZES = (3, 7, 15, 31)
NEAR, FASTER = 1.15, 1 / 20


def figures() -> Iterator[Figure]:
    for shape in SHAPES:
        for size in SIZES:
            x, kernel = _inputs(shape, size)
            name = f"convolution: {size}×{size} on {shape[0]}×{shape[1]}×3, filter2D"
            yield _compare(name, x, kernel, _filter2d, goal=NEAR, rounds=41 if shape[0] == 512 else 21)
    x, kernel = _inputs(SHAPES[0], 7)
    yield _compare("convolution: 7×7 on 512×512×3, correlate2d", x, kernel, _correlate2d, goal=FASTER, rounds=9)


def _compare(name: str, x: Array, kernel: Array, other: Any, *, goal: float, rounds: int) -> Figure:
    np.testing.assert_allclose(convolve(x, kernel, padding="zero"), other(x, kernel), atol=1e-4)
    ours = timed(lambda: convolve(x, kernel, padding="zero"))
    theirs = timed(lambda: other(x, kernel))
    return Figure(name, *interleave(ours, theirs, rounds=rounds), goal)


def _inputs(shape: tuple[int, ...], size: int) -> tuple[Array, Array]:
    """A random picture and a random kernel whose weights sum to about one."""
    source = np.random.default_rng(0)
    kernel = source.random((size, size), np.float32)
    return source.random(shape, np.float32), kernel / kernel.sum()


def _filter2d(x: Array, kernel: Array) -> Array:
    return cv2.filter2D(x, -1, kernel, borderType=cv2.BORDER_CONSTANT)


def _correlate2d(x: Array, kernel: Array) -> Array:
    """Channel by channel: SciPy's has two axes only."""
    channels = [signal.correlate2d(x[..., c], kernel, "same") for c in range(x.shape[2])]
    return np.stack(channels, -1)
