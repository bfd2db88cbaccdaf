"""Digits shifted, turned, skewed, darkened and flipped: what a picture may undergo and still be the same digit."""

from __future__ import annotations

from collections.abc import Collection

import torch
from torch import Generator, Tensor
from torch.nn import functional

# The most by which a digit of 8 × 8 pixels is changed, in either direction.
_SHIFT, _TURN, _SKEW, _DARKEN = 2.0, 0.7, 0.6, 0.7  # pixels, radians, pixels across for each down, share of the ink


def augment(pictures: Tensor, strength: float, changes: Collection[str], source: Generator) -> Tensor:
    """The pictures (N, 1, 8, 8), each changed at random by at most `strength`, 0 to 1, of the most that is done.

    `changes`: any of "shift" (2 pixels each way), "turn" (40°), "skew" (0.6 pixels across for each down), "darken" (ink
    fades to 30 %) and "flip" (left for right, every second one). What comes in from outside is paper.
    """
    count = len(pictures)

    def uniform(name: str, most: float) -> Tensor:
        shares = 2 * torch.rand(count, generator=source) - 1
        return most * strength * shares * (name in changes)

    across, down = uniform("shift", _SHIFT), uniform("shift", _SHIFT)
    turn, skew = uniform("turn", _TURN), uniform("skew", _SKEW)
    mirrored = (torch.rand(count, generator=source) < 0.5) & ("flip" in changes)
    ink = 1 - uniform("darken", _DARKEN).abs()
    side = 1 - 2 * mirrored.float()
    rows = (
        torch.stack([side * turn.cos(), side * (skew - turn.sin()), across / 4], 1),
        torch.stack([turn.sin(), turn.cos(), down / 4], 1),
    )
    matrix = torch.stack(rows, 1)
    grid = functional.affine_grid(matrix, list(pictures.shape), align_corners=False)
    moved = functional.grid_sample(pictures, grid, padding_mode="zeros", align_corners=False)
    return moved * ink.view(-1, 1, 1, 1)
