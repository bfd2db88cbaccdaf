"""Patches of photographs and the many views of each: what a small network learns to tell apart."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor
from torch.nn import functional

from explorer.learning.errors import TrainingError
from explorer.pictures.images import Image

VIEW = 32  #: side of what the network sees, in pixels
PATCH = 48  #: side of what is cut out: room to turn, shift and scale a view
_LONGER_SIDE = 320  # photographs are reduced to it, so that a patch holds some structure

# A view's place and colours, drawn evenly from ±: radians, share of the patch's side, log₂ of the scale, …
_TURN, _SHIFT, _SCALE = 0.35, 0.1, 0.3
_BRIGHTNESS, _TINT, _CONTRAST, _SATURATION = 0.15, 0.15, 0.7, 0.7


def cut_patches(images: Sequence[Image], count: int, *, seed: int = 0) -> Tensor:
    """Cut `count` patches (count, 3, 48, 48) in [0, 1] out of the pictures, about equally many of each.

    Pictures are reduced to a longer side of 320 pixels. Places with much contrast are drawn more often, in proportion
    to the mean squared gradient (Dosovitskiy et al. 2014, section 2.1). Raises TrainingError without a picture, or on
    one that is too small for as many different patches.
    """
    if not images:
        raise TrainingError("There is no picture to cut patches out of; choose at least one.")
    random = np.random.default_rng(seed)
    shares = [len(part) for part in np.array_split(np.arange(count), len(images))]
    patches = [patch for image, share in zip(images, shares, strict=True) for patch in _cut(image, share, random)]
    return torch.from_numpy(np.stack(patches).transpose(0, 3, 1, 2).copy())


def _cut(image: Image, count: int, random: np.random.Generator) -> list[NDArray[np.float32]]:
    scale = min(1.0, _LONGER_SIDE / max(image.height, image.width))
    size = (round(image.width * scale), round(image.height * scale))
    pixels = image.pixels
    if scale < 1:
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.float32)
    places = (pixels.shape[0] - PATCH + 1, pixels.shape[1] - PATCH + 1)
    if min(places) < 1 or places[0] * places[1] < count:
        raise TrainingError(
            f"“{image.name}” ({image.width} × {image.height} pixels) is too small for {count} patches of {PATCH} × "
            f"{PATCH}; choose a larger picture or fewer patches."
        )
    chance = _contrast(pixels, places)
    chosen = random.choice(chance.size, count, replace=False, p=chance.ravel())
    return [pixels[y : y + PATCH, x : x + PATCH] for y, x in zip(*np.unravel_index(chosen, places), strict=True)]


def _contrast(pixels: NDArray[np.float32], places: tuple[int, int]) -> NDArray[np.float64]:
    """How likely each place (its top left corner) is drawn; a flat picture's are all alike."""
    down, across = np.gradient(pixels.mean(2, dtype=np.float64))
    middle = cv2.blur(down**2 + across**2, (PATCH // 2, PATCH // 2))[PATCH // 2 :, PATCH // 2 :]
    chance = np.clip(middle[: places[0], : places[1]], 0, None) + 1e-6
    return np.asarray(chance / chance.sum())


def sample_views(patches: Tensor, source: Generator) -> Tensor:
    """A view (N, 3, 32, 32) in [0, 1] of each patch (N, 3, 48, 48): turned, shifted, scaled, mirrored, recoloured."""
    grid = functional.affine_grid(_maps(len(patches), source), [len(patches), 3, VIEW, VIEW], align_corners=False)
    seen = functional.grid_sample(patches, grid, padding_mode="reflection", align_corners=False)
    return _recoloured(seen, source)


def _maps(count: int, source: Generator) -> Tensor:
    """Affine maps (count, 2, 3) from a view's places to its patch's, both in [−1, 1]."""
    angle, shift = _uniform(_TURN, source, count), _uniform(2 * _SHIFT, source, count, 2)
    scale = VIEW / PATCH * 2 ** _uniform(_SCALE, source, count)
    mirror = torch.randint(0, 2, (count,), generator=source) * 2 - 1
    across, along = scale * angle.cos(), scale * angle.sin()
    rows = (torch.stack([across * mirror, -along], 1), torch.stack([along * mirror, across], 1))
    return torch.cat([torch.stack(rows, 1), shift[..., None]], 2)


def _recoloured(views: Tensor, source: Generator) -> Tensor:
    """Another saturation, contrast, brightness and tint for each view."""
    count = len(views)
    saturation, contrast = (2 ** _uniform(most, source, count, 1, 1, 1) for most in (_SATURATION, _CONTRAST))
    light = _uniform(_BRIGHTNESS, source, count, 1, 1, 1) + _uniform(_TINT, source, count, 3, 1, 1)
    grey = views.mean(1, keepdim=True)
    coloured = grey + saturation * (views - grey)
    mean = coloured.mean((1, 2, 3), keepdim=True)
    return (mean + contrast * (coloured - mean) + light).clamp(0, 1)


def _uniform(most: float, source: Generator, *shape: int) -> Tensor:
    """Numbers drawn evenly between −most and most."""
    return (torch.rand(shape, generator=source) * 2 - 1) * most
