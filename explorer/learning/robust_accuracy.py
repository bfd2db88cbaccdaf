"""How robust small models are: the worst changes that attacks find, beside noise of the same size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Generator, Tensor, nn

from explorer.compute import compute_slot
from explorer.confidence_intervals import wilson
from explorer.learning.digits import Digits
from explorer.learning.perturbations import even, noisy, perturb

EPSILONS = tuple(np.linspace(0, 0.3, 13).round(3).tolist())  #: of a curve
_STEPS, _RESTARTS = 40, 3  # of the attacks that judge
_QUICK_STEPS = 10


@dataclass(frozen=True)
class Accuracy:
    """How many of `total` digits were read right, with Wilson's 95 % interval (1927)."""

    right: int
    total: int

    @property
    def value(self) -> float:
        """The accuracy, 0 to 1."""
        return self.right / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of it."""
        return wilson(self.right, self.total)


@dataclass(frozen=True)
class RobustnessPoint:
    """At one ε: what remains right under attack, and under noise of the same size, by way of training.

    `exact` holds the true share, for models of which it can be computed (`exactly_robust`): attacks can only exceed it.
    """

    epsilon: float
    attacked: Mapping[str, Accuracy]
    noisy: Mapping[str, Accuracy]
    exact: Mapping[str, Accuracy]


def right(model: nn.Module, digits: Digits, pictures: Tensor) -> Tensor:
    """Which of these pictures of the digits the model reads right: (N,) of bool."""
    with torch.inference_mode():
        found: Tensor = model(pictures).argmax(1) == digits.labels
    return found


def is_robust(model: nn.Module, digits: Digits, epsilon: float, *, seed: int = 0) -> Tensor:
    """Which digits (N,) the model reads right as they are and under every attack tried on them.

    From the picture the cross-entropy is climbed and the margin of the likeliest other class; then, from three random
    starts each, the cross-entropy and the margin of every other class (multi-targeted: Gowal et al. 2019): with ten
    classes 32 attacks of 40 steps. What none has fooled is not thereby safe: it is an upper bound of the true
    robustness.
    """
    stands = right(model, digits, digits.pictures).clone()
    source, others = Generator().manual_seed(seed), _classes(model, digits) - 1
    attack = partial(_attack, model, digits, stands, epsilon, _STEPS)
    attack(digits.pictures)
    attack(digits.pictures, range(1))  # fells most: fewer for what follows
    for _ in range(_RESTARTS):
        start = (digits.pictures + epsilon * even(digits.pictures, source)).clamp(0, 1)
        attack(start)
        attack(start, range(others))
    return stands


def is_robust_to_one_attack(model: nn.Module, digits: Digits, epsilon: float) -> Tensor:
    """As `is_robust`, by one attack of 10 steps from the picture: for looking on while a model learns."""
    stands = right(model, digits, digits.pictures).clone()
    _attack(model, digits, stands, epsilon, _QUICK_STEPS, digits.pictures)
    return stands


def _attack(
    model: nn.Module, digits: Digits, stands: Tensor, epsilon: float, steps: int, start: Tensor,
    ranks: range = range(0),
) -> None:  # fmt: skip
    """Attack those who stand, at once towards the classes at `ranks` among the others; who falls no longer stands."""
    left = stands.nonzero()[:, 0]
    if not len(left):
        return
    part = digits.at(left)
    with compute_slot(len(left)):
        targets = _others(model, part)[:, ranks.start : ranks.stop].T.flatten() if ranks else None
        times = max(1, len(ranks))
        many, begun = digits.at(left.repeat(times)), start[left].repeat(times, 1, 1, 1)
        found = perturb(model, many.pictures, many.labels, epsilon, steps=steps, start=begun, targets=targets)
        stands[left] = right(model, many, found).view(-1, len(left)).all(0)


def exactly_robust(model: nn.Module, digits: Digits, epsilon: float) -> Tensor | None:
    """Which digits (N,) a linear model reads right whatever is changed by at most ε within [0, 1]; None for others.

    Each pixel goes to the worst end of [max(0, x − ε), min(1, x + ε)] for each pair of classes: of the margin
    (w_y − w_j) · x + b_y − b_j over all j ≠ y the least decides. Without the box it is the margin less ε‖w_y − w_j‖₁
    (Goodfellow et al. 2015, section 5), which says less than is true.
    """
    layer = _only_layer(model)
    if layer is None:
        return None
    x, w, b = digits.pictures.flatten(1), layer.weight.detach(), layer.bias.detach()
    away = w[digits.labels][:, None] - w[None]  # (N, classes, pixels)
    worst = torch.where(away > 0, (x - epsilon).clamp(min=0)[:, None], (x + epsilon).clamp(max=1)[:, None])
    margins = (away * worst).sum(2) + b[digits.labels][:, None] - b[None]
    margins = margins.scatter(1, digits.labels[:, None], torch.inf)
    robust: Tensor = margins.amin(1) > 0
    return robust


def _only_layer(model: nn.Module) -> nn.Linear | None:
    parts = [part for part in model.modules() if not isinstance(part, nn.Sequential | nn.Flatten)]
    return parts[0] if len(parts) == 1 and isinstance(parts[0], nn.Linear) else None


def _classes(model: nn.Module, digits: Digits) -> int:
    with torch.inference_mode():
        return int(model(digits.pictures[:1]).shape[1])


def _others(model: nn.Module, digits: Digits) -> Tensor:
    """The classes that are not the label, the likeliest first: (N, 9)."""
    with torch.no_grad():
        logits = model(digits.pictures).scatter(1, digits.labels[:, None], -torch.inf)
    return logits.argsort(1, descending=True)[:, :-1]


def robust_accuracies(
    models: Mapping[str, nn.Module], digits: Digits, *, epsilons: Sequence[float] = EPSILONS, seed: int = 0
) -> Iterator[RobustnessPoint]:
    """What each model reads right at every ε, from the largest down.

    What stays right at one ε does at every smaller one, so it isn't attacked again: the curves never rise with ε.
    """
    safe = {way: torch.zeros(len(digits.labels), dtype=torch.bool, device=digits.labels.device) for way in models}
    for epsilon in sorted(set(epsilons), reverse=True):
        pictures = noisy(digits.pictures, epsilon, Generator().manual_seed(seed))
        noise = {way: accuracy_of(right(model, digits, pictures)) for way, model in models.items()}
        for way, model in models.items():
            left = (~safe[way]).nonzero()[:, 0]
            safe[way][left] = is_robust(model, digits.at(left), epsilon, seed=seed)
        exact = {way: exactly_robust(model, digits, epsilon) for way, model in models.items()}
        yield RobustnessPoint(
            epsilon, {way: accuracy_of(stands) for way, stands in safe.items()}, noise,
            {way: accuracy_of(stands) for way, stands in exact.items() if stands is not None},
        )  # fmt: skip


def accuracy_of(found: Tensor) -> Accuracy:
    """The accuracy from (N,) of bool: which digits were read right."""
    return Accuracy(int(found.sum()), len(found))


def perturbed_digits(model: nn.Module, digits: Digits, epsilon: float) -> Tensor:
    """The digits (N, 1, 8, 8) as an attack from them leaves them."""
    return perturb(model, digits.pictures, digits.labels, epsilon, steps=_STEPS)


def noisy_digits(_model: nn.Module, digits: Digits, epsilon: float, *, seed: int = 0) -> Tensor:
    """The same digits with noise of that size: the control."""
    return noisy(digits.pictures, epsilon, Generator().manual_seed(seed))
