"""Random views of a picture: turned, scaled, shifted and a little noisy, all in one resampling.

What excites a unit in every view is no pattern of single pixels. Olah et al., Distill 2017 (transformation robustness).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Protocol

import torch
from torch import Generator, Tensor
from torch.nn import functional

from explorer.maximization.optimizers import falling


@dataclass(frozen=True)
class Views:
    """Drawn views, equally many of each picture: affine maps (N·V, 2, 3) from view to picture, noise (N·V, 3, S, S)."""

    maps: Tensor
    noise: Tensor

    def one(self, number: int) -> Views:
        """The one view of that number."""
        return Views(self.maps[number : number + 1], self.noise[number : number + 1])

    def of(self, pictures: Tensor) -> Tensor:
        """The views (N·V, 3, S, S) of pictures (N, 3, P, P), each picture's together, mirrored at the edges."""
        noise, maps = self.noise.to(pictures), self.maps.to(pictures)
        each = pictures.repeat_interleave(len(maps) // len(pictures), 0)
        grid = functional.affine_grid(maps, list(noise.shape), align_corners=False)
        views = functional.grid_sample(each, grid, "bilinear", "reflection", align_corners=False)
        return views + noise


class RandomTransform(Protocol):
    """A transform drawn anew for each view."""

    def draw(self, sources: Sequence[Generator], size: int, count: int = 1, done: float = 0.0) -> Views:
        """`count` views of size × size pixels from each source, on the CPU, after the share `done` of the ascent.

        A picture's draws don't depend on its batch.
        """
        ...


@dataclass(frozen=True)
class Transform:
    """How far views may differ from the picture; each is drawn evenly from these ranges, with its own noise."""

    angle_deg: float = 12.0
    smallest: float = 0.8  #: scale of what is in the picture
    largest: float = 1.15
    shift: float = 0.12  #: share of the picture's side
    noise: float = 0.04  #: standard deviation

    def draw(self, sources: Sequence[Generator], size: int, count: int = 1, done: float = 0.0) -> Views:
        return _drawn(sources, size, count, self._map, self.noise)

    def _map(self, source: Generator) -> Tensor:
        turn, zoom, down, right = torch.rand(4, generator=source).tolist()
        scale = self.smallest + (self.largest - self.smallest) * zoom
        # affine_grid counts from −1 to 1, so a side is 2 long
        shift = 2 * self.shift * (2 * right - 1), 2 * self.shift * (2 * down - 1)
        return _affine(self.angle_deg * (2 * turn - 1), 1 / scale, shift)


@dataclass(frozen=True)
class RandomResizedCrops:
    """Views that zoom in: windows of the picture, anywhere in it, turned a little, mirrored half the time.

    So the object, not only its texture, must be there at every scale. Fel et al. 2023 crop so, too (MACO, section 3.3);
    their crops keep to the middle. The noise falls over the ascent, so that the end is fine.
    """

    smallest: float = 0.45  #: side of a window, as a share of the picture's
    largest: float = 1.05
    angle_deg: float = 10.0
    noise: float = 0.07  #: standard deviation at the start
    last_noise: float = 0.01  #: and at the end

    def draw(self, sources: Sequence[Generator], size: int, count: int = 1, done: float = 0.0) -> Views:
        return _drawn(sources, size, count, self._map, falling(self.noise, self.last_noise, done))

    def _map(self, source: Generator) -> Tensor:
        turn, zoom, down, right, mirror = torch.rand(5, generator=source).tolist()
        side = self.smallest + (self.largest - self.smallest) * zoom
        room = abs(1 - side)  # either way, to the picture's edge or as far beyond it
        shift = room * (2 * right - 1), room * (2 * down - 1)
        seen = _affine(self.angle_deg * (2 * turn - 1), side, shift)
        return seen * torch.tensor([-1.0, 1.0, 1.0]) if mirror < 0.5 else seen


def _drawn(
    sources: Sequence[Generator], size: int, count: int, draw_map: Callable[[Generator], Tensor], noise: float
) -> Views:
    maps, grain = [], []
    for source in sources:
        maps += [draw_map(source) for _ in range(count)]
        grain += [noise * torch.randn(3, size, size, generator=source) for _ in range(count)]
    return Views(torch.stack(maps), torch.stack(grain))


def _affine(angle_deg: float, side: float, shift: tuple[float, float]) -> Tensor:
    """The map from a view to a window of the picture, whose sides go from −1 to 1."""
    angle = radians(angle_deg)
    c, s = cos(angle) * side, sin(angle) * side
    return torch.tensor([[c, s, shift[0]], [-s, c, shift[1]]])


def resized(pictures: Tensor, size: int) -> Tensor:
    """Pictures (N, 3, S, S) as (N, 3, size, size), untouched when they have that size; differentiable."""
    if pictures.shape[-1] == size:
        return pictures
    return functional.interpolate(pictures, (size, size), mode="bilinear", antialias=True)
