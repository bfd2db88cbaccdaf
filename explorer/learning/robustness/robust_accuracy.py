"""How robust small models are: their accuracy under the worst changes that attacks find, beside noise as large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Generator, Tensor, nn

from explorer.compute import compute_slot
from explorer.confidence_intervals import wilson
from explorer.learning.datasets.digits import Digits
from explorer.learning.robustness.perturbations import even, noisy, perturb

EPSILONS = tuple(np.linspace(0, 0.3, 13).round(3).tolist())  #: of a curve
_STEPS, _RESTARTS = 40, 3  # of the attacks by which robustness is judged
_QUICK_STEPS = 10


@dataclass(frozen=True)
class Accuracy:
    """How many of `total` digits are classified correctly, with Wilson's 95 % interval (1927)."""

    correct: int
    total: int

    @property
    def value(self) -> float:
        """The accuracy, 0 to 1."""
        return self.correct / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of it."""
        return wilson(self.correct, self.total)


@dataclass(frozen=True)
class RobustnessPoint:
    """At one ε: the accuracies under attack and under noise of the same size, by way of training.

    `exact` holds the true ones, for models of which they can be computed (`exactly_robust`): under attack an accuracy
    can only be higher, since an attack may miss the worst change.
    """

    epsilon: float
    attacked: Mapping[str, Accuracy]
    noisy: Mapping[str, Accuracy]
    exact: Mapping[str, Accuracy]


def is_correct(model: nn.Module, digits: Digits, pictures: Tensor) -> Tensor:
    """Which of these pictures (N, 1, 8, 8) of the digits the model classifies correctly: (N,) of bool."""
    with torch.inference_mode():
        correct: Tensor = model(pictures).argmax(1) == digits.labels
    return correct


def is_robust(model: nn.Module, digits: Digits, epsilon: float, *, seed: int = 0) -> Tensor:
    """Which digits (N,) the model classifies correctly as they are and under every attack tried on them.

    The attacks raise the cross-entropy and the margin of the likeliest other class, from the picture itself; then, from
    three random starts each, the cross-entropy and the margin of every other class (multi-targeted: Gowal et al. 2019):
    with ten classes 32 attacks of 40 steps. A digit that none has fooled may still be fooled by another: this is an
    upper bound of the true robustness.
    """
    robust = is_correct(model, digits, digits.pictures)
    source, others = Generator().manual_seed(seed), _class_count(model, digits) - 1
    attack = partial(_still_correct, model, digits, epsilon, _STEPS)
    robust = attack(robust, digits.pictures)
    robust = attack(robust, digits.pictures, range(1))  # fools most, which leaves fewer to the slower attacks
    for _ in range(_RESTARTS):
        start = (digits.pictures + epsilon * even(digits.pictures, source)).clamp(0, 1)
        robust = attack(robust, start)
        robust = attack(robust, start, range(others))
    return robust


def is_robust_to_one_attack(model: nn.Module, digits: Digits, epsilon: float) -> Tensor:
    """As `is_robust`, by one attack of 10 steps from the picture: quick enough to look on while a model learns."""
    correct = is_correct(model, digits, digits.pictures)
    return _still_correct(model, digits, epsilon, _QUICK_STEPS, correct, digits.pictures)


def _still_correct(
    model: nn.Module, digits: Digits, epsilon: float, steps: int, correct: Tensor, start: Tensor,
    ranks: range = range(0),
) -> Tensor:  # fmt: skip
    """Which of the `correct` digits (N,) an attack leaves so.

    It raises the label's cross-entropy or, with `ranks`, the margin of each of the other classes at these ranks, the
    likeliest first, in one batch.
    """
    left = correct.nonzero()[:, 0]
    if not len(left):
        return correct
    still = correct.clone()
    with compute_slot(len(left)):
        targets = _others(model, digits.at(left))[:, ranks.start : ranks.stop].T.flatten() if ranks else None
        times = max(1, len(ranks))
        many, starts = digits.at(left.repeat(times)), start[left].repeat(times, 1, 1, 1)
        found = perturb(model, many.pictures, many.labels, epsilon, steps=steps, start=starts, targets=targets)
        still[left] = is_correct(model, many, found).view(-1, len(left)).all(0)
    return still


def exactly_robust(model: nn.Module, digits: Digits, epsilon: float) -> Tensor | None:
    """Which digits (N,) a linear model classifies correctly whatever changes by at most ε within [0, 1]; else None.

    For each other class j, each pixel goes to the end of [max(0, x − ε), min(1, x + ε)] that is worse for the margin
    (w_y − w_j) · x + b_y − b_j; the least margin decides. Without the range [0, 1] it would be the clean margin minus
    ε‖w_y − w_j‖₁ (Goodfellow et al. 2015, section 5), which is a lower bound.
    """
    layer = _only_layer(model)
    if layer is None:
        return None
    x, w, b = digits.pictures.flatten(1), layer.weight.detach(), layer.bias.detach()
    slopes = w[digits.labels][:, None] - w[None]  # of the margins: (N, classes, pixels)
    worst = torch.where(slopes > 0, (x - epsilon).clamp(min=0)[:, None], (x + epsilon).clamp(max=1)[:, None])
    margins = (slopes * worst).sum(2) + b[digits.labels][:, None] - b[None]
    margins = margins.scatter(1, digits.labels[:, None], torch.inf)
    robust: Tensor = margins.amin(1) > 0
    return robust


def _only_layer(model: nn.Module) -> nn.Linear | None:
    parts = [part for part in model.modules() if not isinstance(part, nn.Sequential | nn.Flatten)]
    return parts[0] if len(parts) == 1 and isinstance(parts[0], nn.Linear) else None


def _class_count(model: nn.Module, digits: Digits) -> int:
    with torch.inference_mode():
        return int(model(digits.pictures[:1]).shape[1])


def _others(model: nn.Module, digits: Digits) -> Tensor:
    """The classes other than the label, the likeliest first: (N, classes − 1)."""
    with torch.no_grad():
        logits = model(digits.pictures).scatter(1, digits.labels[:, None], -torch.inf)
    return logits.argsort(1, descending=True)[:, :-1]


def robust_accuracies(
    models: Mapping[str, nn.Module], digits: Digits, *, epsilons: Sequence[float] = EPSILONS, seed: int = 0
) -> Iterator[RobustnessPoint]:
    """Each model's accuracies at every ε, from the largest down.

    A digit that is robust at one ε is so at every smaller one and isn't attacked again: the curves never rise with ε.
    """
    robust = {way: torch.zeros(len(digits.labels), dtype=torch.bool, device=digits.labels.device) for way in models}
    for epsilon in sorted(set(epsilons), reverse=True):
        pictures = noisy(digits.pictures, epsilon, Generator().manual_seed(seed))
        noise = {way: accuracy_of(is_correct(model, digits, pictures)) for way, model in models.items()}
        for way, model in models.items():
            left = (~robust[way]).nonzero()[:, 0]
            robust[way][left] = is_robust(model, digits.at(left), epsilon, seed=seed)
        exact = {way: exactly_robust(model, digits, epsilon) for way, model in models.items()}
        yield RobustnessPoint(
            epsilon, {way: accuracy_of(mask) for way, mask in robust.items()}, noise,
            {way: accuracy_of(mask) for way, mask in exact.items() if mask is not None},
        )  # fmt: skip


def accuracy_of(correct: Tensor) -> Accuracy:
    """The accuracy, from which digits (N,) were classified correctly."""
    return Accuracy(int(correct.sum()), len(correct))


def perturbed_digits(model: nn.Module, digits: Digits, epsilon: float) -> Tensor:
    """The digits (N, 1, 8, 8) after an attack of 40 steps within ε, from the pictures themselves."""
    return perturb(model, digits.pictures, digits.labels, epsilon, steps=_STEPS)


def noisy_digits(_model: nn.Module, digits: Digits, epsilon: float, *, seed: int = 0) -> Tensor:
    """The same digits with noise of ±ε at every pixel: the control, whatever the model."""
    return noisy(digits.pictures, epsilon, Generator().manual_seed(seed))
