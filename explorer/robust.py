"""Three models of the same digits learn side by side: as usual, with noise, and on their own adversarial examples.

Adversarial training solves min_θ E max_{‖δ‖∞ ≤ ε} loss(θ, x + δ, y) (Madry et al. 2018, eq. 2.1).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import torch
from scipy.stats import binomtest
from torch import Generator, Tensor, nn
from torch.nn import functional

from explorer.attacks import AttackError, project
from explorer.compute import heavy
from explorer.digits import MODELS, Digits, digit_model, split_digits
from explorer.networks import choose_device

PLAIN, NOISE, HARDENED = WAYS = ("plain", "noise", "hardened")
EPSILONS = tuple(np.linspace(0, 0.3, 13).round(3).tolist())  #: of the final curve
_WATCHED = 200  # held-out digits that are attacked after every epoch
_BATCH = 64
_JUDGE_STEPS = 20  # of the attack that judges; it also starts anew at random


@dataclass(frozen=True)
class Hardening:
    """How to train; ε is in units of pixels in [0, 1]. `steps` gradient steps make each adversarial example."""

    epsilon: float = 0.15
    steps: int = 5
    epochs: int = 25
    model: str = "small CNN"  #: one of explorer.digits.MODELS
    rate: float = 0.002


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
        low, high = binomtest(self.right, self.total).proportion_ci(method="wilson")
        return float(low), float(high)


@dataclass(frozen=True)
class Point:
    """At one ε: what remains right under attack, and under noise of the same size, by way of training."""

    epsilon: float
    attacked: Mapping[str, Share]
    noisy: Mapping[str, Share]


@dataclass(frozen=True, eq=False)
class Round:
    """Three models after `number` passes through the digits, by way of training.

    `loss` is the mean of what was learned from; `clean` and `robust` are of held-out digits, `robust` of the first 200
    under attack at the trained ε. After the last pass rounds of the same number add `points`, one for each ε.
    """

    number: int
    loss: Mapping[str, float]
    clean: Mapping[str, Share]
    robust: Mapping[str, Share]
    seconds: Mapping[str, float]  #: that learning has taken, without judging
    models: Mapping[str, nn.Module]
    points: tuple[Point, ...] = ()


def harden(settings: Hardening | None = None, *, seed: int = 0, device: str | None = None) -> Iterator[Round]:
    """Train the three ways, from the same weights and in the same order; yields a Round for each pass, then the curve.

    On the CPU the same seed gives the same bits, but for the seconds. To stop, close the iterator. Raises, here and
    not at the first round, AttackError on settings that don't do.
    """
    settings = settings or Hardening()
    _check(settings)
    return _rounds(settings, seed, choose_device(device))


def _check(settings: Hardening) -> None:
    if settings.model not in MODELS:
        raise AttackError(f"The model is one of {', '.join(MODELS)}, not {settings.model!r}.")
    if not 0 <= settings.epsilon <= 1:
        raise AttackError(f"ε is from 0 to 1, the range of a pixel, not {settings.epsilon}.")
    if settings.steps < 1 or settings.epochs < 1:
        raise AttackError(f"It takes at least one step and one epoch, not {settings.steps} and {settings.epochs}.")
    if not 0 < settings.rate <= 1:
        raise AttackError(f"The learning rate is above 0 and at most 1, not {settings.rate}.")


def _rounds(settings: Hardening, seed: int, device: torch.device) -> Iterator[Round]:
    learned, held_out = (digits.to(device) for digits in split_digits())
    learners = {way: _Learner(way, settings, seed, device) for way in WAYS}
    for number in range(1, settings.epochs + 1):
        loss = {way: learner.learn(learned) for way, learner in learners.items()}
        models = {way: copy.deepcopy(learner.model).eval().requires_grad_(False) for way, learner in learners.items()}
        clean = {way: _share(right(model, held_out, held_out.pictures)) for way, model in models.items()}
        watched, epsilon = held_out.first(_WATCHED), settings.epsilon
        robust = {way: _share(withstands(model, watched, epsilon, steps=10)) for way, model in models.items()}
        seconds = {way: learner.seconds for way, learner in learners.items()}
        last = Round(number, loss, clean, robust, seconds, models)
        yield last
    points: tuple[Point, ...] = ()
    for point in robustness(models, held_out, seed=seed):
        points = (*points, point)
        yield Round(number, loss, clean, robust, seconds, models, points)


class _Learner:
    """One model on its way."""

    def __init__(self, way: str, settings: Hardening, seed: int, device: torch.device) -> None:
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
            with heavy(), torch.enable_grad():
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
        start = (pictures + epsilon * _even(pictures, self.source)).clamp(0, 1)
        return perturb(self.model, pictures, labels, epsilon, steps=self.settings.steps, start=start)


def perturb(
    model: nn.Module, pictures: Tensor, labels: Tensor, epsilon: float, *, steps: int, start: Tensor | None = None
) -> Tensor:
    """Projected gradient ascent of every picture's cross-entropy at once, within ε (L∞) and [0, 1]; from `start`.

    Steps of 2.5 ε / `steps` (Madry et al. 2018). The model must treat each picture by itself, as in eval mode.
    """
    x = pictures if start is None else start
    for _ in range(steps):
        with torch.enable_grad():
            x = x.detach().clone().requires_grad_()
            (gradient,) = torch.autograd.grad(functional.cross_entropy(model(x), labels, reduction="sum"), x)
        x = project(x.detach() + 2.5 * epsilon / steps * gradient.sign(), pictures, "linf", epsilon).clamp(0, 1)
    return x.detach()


def noisy(pictures: Tensor, epsilon: float, source: Generator) -> Tensor:
    """The control: every pixel ε up or down by a coin's toss, within [0, 1]."""
    return (pictures + epsilon * _even(pictures, source).sign()).clamp(0, 1)


