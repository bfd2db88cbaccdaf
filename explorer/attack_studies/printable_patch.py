"""A patch that makes any picture look like one class: made on half of the pictures, judged on the others.

As Brown et al. 2017: it is pasted at random places, turned, scaled and in other light while it is made. The control is
a photograph of the same size at the same places.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor
from torch.nn import functional

from explorer.attacks.goals import AttackError
from explorer.attacks.losses import towards
from explorer.attacks.projected_gradient import logits, loss_gradient
from explorer.confidence_intervals import wilson_by_cluster
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network, to_tensor
from explorer.pictures.crops import resize_crop
from explorer.pictures.images import Image

PLACES = 4  #: where each picture is judged
_TURN, _SCALE, _LIGHT = math.radians(20), 0.15, 0.15
_BATCH = 4
_STEP, _LAST = 0.08, 0.01  # of the range: the first and the last step


@dataclass(frozen=True, eq=False)
class PatchStep:
    """One step: the patch (side, side, 3) and, for each picture, at how many of PLACES places it makes the target.

    `seen` are pictures it was made on, `unseen` the others; `control` is a photograph at the places of
    `unseen`.
    """

    number: int
    patch: NDArray[np.uint8]
    seen: tuple[int, ...]
    unseen: tuple[int, ...]
    control: tuple[int, ...]
    example: Image  #: one of the unseen pictures, as the network gets it

    @property
    def interval(self) -> tuple[float, float]:
        """The share on other pictures, with 95 % confidence, by picture."""
        return wilson_by_cluster(self.unseen, PLACES)

    @property
    def control_interval(self) -> tuple[float, float]:
        """The same for the photograph at the same places."""
        return wilson_by_cluster(self.control, PLACES)


def printable_patch(
    network: Network, images: Sequence[Image], *, target: int, side: int, steps: int = 60, seed: int = 0
) -> Iterator[PatchStep]:
    """Signed steps down the target's loss on every second picture; judged at the start, every tenth step and the end.

    Equal pictures count once, and those that are the target already are left out. Raises AttackError.
    """
    different = list(dict.fromkeys(network.prepare(image) for image in images))
    pictures = torch.cat([network.tensor(image) for image in different]) if different else torch.zeros(0)
    if len(different) > 0:
        keep = logits(network.module, pictures).argmax(1) != target
        pictures = pictures[keep]
        different = [image for image, kept in zip(different, keep.tolist(), strict=True) if kept]
    if len(pictures) < 2:
        raise AttackError("A patch needs at least two different pictures that are not its class already.")
    if not 8 <= side <= network.input_size or steps < 1:
        raise AttackError(
            f"A patch has a side of 8 to {network.input_size} pixels and takes a step, not {side}, {steps}."
        )
    source = Generator().manual_seed(seed)
    photograph = to_tensor(resize_crop(different[0], side, side).pixels[None], network.device)
    patch = torch.full_like(photograph, 0.5)
    control = _judged(network, pictures[1::2], photograph, target, seed)
    learned = pictures[::2]
    for number in range(steps + 1):
        if number:
            some = learned[torch.randint(0, len(learned), (_BATCH,), generator=source)]
            size = _LAST + (_STEP - _LAST) * (1 + math.cos(math.pi * number / steps)) / 2
            patch = _stepped(network, some, patch, target, size, source)
        if number % 10 == 0 or number == steps:
            seen, unseen = (_judged(network, part, patch, target, seed) for part in (learned, pictures[1::2]))
            levels = (patch[0].permute(1, 2, 0) * 255).round().cpu().numpy().astype(np.uint8)
            yield PatchStep(number, levels, seen, unseen, control, different[1])


def _stepped(network: Network, some: Tensor, patch: Tensor, target: int, size: float, source: Generator) -> Tensor:
    drawn, module = [_drawn(source) for _ in some], for_gradients(network)

    def shown(one: Tensor) -> Tensor:
        scores: Tensor = module(pasted(some, one, drawn))
        return scores

    classes = torch.full((len(some),), target, device=some.device)
    _, gradient = loss_gradient(shown, patch, towards(classes))
    return (patch + size * gradient.sign()).clamp(0, 1)


def _judged(network: Network, pictures: Tensor, patch: Tensor, target: int, seed: int) -> tuple[int, ...]:
    """For each picture, at how many of PLACES places, always the same, the patch in 8 bits makes the target."""
    source = Generator().manual_seed(seed + 1)
    printed = (patch * 255).round() / 255
    hits = torch.zeros(len(pictures), dtype=torch.int64)
    for _ in range(PLACES):
        drawn = [_drawn(source) for _ in pictures]
        for first in range(0, len(pictures), _BATCH):
            some = slice(first, first + _BATCH)
            hits[some] += logits(network.module, pasted(pictures[some], printed, drawn[some])).argmax(1).cpu() == target
    return tuple(hits.tolist())


Placing = tuple[float, float, float, float, float]  # down and right (−1 to 1 of what is possible), turn, scale, light


def _drawn(source: Generator) -> Placing:
    down, right, turn, scale, light = (2 * torch.rand(5, generator=source) - 1).tolist()
    return down, right, _TURN * turn, 1 + _SCALE * scale, 1 + _LIGHT * light


def pasted(pictures: Tensor, patch: Tensor, drawn: Sequence[Placing]) -> Tensor:
    """Pictures (N, 3, S, S) with the patch (1, 3, s, s) on each, as drawn for it; gradients pass to the patch."""
    count, _, side, _ = pictures.shape
    share = patch.shape[-1] / side
    rows = []
    for down, right, turn, scale, _ in drawn:
        reach = max(0.0, 1 - share * scale * (abs(math.cos(turn)) + abs(math.sin(turn))))  # so that all of it is inside
        cos, sin = math.cos(turn) / (share * scale), math.sin(turn) / (share * scale)
        x, y = right * reach, down * reach
        rows.append([[cos, sin, -cos * x - sin * y], [-sin, cos, sin * x - cos * y]])
    theta = torch.tensor(rows, dtype=pictures.dtype, device=pictures.device)
    grid = functional.affine_grid(theta, [count, 3, side, side], align_corners=False)
    light = torch.tensor([one[4] for one in drawn], device=pictures.device).view(-1, 1, 1, 1)
    shown = functional.grid_sample((patch * light).clamp(0, 1), grid, padding_mode="border", align_corners=False)
    inside = (grid.abs() <= 1).all(-1)[:, None].to(pictures)
    return pictures * (1 - inside) + shown * inside
