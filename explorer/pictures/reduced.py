"""Pictures made small enough to answer at once, in colour or in grey."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.pictures.images import Image, open_image

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


def reduced(image: Image, side: int) -> Image:
    """The whole picture, its longer side at most `side` pixels (each new pixel the mean of those it covers)."""
    return _reduced(image, side).named(image.name)


@memoised
def _reduced(image: Image, side: int) -> Image:
    return open_image(image.pixels, max_side=side)


@memoised
def grey(image: Image, side: int) -> NDArray[np.float32]:
    """Brightness (h, w) in [0, 1] of the reduced picture: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601); read-only."""
    values: NDArray[np.float32] = reduced(image, side).pixels @ LUMA
    return read_only(values)
