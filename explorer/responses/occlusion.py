"""Occlusion: a grey square is put over one part of the picture after another, and what the network says is watched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.networks.classifier import to_tensor
from explorer.networks.loading import Network
from explorer.pictures.images import Image, from_array

_BATCH = 16


def covered(network: Network, image: Image, place: tuple[int, int], side: int) -> Image:
    """The prepared picture with a square of its mean colour over it, `side` pixels wide, its middle at (row, column).

    What would lie outside the picture is cut off.
    """
    prepared = network.prepare(image)
    pixels = prepared.pixels.copy()
    (top, left), (bottom, right) = _corners(place, side)
    pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = prepared.pixels.mean((0, 1))
    return from_array(np.rint(pixels * 255) / 255, f"{prepared.name}, covered")


def square_middles(size: int, count: int) -> list[tuple[int, int]]:
    """The middles (row, column) of count × count equal fields of a picture of size × size, row by row."""
    middles = [round((number + 0.5) * size / count) for number in range(count)]
    return [(row, column) for row in middles for column in middles]


@memoised
def occlusion(network: Network, image: Image, target: int, *, side: int, count: int = 14) -> NDArray[np.float32]:
    """How much of class `target`'s probability is lost when a square covers each place: (count, count), read-only.

    The value is p(picture) − p(picture with the square's middle there), negative where covering helps. Zeiler & Fergus,
    "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2.
    """
    whole = _probability(network, [network.prepare(image)], target)[0]
    middles = square_middles(network.input_size, count)
    shares: list[float] = []
    for first in range(0, len(middles), _BATCH):
        pictures = [covered(network, image, place, side) for place in middles[first : first + _BATCH]]
        shares += _probability(network, pictures, target)
    return read_only(np.array(whole - np.array(shares), np.float32).reshape(count, count))


def map_correlation(heat: NDArray[Any], lost: NDArray[Any]) -> float:
    """The correlation, −1 to 1, of two maps of the same picture, the finer one averaged to the other's places.

    NaN if one of them is the same everywhere.
    """
    height, width = min(heat.shape, lost.shape)
    one, other = (
        cv2.resize(values.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA) for values in (heat, lost)
    )
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def _corners(place: tuple[int, int], side: int) -> Iterator[tuple[int, int]]:
    top, left = place[0] - side // 2, place[1] - side // 2
    yield top, left
    yield top + side, left + side


def _probability(network: Network, pictures: list[Image], target: int) -> list[float]:
    """The class's probability in each picture, all of the network's size."""
    with compute_slot(len(pictures)), torch.inference_mode():
        x = to_tensor(np.stack([picture.pixels for picture in pictures]), network.device)
        shares = network.module(x).float().softmax(1)[:, target]
    return [float(share) for share in shares]
