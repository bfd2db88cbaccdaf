"""A picture changed as it may be and still show the same: shifted, flipped, turned, skewed, darkened, recoloured."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import cv2
import numpy as np

from explorer.learning.errors import TrainingError
from explorer.pictures.images import Image, from_array

_RANGES = {"shift": (0, 1), "flip": (0, 1), "turn": (0, 180), "skew": (0, 1), "darken": (0, 1), "recolour": (0, 180)}


@dataclass(frozen=True)
class Augmentation:
    """By how much at most each of the changes is made, in either direction, 0 for not at all.

    shift: share of the picture's side, 0 to 1; flip: the chance of left for right, 0 to 1; turn: degrees; skew: pixels
    across for each one down, 0 to 1; darken: share of the light taken or added, 0 to 1; recolour: degrees around the
    circle of hues.
    """

    shift: float = 0.15
    flip: float = 0.5
    turn: float = 20.0
    skew: float = 0.2
    darken: float = 0.4
    recolour: float = 25.0

    def alone(self, name: str) -> Augmentation:
        """This augmentation with the change `name` only."""
        return replace(Augmentation(0, 0, 0, 0, 0, 0), **{name: getattr(self, name)})


NAMES = tuple(field.name for field in fields(Augmentation))


def augmentations(
    image: Image, amounts: Augmentation | None = None, *, count: int = 8, seed: int = 0
) -> tuple[Image, ...]:
    """So many random variants of a picture, each of its size: every change drawn evenly from − to + its amount.

    What comes in from outside mirrors what is inside. The same seed gives the same pictures. Raises TrainingError on an
    amount out of its range, or a count outside 1 to 256.
    """
    amounts = amounts or Augmentation()
    for name, (low, high) in _RANGES.items():
        if not low <= getattr(amounts, name) <= high:
            raise TrainingError(f"The amount of {name} is {low} to {high}, not {getattr(amounts, name)}.")
    if not 1 <= count <= 256:
        raise TrainingError(f"The number of variants is 1 to 256, not {count}.")
    random = np.random.default_rng(seed)
    return tuple(augmented(image, _sampled(amounts, random)) for _ in range(count))


def augmented(image: Image, by: Augmentation) -> Image:
    """The picture changed by exactly these amounts, with their signs; it is flipped where `flip` is above ½.

    A shift goes right and down, a turn counter-clockwise, a skew to the right below; darkening below 0 brightens.
    """
    height, width = image.height, image.width
    angle = np.deg2rad(by.turn)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, by.skew], [0, 1]])
    if by.flip > 0.5:
        matrix = matrix @ np.diag([-1, 1])
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    offset = middle - matrix @ middle + by.shift * np.array([width, height])
    pixels = cv2.warpAffine(
        image.pixels, np.column_stack([matrix, offset]), (width, height), flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip
    return from_array(np.clip(_recoloured(pixels, by) * 255, 0, 255).round().astype(np.uint8), image.name)


def _recoloured(pixels: np.ndarray, by: Augmentation) -> np.ndarray:
    if by.recolour:
        hue = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2HSV)
        hue[..., 0] = (hue[..., 0] + by.recolour) % 360
        pixels = cv2.cvtColor(hue, cv2.COLOR_HSV2RGB)
    return pixels * (1 - by.darken)


def _sampled(amounts: Augmentation, random: np.random.Generator) -> Augmentation:
    sampled = {name: getattr(amounts, name) * random.uniform(-1, 1) for name in NAMES}
    sampled["flip"] = float(random.uniform() < amounts.flip)
    return Augmentation(**sampled)
