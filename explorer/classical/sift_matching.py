"""A picture matched with its turned and scaled self by SIFT: the transform is known, so each match can be judged."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.feature import match_descriptors

from explorer.cache import memoised
from explorer.classical.descriptors import DescriptorError, Values
from explorer.classical.sift import Keypoints, keypoints, sift_of
from explorer.pictures.images import Image
from explorer.pictures.reduced import grey

NEAR = 3.0  # pixels within which a match counts as correct
RATIO = 0.8  # the best match must be this much nearer than the second (Lowe 2004, section 7.1)


def turned(values: Values, angle_deg: float, scale: float) -> tuple[Values, NDArray[np.float64]]:
    """The picture turned counter-clockwise and scaled, on a canvas that holds it, and the (2, 3) map of (x, y) to it.

    Raises DescriptorError on a scale that is not positive.
    """
    if scale <= 0:
        raise DescriptorError(f"The scale must be above 0, not {scale:g}.")
    height, width = values.shape
    matrix = np.asarray(cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle_deg, scale), np.float64)
    cos, sin = np.abs(matrix[0, :2])
    size = int(np.ceil(height * sin + width * cos)), int(np.ceil(height * cos + width * sin))
    matrix[:, 2] += [(size[0] - width) / 2, (size[1] - height) / 2]
    if scale < 1:  # blur away what the smaller picture can't hold
        values = np.asarray(cv2.GaussianBlur(values, (0, 0), 0.5 * np.sqrt(scale**-2 - 1)), np.float32)
    mean = float(values.mean())
    made = cv2.warpAffine(values, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=mean)
    return np.clip(made, 0, 1).astype(np.float32), matrix


@dataclass(frozen=True, eq=False)
class Matches:
    """Keypoints of a picture matched with those of its turned and scaled self.

    pairs: (m, 2) numbers into `first` and `second`; distances: (m,) pixels between where each match landed and where
    the known transform puts it.
    """

    first: Keypoints
    second: Keypoints
    changed: Values
    pairs: NDArray[np.intp]
    distances: NDArray[np.float64]

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Which landed within 3 pixels of the true place."""
        return self.distances <= NEAR


def match(values: Values, first: Keypoints, angle_deg: float, scale: float) -> Matches:
    """Turn and scale the picture, find SIFT anew, and match: nearest both ways, and by Lowe's ratio.

    Raises DescriptorError when the changed picture has no keypoint.
    """
    changed, matrix = turned(values, angle_deg, scale)
    second = sift_of(changed)
    pairs = match_descriptors(first.descriptors, second.descriptors, max_ratio=RATIO, cross_check=True)
    landed = second.positions[pairs[:, 1]]
    true = (first.positions[pairs[:, 0]][:, ::-1] @ matrix[:, :2].T + matrix[:, 2])[:, ::-1]
    return Matches(first, second, changed, pairs, np.hypot(*(landed - true).T))


@memoised
def matches(image: Image, side: int, angle_deg: float, scale: float) -> Matches:
    """That picture matched with its turned and scaled self."""
    return match(grey(image, side), keypoints(image, side), angle_deg, scale)