def _even(like: Tensor, source: Generator) -> Tensor:
    """Numbers drawn evenly from −1 to 1."""
    return (torch.rand(like.shape, generator=source) * 2 - 1).to(like.device)


def right(model: nn.Module, digits: Digits, pictures: Tensor) -> Tensor:
    """Which of these pictures of the digits the model reads right: (N,) of bool."""
    with torch.inference_mode():
        found: Tensor = model(pictures).argmax(1) == digits.labels
    return found


def withstands(model: nn.Module, digits: Digits, epsilon: float, *, steps: int = _JUDGE_STEPS, seed: int = 0) -> Tensor:
    """Which digits (N,) the model reads right as they are, and after an attack from there and one from a random start.

    What no attack has fooled is not thereby safe: it is an upper bound of the true robustness.
    """
    random = (digits.pictures + epsilon * _even(digits.pictures, Generator().manual_seed(seed))).clamp(0, 1)
    stands = right(model, digits, digits.pictures)
    for start in (digits.pictures, random):
        with heavy():
            found = perturb(model, digits.pictures, digits.labels, epsilon, steps=steps, start=start)
            stands = stands & right(model, digits, found)
    return stands


def robustness(models: Mapping[str, nn.Module], digits: Digits, *, seed: int = 0) -> Iterator[Point]:
    """What each model reads right at every ε of EPSILONS, from 0 up.

    A digit fooled within a smaller ε is fooled within a larger one too, so the curves never rise.
    """
    standing = {way: torch.ones(len(digits.labels), dtype=torch.bool, device=digits.labels.device) for way in models}
    for epsilon in EPSILONS:
        source = Generator().manual_seed(seed)
        pictures = noisy(digits.pictures, epsilon, source)
        noise = {way: _share(right(model, digits, pictures)) for way, model in models.items()}
        for way, model in models.items():
            standing[way] = standing[way] & withstands(model, digits, epsilon, seed=seed)
        yield Point(epsilon, {way: _share(stands) for way, stands in standing.items()}, noise)


def _share(found: Tensor) -> Share:
    return Share(int(found.sum()), len(found))


def perturbed_digits(model: nn.Module, digits: Digits, epsilon: float) -> Tensor:
    """The digits (N, 1, 8, 8) as an attack from them leaves them."""
    return perturb(model, digits.pictures, digits.labels, epsilon, steps=_JUDGE_STEPS)


def noisy_digits(_model: nn.Module, digits: Digits, epsilon: float, *, seed: int = 0) -> Tensor:
    """The same digits with noise of that size: the control."""
    return noisy(digits.pictures, epsilon, Generator().manual_seed(seed))
