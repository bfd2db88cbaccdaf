"""Random views of a picture: turned, scaled, shifted and a little noisy, all in one resampling.

What excites a unit in every view is no pattern of single pixels. Olah et al., Distill 2017 (transformation robustness).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin

import torch
from torch import Generator, Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Views:
    """One drawn view per picture: the affine maps (N, 2, 3) from view to picture, and noise (N, 3, V, V)."""

    maps: Tensor
    noise: Tensor

    def one(self, number: int) -> Views:
        """The view of one picture of the batch."""
        return Views(self.maps[number : number + 1], self.noise[number : number + 1])

    def of(self, pictures: Tensor) -> Tensor:
        """The views (N, 3, V, V) of pictures (N, 3, S, S), mirrored at the edges; differentiable."""
        noise, maps = self.noise.to(pictures), self.maps.to(pictures)
        grid = functional.affine_grid(maps, list(noise.shape), align_corners=False)
        views = functional.grid_sample(pictures, grid, "bilinear", "reflection", align_corners=False)
        return views + noise


@dataclass(frozen=True)
class Transform:
    """How far views may differ from the picture; each is drawn evenly from these ranges, with its own noise."""

    angle_deg: float = 12.0
    smallest: float = 0.8  #: scale of what is in the picture
    largest: float = 1.15
    shift: float = 0.12  #: share of the picture's side
    noise: float = 0.04  #: standard deviation

    def draw(self, sources: Sequence[Generator], size: int) -> Views:
        """One view of size × size pixels from each source, on the CPU: a picture's draws don't depend on its batch."""
        maps = torch.stack([self._map(source) for source in sources])
        noise = [self.noise * torch.randn(3, size, size, generator=source) for source in sources]
        return Views(maps, torch.stack(noise))

    def _map(self, source: Generator) -> Tensor:
        turn, zoom, down, right = torch.rand(4, generator=source).tolist()
        angle = radians(self.angle_deg) * (2 * turn - 1)
        scale = self.smallest + (self.largest - self.smallest) * zoom
        c, s = cos(angle) / scale, sin(angle) / scale
        # affine_grid counts from −1 to 1, so a side is 2 long
        x, y = 2 * self.shift * (2 * right - 1), 2 * self.shift * (2 * down - 1)
        return torch.tensor([[c, s, x], [-s, c, y]])


def resized(pictures: Tensor, size: int) -> Tensor:
    """Pictures (N, 3, S, S) as (N, 3, size, size), untouched when they have that size; differentiable."""
    if pictures.shape[-1] == size:
        return pictures
    return functional.interpolate(pictures, (size, size), mode="bilinear", antialias=True)
