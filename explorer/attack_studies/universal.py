"""One change for all pictures: learned from half of them, judged on the other half (Moosavi-Dezfooli et al. 2017)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.attack_studies.picture_sets import batch, distinct, split
from explorer.attacks.goals import AttackError, check_settings
from explorer.attacks.gradient_steps import gradient_steps, points
from explorer.attacks.losses import away_from
from explorer.attacks.norms import whole_levels
from explorer.attacks.passes import logits, loss_gradient
from explorer.confidence_intervals import wilson, wilson_by_cluster
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network
from explorer.pictures.images import Image

NOISES = 5  #: random changes for each picture
_BATCH = 4
_SHARE = 0.2  # of ε: how far a step goes


@dataclass(frozen=True, eq=False)
class UniversalPerturbation:
    """The change (S, S, 3) in whole 8-bit levels after `number` steps, and how many pictures it fools, of how many."""

    number: int
    change: NDArray[np.int16]
    seen: tuple[int, int]  #: fooled and all, of the pictures it was learned from
    unseen: tuple[int, int]  #: of the held-out ones
    noise: tuple[int, ...]  #: the control: for each unseen picture, how many of NOISES random changes of ±ε fool it

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share of pictures that it fools, by the held-out ones."""
        return wilson(*self.unseen)

    @property
    def noise_interval(self) -> tuple[float, float]:
        """The same for random changes of ±ε, by picture."""
        return wilson_by_cluster(self.noise, NOISES)


def universal_perturbation(
    network: Network, images: Sequence[Image], *, epsilon: float, steps: int = 10, seed: int = 0
) -> Iterator[UniversalPerturbation]:
    """Signed steps with one L∞ change for every second picture at once, away from the class predicted for each.

    `epsilon` is in pixel units. A picture counts as fooled when its predicted class changes. Equal pictures count once.
    Raises AttackError for fewer than two different pictures.
    """
    check_settings("linf", epsilon, steps)
    different = distinct(network, images)
    if len(different) < 2:
        raise AttackError(f"One change for all pictures needs at least two different ones, not {len(different)}.")
    pictures = batch(network, different)
    classes = _predicted(network, pictures)
    (learned, held_out), (their_classes, held_out_classes) = split(pictures), split(classes)
    budget = whole_levels(epsilon)
    noise = _fooled_by_noise(network, held_out, held_out_classes, budget, seed)

    def update(change: Tensor, gradient: Tensor, _number: int) -> Tensor:
        return (change + _SHARE * epsilon * gradient.sign()).clamp(-epsilon, epsilon)

    gradient_at = partial(_summed_gradient, network, learned, their_classes)
    walk = gradient_steps(gradient_at, torch.zeros_like(pictures[:1]), update, steps=steps)
    for number, change in enumerate(points(walk)):
        levels = (change * 255).round().clamp(-budget, budget)
        seen, unseen = split(_fooled(network, pictures, classes, levels / 255))
        yield UniversalPerturbation(
            number, levels[0].permute(1, 2, 0).cpu().numpy().astype(np.int16), _count(seen), _count(unseen), noise
        )


def _summed_gradient(network: Network, pictures: Tensor, classes: Tensor, change: Tensor) -> tuple[Tensor, Tensor]:
    """The logits with the change, and the sum of all pictures' gradients, each over its L2 norm: (1, 3, S, S)."""
    scores, total = [], torch.zeros_like(change)
    for some, their_classes in zip(pictures.split(_BATCH), classes.split(_BATCH), strict=True):
        some_scores, gradient = loss_gradient(
            for_gradients(network), (some + change).clamp(0, 1), away_from(their_classes)
        )
        sizes = gradient.flatten(1).norm(dim=1).clamp(min=1e-12).view(-1, 1, 1, 1)
        total += (gradient / sizes).sum(0, keepdim=True)
        scores.append(some_scores)
    return torch.cat(scores), total


def _fooled_by_noise(network: Network, pictures: Tensor, classes: Tensor, budget: int, seed: int) -> tuple[int, ...]:
    """For each picture, how many of NOISES random changes, each value `budget` levels up or down, fool the network."""
    coin, fooled = torch.Generator().manual_seed(seed), torch.zeros(len(pictures), dtype=torch.int64)
    for _ in range(NOISES):
        noise = budget * (torch.randint(0, 2, pictures[:1].shape, generator=coin) * 2 - 1).to(pictures)
        fooled += _fooled(network, pictures, classes, noise / 255).cpu()
    return tuple(fooled.tolist())


def _fooled(network: Network, pictures: Tensor, classes: Tensor, change: Tensor) -> Tensor:
    return _predicted(network, (pictures + change).clamp(0, 1)) != classes


def _predicted(network: Network, pictures: Tensor) -> Tensor:
    return torch.cat([logits(network.module, some).argmax(1) for some in pictures.split(_BATCH)])


def _count(fooled: Tensor) -> tuple[int, int]:
    return int(fooled.sum()), len(fooled)
