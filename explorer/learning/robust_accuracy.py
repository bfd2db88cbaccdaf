"""How robust small models are: the worst changes that attacks find, beside noise of the same size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Generator, Tensor, nn

from explorer.attacks.projected_gradient import Loss, away_from, bare_loss_gradient, projected_gradient
from explorer.compute import compute_slot
from explorer.learning.digits import Digits
from explorer.statistics import wilson

EPSILONS = tuple(np.linspace(0, 0.3, 13).round(3).tolist())  #: of a curve
_JUDGE_STEPS = 20  # of each attack that judges
_TARGETS = 3  # of the margin attacks


@dataclass(frozen=True)
class Share:
    """How many of `total` digits were read right, with Wilson's 95 % interval (1927)."""

    right: int
    total: int

    @property
    def value(self) -> float:
        return self.right / self.total

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.right, self.total)


@dataclass(frozen=True)
class Point:
    """At one ε: what remains right under attack, and under noise of the same size, by way of training."""

    epsilon: float
    attacked: Mapping[str, Share]
    noisy: Mapping[str, Share]


def perturb(
    model: nn.Module,
    pictures: Tensor,
    labels: Tensor,
    epsilon: float,
    *,
    steps: int,
    start: Tensor | None = None,
    targets: Tensor | None = None,
) -> Tensor:
    """Projected gradient ascent for every picture at once, within ε (L∞) and [0, 1], from `start`.

    It climbs the label's cross-entropy or, with `targets` (N,), the target's logit less the label's. Steps of
    2.5 ε / `steps` (Madry et al. 2018). The model must treat each picture by itself, as in eval mode.
    """
    loss = away_from(labels) if targets is None else margin(labels, targets)
    loop = projected_gradient(
        partial(bare_loss_gradient, model, loss=loss), pictures,
        norm="linf", epsilon=epsilon, steps=steps, step_size=2.5 * epsilon / steps, start=start,
    )  # fmt: skip
    *_, last = loop
    return last.moved


def margin(labels: Tensor, targets: Tensor) -> Loss:
    """How far each picture's target's logit is above its label's, (N,)."""
    return lambda scores: (scores.gather(1, targets[:, None]) - scores.gather(1, labels[:, None]))[:, 0]


def noisy(pictures: Tensor, epsilon: float, source: Generator) -> Tensor:
    """The control: every pixel ε up or down by a coin's toss, within [0, 1]."""
    return (pictures + epsilon * even(pictures, source).sign()).clamp(0, 1)


def even(like: Tensor, source: Generator) -> Tensor:
    """Numbers drawn evenly from −1 to 1."""
    return (torch.rand(like.shape, generator=source) * 2 - 1).to(like.device)


def right(model: nn.Module, digits: Digits, pictures: Tensor) -> Tensor:
    """Which of these pictures of the digits the model reads right: (N,) of bool."""
    with torch.inference_mode():
        found: Tensor = model(pictures).argmax(1) == digits.labels
    return found


def withstands(model: nn.Module, digits: Digits, epsilon: float, *, steps: int = _JUDGE_STEPS, seed: int = 0) -> Tensor:
    """Which digits (N,) the model reads right as they are and under every attack tried on them.

    From the picture and from a random start the cross-entropy is climbed; then, from the picture, the margin of each
    of the three classes nearest to the label (multi-targeted: Gowal et al. 2019). What no attack has fooled is not
    thereby safe: it is an upper bound of the true robustness.
    """
    stands = right(model, digits, digits.pictures).clone()
    random = (digits.pictures + epsilon * even(digits.pictures, Generator().manual_seed(seed))).clamp(0, 1)
    for start, target in ((digits.pictures, None), (random, None), *((digits.pictures, n) for n in range(_TARGETS))):
        left = stands.nonzero()[:, 0]  # who has fallen is not attacked again
        part = digits.at(left)
        with compute_slot(len(part.labels)):
            targets = None if target is None else _others(model, part)[:, target]
            found = perturb(
                model, part.pictures, part.labels, epsilon, steps=steps, start=start[left], targets=targets
            )  # fmt: skip
            stands[left] = right(model, part, found)
    return stands


def _others(model: nn.Module, digits: Digits) -> Tensor:
    """The classes that are not the label, the likeliest first: (N, 9)."""
    with torch.no_grad():
        logits = model(digits.pictures).scatter(1, digits.labels[:, None], -torch.inf)
    return logits.argsort(1, descending=True)[:, :-1]


def robustness(models: Mapping[str, nn.Module], digits: Digits, *, seed: int = 0) -> Iterator[Point]:
    """What each model reads right at every ε of EPSILONS, from 0 up.

    A digit fooled within a smaller ε is fooled within a larger one too, so the curves never rise.
    """
    standing = {way: torch.arange(len(digits.labels), device=digits.labels.device) for way in models}
    for epsilon in EPSILONS:
        pictures = noisy(digits.pictures, epsilon, Generator().manual_seed(seed))
        noise = {way: share_of(right(model, digits, pictures)) for way, model in models.items()}
        for way, model in models.items():
            left = standing[way]
            standing[way] = left[withstands(model, digits.at(left), epsilon, seed=seed)]
        total = len(digits.labels)
        yield Point(epsilon, {way: Share(len(left), total) for way, left in standing.items()}, noise)


def share_of(found: Tensor) -> Share:
    return Share(int(found.sum()), len(found))


def perturbed_digits(model: nn.Module, digits: Digits, epsilon: float) -> Tensor:
    """The digits (N, 1, 8, 8) as an attack from them leaves them."""
    return perturb(model, digits.pictures, digits.labels, epsilon, steps=_JUDGE_STEPS)


def noisy_digits(_model: nn.Module, digits: Digits, epsilon: float, *, seed: int = 0) -> Tensor:
    """The same digits with noise of that size: the control."""
    return noisy(digits.pictures, epsilon, Generator().manual_seed(seed))
