"""One change for all pictures: climbed on half of them, judged by the other half (Moosavi-Dezfooli et al. 2017)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.attacks.goals import AttackError, check
from explorer.attacks.losses import away_from
from explorer.attacks.projected_gradient import logits, loss_gradient
from explorer.confidence_intervals import wilson, wilson_by_cluster
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network
from explorer.pictures.images import Image

NOISES = 5  #: random changes for each picture
_BATCH = 4
_SHARE = 0.2  # of ε: how far a step goes


@dataclass(frozen=True, eq=False)
class UniversalStep:
    """One step: the change (S, S, 3) in whole 8-bit levels, and how many pictures it fools, of how many."""

    number: int
    change: NDArray[np.int16]
    seen: tuple[int, int]  #: fooled and all, of the pictures it was climbed on
    unseen: tuple[int, int]  #: of those it wasn't
    noise: tuple[int, ...]  #: the control: for each unseen picture, how many of NOISES random changes of ±ε fool it

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share of pictures it fools lies with 95 % confidence, by those it wasn't climbed on."""
        return wilson(*self.unseen)

    @property
    def noise_interval(self) -> tuple[float, float]:
        """The same for random changes of ±ε, by picture."""
        return wilson_by_cluster(self.noise, NOISES)


def universal(
    network: Network, images: Sequence[Image], *, epsilon: float, steps: int = 10, seed: int = 0
) -> Iterator[UniversalStep]:
    """Climb one L∞ change for every second of the pictures at once, away from what the network says of each.

    A picture counts as fooled when the network's word for it changes. Equal pictures count once, so none is on both
    sides. Raises AttackError for fewer than two different pictures.
    """
    check("linf", epsilon, steps)
    different = list(dict.fromkeys(network.prepare(image) for image in images))
    if len(different) < 2:
        raise AttackError(f"One change for all pictures needs at least two different ones, not {len(different)}.")
    pictures = torch.cat([network.tensor(image) for image in different])
    classes = _said(network, pictures)
    budget = int(np.floor(255 * epsilon * (1 + 1e-6)))
    by_noise = _by_noise(network, pictures[1::2], classes[1::2], budget, seed)
    change = torch.zeros_like(pictures[:1])
    for number in range(steps + 1):
        if number:
            change = _stepped(network, pictures[::2], classes[::2], change, epsilon)
        whole = (change * 255).round().clamp(-budget, budget)
        fooled = _fooled(network, pictures, classes, whole / 255)
        yield UniversalStep(
            number, whole[0].permute(1, 2, 0).cpu().numpy().astype(np.int16),
            _count(fooled[::2]), _count(fooled[1::2]), by_noise,
        )  # fmt: skip


def _by_noise(network: Network, pictures: Tensor, classes: Tensor, budget: int, seed: int) -> tuple[int, ...]:
    """For each picture, how many of NOISES random changes, each value `budget` levels up or down, change the word."""
    coin, fooled = torch.Generator().manual_seed(seed), torch.zeros(len(pictures), dtype=torch.int64)
    for _ in range(NOISES):
        noise = budget * (torch.randint(0, 2, pictures[:1].shape, generator=coin) * 2 - 1).to(pictures)
        fooled += _fooled(network, pictures, classes, noise / 255).cpu()
    return tuple(fooled.tolist())


def _stepped(network: Network, pictures: Tensor, classes: Tensor, change: Tensor, epsilon: float) -> Tensor:
    """One signed step along the sum of all pictures' normalized gradients."""
    uphill = torch.zeros_like(change)
    for some, said in zip(pictures.split(_BATCH), classes.split(_BATCH), strict=True):
        _, gradient = loss_gradient(for_gradients(network), (some + change).clamp(0, 1), away_from(said))
        sizes = gradient.flatten(1).norm(dim=1).clamp(min=1e-12).view(-1, 1, 1, 1)
        uphill += (gradient / sizes).sum(0, keepdim=True)
    return (change + _SHARE * epsilon * uphill.sign()).clamp(-epsilon, epsilon)


def _fooled(network: Network, pictures: Tensor, classes: Tensor, change: Tensor) -> Tensor:
    return _said(network, (pictures + change).clamp(0, 1)) != classes


def _said(network: Network, pictures: Tensor) -> Tensor:
    return torch.cat([logits(network.module, some).argmax(1) for some in pictures.split(_BATCH)])


def _count(fooled: Tensor) -> tuple[int, int]:
    return int(fooled.sum()), len(fooled)
