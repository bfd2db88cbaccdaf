"""A picture seen only where it mattered: what the gradient hardly touched fades into light grey."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.pictures.images import Image, from_array

PAPER = 0.94  #: the grey that shows where nothing mattered
_BLUR = 1 / 40  # σ, as a share of the side: the gradient itself is grainy
_FROM, _TO = 20, 80  # percentiles that become quite transparent and quite opaque


def opacity(mattered: NDArray[np.float32]) -> NDArray[np.float32]:
    """How opaque each pixel (S, S) is, in [0, 1], by the size of its gradient over a whole ascent, smoothed.

    Fel et al. 2023 (MACO, section 3.4), who call it the attribution map of the optimization. All opaque where no pixel
    mattered more than another.
    """
    side = max(1.0, mattered.shape[0] * _BLUR)
    smooth = np.asarray(cv2.GaussianBlur(mattered.astype(np.float32), (0, 0), side, borderType=cv2.BORDER_REFLECT))
    low, high = np.percentile(smooth, [_FROM, _TO])
    if not high > low:
        return np.ones_like(smooth)
    return np.clip((smooth - low) / (high - low), 0, 1)


def faded(image: Image, mattered: NDArray[np.float32]) -> Image:
    """The picture over light grey, as opaque as its gradient was large; `mattered` (S, S) is a Step's."""
    share = opacity(mattered)[..., None]
    return from_array(share * image.pixels + (1 - share) * PAPER, image.name)
