"""How often it works: many pictures, one ε after another, attack and random, with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.attack_studies.picture_sets import batch, distinct
from explorer.attacks.goals import AttackError, check_settings
from explorer.attacks.norms import quantize_batch, random_border
from explorer.attacks.passes import logits
from explorer.attacks.projected_gradient import attack_batch
from explorer.confidence_intervals import wilson, wilson_by_cluster
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network
from explorer.pictures.images import Image

_BATCH = 2  # so that the first results come soon


@dataclass(frozen=True)
class PictureResult:
    """One picture: its predicted label, and for each ε whether an attack, and how many random changes, alter that."""

    name: str
    label: str
    probability: float
    epsilons: tuple[float, ...]
    fooled: tuple[bool, ...]
    became: tuple[str, ...]  #: the label predicted for the attacked picture at each ε
    noise_fooled: tuple[int, ...]  #: how many of the `draws` random changes fool, at each ε
    draws: int

    @property
    def smallest(self) -> float | None:
        """The first ε that fools; None if none does."""
        return next((e for e, fooled in zip(self.epsilons, self.fooled, strict=True) if fooled), None)


@dataclass(frozen=True)
class Rate:
    """At one ε, how many pictures an attack fools and, by picture, how many of the `draws` random changes do."""

    epsilon: float
    fooled: int
    noise_by_picture: tuple[int, ...]
    draws: int

    @property
    def pictures(self) -> int:
        """How many pictures were attacked."""
        return len(self.noise_by_picture)

    @property
    def noise_fooled(self) -> int:
        """How many random changes fool, over all pictures."""
        return sum(self.noise_by_picture)

    @property
    def noises(self) -> int:
        """How many random changes there were, over all pictures."""
        return self.pictures * self.draws

    @property
    def share(self) -> float:
        """The attack success rate, 0 to 1."""
        return self.fooled / max(1, self.pictures)

    @property
    def noise_share(self) -> float:
        """The share of random changes that fool, 0 to 1."""
        return self.noise_fooled / max(1, self.noises)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the success rate, as if these pictures had been drawn at random from all."""
        return wilson(self.fooled, self.pictures)

    @property
    def noise_interval(self) -> tuple[float, float]:
        """The same for random changes, by picture: draws on one picture resemble each other."""
        return wilson_by_cluster(self.noise_by_picture, self.draws)


def success_rates(
    network: Network,
    images: Sequence[Image],
    *,
    norm: str,
    epsilons: Sequence[float],
    steps: int = 10,
    momentum: float = 0.0,
    draws: int = 4,
    seed: int = 0,
) -> Iterator[PictureResult]:
    """Attack each picture by PGD at every ε, away from its predicted class; judged on the rounded picture.

    ε goes up: a picture fooled within one ε is fooled within every larger one, so it isn't attacked again. Equal
    pictures count once. Raises AttackError.
    """
    sizes = tuple(sorted(epsilons))
    if not images or not sizes:
        raise AttackError("Choose at least one picture and one ε.")
    for epsilon in sizes:
        check_settings(norm, epsilon, steps)
    different = distinct(network, images)
    for first in range(0, len(different), _BATCH):
        yield from _results(network, different[first : first + _BATCH], norm, sizes, steps, momentum, draws, seed)


def _results(
    network: Network,
    images: list[Image],
    norm: str,
    epsilons: tuple[float, ...],
    steps: int,
    momentum: float,
    draws: int,
    seed: int,
) -> Iterator[PictureResult]:
    pictures = batch(network, images)
    clean = logits(network.module, pictures).softmax(1).cpu()
    shares, labels = clean.max(1)
    predicted = labels.clone()
    became, noise_fooled = [], []  # for each ε, one entry a picture
    for epsilon in epsilons:
        left = (predicted == labels).nonzero()[:, 0]
        if len(left) and epsilon:
            predicted[left] = _predicted_attacked(network, pictures[left], labels[left], norm, epsilon, steps, momentum)
        became.append(predicted.tolist())
        noise_fooled.append(_noise_fooled(network, pictures, labels, norm, epsilon, draws, seed))
    for place, (image, label) in enumerate(zip(images, labels.tolist(), strict=True)):
        classes = [predictions[place] for predictions in became]
        yield PictureResult(
            image.name, network.labels[label], float(shares[place]), epsilons,
            tuple(one != label for one in classes), tuple(network.labels[one] for one in classes),
            tuple(int(counts[place]) for counts in noise_fooled), draws,
        )  # fmt: skip


def _predicted_attacked(
    network: Network, pictures: Tensor, labels: Tensor, norm: str, epsilon: float, steps: int, momentum: float
) -> Tensor:
    """The classes (N,) predicted for the attacked and rounded pictures."""
    x = attack_batch(
        for_gradients(network), pictures, labels.to(pictures.device),
        norm=norm, epsilon=epsilon, steps=steps, momentum=momentum,
    )  # fmt: skip
    return logits(network.module, quantize_batch(x, pictures, norm, epsilon)).argmax(1).cpu()


def _noise_fooled(
    network: Network, pictures: Tensor, labels: Tensor, norm: str, epsilon: float, draws: int, seed: int
) -> Tensor:
    """For each picture, how many of `draws` random changes alter the predicted class: (N,)."""
    fooled = torch.zeros(len(pictures), dtype=torch.int64)
    for draw in range(draws):
        noisy = quantize_batch(random_border(pictures, norm, epsilon, seed + draw), pictures, norm, epsilon)
        fooled += logits(network.module, noisy).argmax(1).cpu() != labels
    return fooled


def rates(results: Sequence[PictureResult]) -> list[Rate]:
    """The results counted, one Rate for each ε."""
    if not results:
        return []
    return [
        Rate(
            epsilon, sum(r.fooled[place] for r in results),
            tuple(r.noise_fooled[place] for r in results), results[0].draws,
        )
        for place, epsilon in enumerate(results[0].epsilons)
    ]  # fmt: skip
