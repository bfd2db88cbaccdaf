"""Three models learn the same digits: by standard training, with noise, and on their own adversarial examples.

Adversarial training solves min_θ E max_{‖δ‖∞ ≤ ε} loss(θ, x + δ, y) (Madry et al. 2018, eq. 2.1).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
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
    is_correct,
    is_robust_to_one_attack,
    robust_accuracies,
)
from explorer.networks.loading import choose_device

PLAIN, NOISE, ADVERSARIAL = WAYS = ("plain", "noise", "adversarial")  #: of training; "plain" is standard training
_WATCHED = 200  # held-out digits that are attacked after each epoch
_BATCH = 64


@dataclass(frozen=True)
class AdversarialTraining:
    """How to train: the settings of both the training and the attack that makes its examples."""

    epsilon: float = 0.15  #: the largest change of a pixel in [0, 1]
    steps: int = 5  #: gradient steps for each adversarial example
    epochs: int = 15
    model: str = "small CNN"  #: one of explorer.learning.robustness.digit_models.MODELS
    rate: float = 0.002  #: Adam's learning rate


@dataclass(frozen=True, eq=False)
class AdversarialTrainingEpoch:
    """Three models after `number` epochs, by way of training; accuracies are of held-out digits.

    Where `own` stays high and `quick` falls, the adversarially trained model has learned to resist its own attack only.
    After the last epoch more of the same number add `points`, one for each ε from the largest down (`is_robust`).
    """

    number: int
    loss: Mapping[str, float]  #: the mean over the epoch, on what was learned from
    clean: Mapping[str, Accuracy]
    quick: Mapping[str, Accuracy]  #: of the first 200, under one attack of 10 steps at the trained ε
    own: Accuracy  #: the adversarially trained model's, under the attack that it learns from
    seconds: Mapping[str, float]  #: that training has taken, without the evaluation
    models: Mapping[str, nn.Module]
    points: tuple[RobustnessPoint, ...] = ()


def train_adversarially(
    settings: AdversarialTraining | None = None, *, seed: int = 0, device: str | None = None
) -> Iterator[AdversarialTrainingEpoch]:
    """Train the three ways, from the same weights and in the same order; each epoch is given, then the curve over ε.

    On the CPU the same seed gives the same bits, but for the seconds. To stop, close the iterator. Raises AttackError
    at once, not with the first epoch, for settings that can't be used.
    """
    settings = settings or AdversarialTraining()
    _check(settings)
    return _epochs(settings, seed, choose_device(device))


def _check(settings: AdversarialTraining) -> None:
    if settings.model not in MODELS:
        raise AttackError(f"The model is one of {', '.join(MODELS)}, not {settings.model!r}.")
    if not 0 <= settings.epsilon <= 1:
        raise AttackError(f"ε is from 0 to 1, the range of a pixel, not {settings.epsilon}.")
    if settings.steps < 1 or settings.epochs < 1:
        raise AttackError(f"It takes at least one step and one epoch, not {settings.steps} and {settings.epochs}.")
    if not 0 < settings.rate <= 1:
        raise AttackError(f"The learning rate is above 0 and at most 1, not {settings.rate}.")


def _epochs(settings: AdversarialTraining, seed: int, device: torch.device) -> Iterator[AdversarialTrainingEpoch]:
    training, held_out = (digits.to(device) for digits in split_digits())
    trainers = {way: _Trainer(way, settings, seed, device) for way in WAYS}
    for number in range(1, settings.epochs + 1):
        loss = {way: trainer.train_epoch(training) for way, trainer in trainers.items()}
        epoch = _evaluated(number, loss, trainers, held_out, settings, seed)
        yield epoch
    for point in robust_accuracies(epoch.models, held_out, epsilons=(*EPSILONS, settings.epsilon), seed=seed):
        epoch = replace(epoch, points=(*epoch.points, point))
        yield epoch


def _evaluated(
    number: int, loss: Mapping[str, float], trainers: Mapping[str, _Trainer], held_out: Digits,
    settings: AdversarialTraining, seed: int,
) -> AdversarialTrainingEpoch:  # fmt: skip
    """The models as they are now, and their accuracies on clean and on attacked held-out digits."""
    models = {way: copy.deepcopy(trainer.model).eval().requires_grad_(False) for way, trainer in trainers.items()}
    clean = {way: accuracy_of(is_correct(model, held_out, held_out.pictures)) for way, model in models.items()}
    few, epsilon = held_out.first(_WATCHED), settings.epsilon
    quick = {way: accuracy_of(is_robust_to_one_attack(model, few, epsilon)) for way, model in models.items()}
    examples = adversarial_examples(models[ADVERSARIAL], few, settings, Generator().manual_seed(seed))
    own = accuracy_of(is_correct(models[ADVERSARIAL], few, examples))
    seconds = {way: trainer.seconds for way, trainer in trainers.items()}
    return AdversarialTrainingEpoch(number, loss, clean, quick, own, seconds, models)


class _Trainer:
    """One model while it is trained one of the three ways."""

    def __init__(self, way: str, settings: AdversarialTraining, seed: int, device: torch.device) -> None:
        self.way, self.settings = way, settings
        self.source = Generator().manual_seed(seed)
        self.model = digit_model(settings.model, self.source).to(device)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=settings.rate)
        self.order = Generator().manual_seed(seed)
        self.seconds = 0.0

    def train_epoch(self, digits: Digits) -> float:
        """Train on all digits once, in random order; returns the mean loss."""
        start, total = perf_counter(), 0.0
        for batch in torch.randperm(len(digits.labels), generator=self.order).split(_BATCH):
            pictures, labels = digits.pictures[batch], digits.labels[batch]
            with compute_slot(len(batch)), torch.enable_grad():
                loss = functional.cross_entropy(self.model(self._inputs(pictures, labels)), labels)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
            total += float(loss.detach()) * len(batch)
        self.seconds += perf_counter() - start
        return total / len(digits.labels)

    def _inputs(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """What the model learns from instead of these pictures."""
        epsilon = self.settings.epsilon
        if self.way == PLAIN:
            return pictures
        if self.way == NOISE:
            return noisy(pictures, epsilon, self.source)
        return adversarial_examples(self.model, Digits(pictures, labels), self.settings, self.source)


def adversarial_examples(model: nn.Module, digits: Digits, settings: AdversarialTraining, source: Generator) -> Tensor:
    """The digits (N, 1, 8, 8) after projected gradient steps from a random start within ±ε (Madry et al. 2018).

    A single step is one of 1.25 ε (Wong et al. 2020, algorithm 3): with 2.5 ε it would always end on ±ε.
    """
    epsilon = settings.epsilon
    start = (digits.pictures + epsilon * even(digits.pictures, source)).clamp(0, 1)
    size = 1.25 * epsilon if settings.steps == 1 else None
    return perturb(model, digits.pictures, digits.labels, epsilon, steps=settings.steps, start=start, step_size=size)
