"""A patch pasted into pictures at random places, turned, scaled and in other light (as Brown et al. 2017)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Generator, Tensor
from torch.nn import functional

_TURN, _SCALE, _LIGHT = math.radians(20), 0.15, 0.15  # how far placements go from the patch as it is

Placement = tuple[float, float, float, float, float]
#: down and right (−1 to 1 of what is possible), turn in radians, scale, light (factors)


def random_placement(source: Generator) -> Placement:
    """Anywhere inside, turned by up to 20°, up to 15 % larger or smaller, in light up to 15 % brighter or darker."""
    down, right, turn, scale, light = (2 * torch.rand(5, generator=source) - 1).tolist()
    return down, right, _TURN * turn, 1 + _SCALE * scale, 1 + _LIGHT * light


def paste(pictures: Tensor, patch: Tensor, placements: Sequence[Placement]) -> Tensor:
    """Pictures (N, 3, S, S) with the patch (1, 3, s, s) on each, placed as said for it; gradients pass to the patch."""
    count, _, side, _ = pictures.shape
    theta = torch.tensor(
        [_sampling_matrix(one, patch.shape[-1] / side) for one in placements],
        dtype=pictures.dtype, device=pictures.device,
    )  # fmt: skip
    grid = functional.affine_grid(theta, [count, 3, side, side], align_corners=False)
    light = torch.tensor([one[4] for one in placements], device=pictures.device).view(-1, 1, 1, 1)
    shown = functional.grid_sample((patch * light).clamp(0, 1), grid, padding_mode="border", align_corners=False)
    inside = (grid.abs() <= 1).all(-1)[:, None].to(pictures)
    return pictures * (1 - inside) + shown * inside


def _sampling_matrix(placement: Placement, share: float) -> list[list[float]]:
    """The affine map (2 × 3) from the picture to a patch that lies inside it, its side that share of the picture's."""
    down, right, turn, scale, _ = placement
    reach = max(0.0, 1 - share * scale * (abs(math.cos(turn)) + abs(math.sin(turn))))
    cos, sin = math.cos(turn) / (share * scale), math.sin(turn) / (share * scale)
    x, y = right * reach, down * reach
    return [[cos, sin, -cos * x - sin * y], [-sin, cos, sin * x - cos * y]]
