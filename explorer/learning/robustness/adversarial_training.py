"""Three models of the same digits learn side by side: as usual, with noise, and on their own adversarial examples.

Adversarial training solves min_θ E max_{‖δ‖∞ ≤ ε} loss(θ, x + δ, y) (Madry et al. 2018, eq. 2.1).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from explorer.attacks import AttackError
from explorer.compute import compute_slot
from explorer.learning.datasets.digits import Digits, split_digits
from explorer.learning.robustness.digit_models import MODELS, digit_model
from explorer.learning.robustness.perturbations import even, noisy, perturb
from explorer.learning.robustness.robust_accuracy import (
    EPSILONS,
    Accuracy,
    RobustnessPoint,
    accuracy_of,
    is_robust_to_one_attack,
    right,
    robust_accuracies,
)
from explorer.networks.loading import choose_device

PLAIN, NOISE, ADVERSARIAL = WAYS = ("plain", "noise", "adversarial")
_WATCHED = 200  # held-out digits that are attacked after every epoch
_BATCH = 64


@dataclass(frozen=True)
class AdversarialTraining:
    """How to train; ε is in units of pixels in [0, 1]. `steps` gradient steps make each adversarial example."""

    epsilon: float = 0.15
    steps: int = 5
    epochs: int = 15
    model: str = "small CNN"  #: one of explorer.learning.robustness.digit_models.MODELS
    rate: float = 0.002


@dataclass(frozen=True, eq=False)
class AdversarialTrainingEpoch:
    """Three models after `number` passes through the digits, by way of training.

    `loss` is the mean of what was learned from; the rest is of held-out digits. `quick` is of the first 200 under one
    attack of 10 steps at the trained ε, `own` the adversarially trained model's under the attack that it learns from:
    where that stays high and `quick` falls, it has learned to resist its own attack only. After the last pass rounds of
    the same number add `points`, one for each ε from the largest down, by the attacks of `is_robust`.
    """

    number: int
    loss: Mapping[str, float]
    clean: Mapping[str, Accuracy]
    quick: Mapping[str, Accuracy]
    own: Accuracy
    seconds: Mapping[str, float]  #: that learning has taken, without judging
    models: Mapping[str, nn.Module]
    points: tuple[RobustnessPoint, ...] = ()


def train_adversarially(
    settings: AdversarialTraining | None = None, *, seed: int = 0, device: str | None = None
) -> Iterator[AdversarialTrainingEpoch]:
    """Train the three ways, from the same weights and in the same order; one epoch for each pass, then the curve.

    On the CPU the same seed gives the same bits, but for the seconds. To stop, close the iterator. Raises, here and
    not at the first round, AttackError on settings that don't do.
    """
    settings = settings or AdversarialTraining()
    _check(settings)
    return _rounds(settings, seed, choose_device(device))


def _check(settings: AdversarialTraining) -> None:
    if settings.model not in MODELS:
        raise AttackError(f"The model is one of {', '.join(MODELS)}, not {settings.model!r}.")
    if not 0 <= settings.epsilon <= 1:
        raise AttackError(f"ε is from 0 to 1, the range of a pixel, not {settings.epsilon}.")
    if settings.steps < 1 or settings.epochs < 1:
        raise AttackError(f"It takes at least one step and one epoch, not {settings.steps} and {settings.epochs}.")
    if not 0 < settings.rate <= 1:
        raise AttackError(f"The learning rate is above 0 and at most 1, not {settings.rate}.")


def _rounds(settings: AdversarialTraining, seed: int, device: torch.device) -> Iterator[AdversarialTrainingEpoch]:
    learned, held_out = (digits.to(device) for digits in split_digits())
    learners = {way: _Learner(way, settings, seed, device) for way in WAYS}
    for number in range(1, settings.epochs + 1):
        loss = {way: learner.learn(learned) for way, learner in learners.items()}
        models = {way: copy.deepcopy(learner.model).eval().requires_grad_(False) for way, learner in learners.items()}
        clean = {way: accuracy_of(right(model, held_out, held_out.pictures)) for way, model in models.items()}
        watched, epsilon = held_out.first(_WATCHED), settings.epsilon
        quick = {way: accuracy_of(is_robust_to_one_attack(model, watched, epsilon)) for way, model in models.items()}
        fooling = adversarial_examples(models[ADVERSARIAL], watched, settings, Generator().manual_seed(seed))
        own = accuracy_of(right(models[ADVERSARIAL], watched, fooling))
        seconds = {way: learner.seconds for way, learner in learners.items()}
        last = AdversarialTrainingEpoch(number, loss, clean, quick, own, seconds, models)
        yield last
    points: tuple[RobustnessPoint, ...] = ()
    for point in robust_accuracies(models, held_out, epsilons=(*EPSILONS, settings.epsilon), seed=seed):
        points = (*points, point)
        yield AdversarialTrainingEpoch(number, loss, clean, quick, own, seconds, models, points)


class _Learner:
    """One model on its way."""

    def __init__(self, way: str, settings: AdversarialTraining, seed: int, device: torch.device) -> None:
        self.way, self.settings = way, settings
        self.source = Generator().manual_seed(seed)
        self.model = digit_model(settings.model, self.source).to(device)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=settings.rate)
        self.order = Generator().manual_seed(seed)
        self.seconds = 0.0

    def learn(self, digits: Digits) -> float:
        """One pass through the digits in random order; returns the mean loss."""
        start, total = perf_counter(), 0.0
        for batch in torch.randperm(len(digits.labels), generator=self.order).split(_BATCH):
            pictures, labels = digits.pictures[batch], digits.labels[batch]
            with compute_slot(len(batch)), torch.enable_grad():
                loss = functional.cross_entropy(self.model(self._seen(pictures, labels)), labels)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
            total += float(loss.detach()) * len(batch)
        self.seconds += perf_counter() - start
        return total / len(digits.labels)

    def _seen(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """What this way of training makes of a batch."""
        epsilon = self.settings.epsilon
        if self.way == PLAIN:
            return pictures
        if self.way == NOISE:
            return noisy(pictures, epsilon, self.source)
        return adversarial_examples(self.model, Digits(pictures, labels), self.settings, self.source)


def adversarial_examples(model: nn.Module, digits: Digits, settings: AdversarialTraining, source: Generator) -> Tensor:
    """Projected gradient steps from a random start within ±ε (Madry et al. 2018): what the model learns from.

    A single step is one of 1.25 ε (Wong et al. 2020, algorithm 3): with 2.5 ε it would always end on ±ε.
    """
    epsilon = settings.epsilon
    start = (digits.pictures + epsilon * even(digits.pictures, source)).clamp(0, 1)
    size = 1.25 * epsilon if settings.steps == 1 else None
    return perturb(model, digits.pictures, digits.labels, epsilon, steps=settings.steps, start=start, step_size=size)
