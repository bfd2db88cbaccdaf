"""How far to go along a gradient. Every rule treats each picture of a batch by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

_EPSILON = 1e-10  # far below the gradients of a channel's mean with respect to one coefficient

Rule = Callable[[Tensor], Tensor]  #: from the gradient at this step to the change of the parameters, both (N, …)


class Optimizer(Protocol):
    """Settings of an ascent."""

    def begin(self) -> Rule:
        """A rule with a memory of its own, to be called once a step."""
        ...


@dataclass(frozen=True)
class NormalizedGradient:
    """The gradient itself, scaled so that a parameter changes by `rate` in the root mean square."""

    rate: float

    def begin(self) -> Rule:
        return self._change

    def _change(self, gradient: Tensor) -> Tensor:
        size = gradient.flatten(1).square().mean(1).sqrt().clamp(min=torch.finfo(gradient.dtype).tiny)
        return self.rate * gradient / size.view(-1, *[1] * (gradient.ndim - 1))


@dataclass(frozen=True)
class DesiredProgress:
    """The gradient, as far as by itself it would raise the score by `desired`, but no parameter by more than `largest`
    in the root mean square: long steps where it is flat. Yosinski et al. 2015 ("progress" in their toolbox).
    """

    desired: float
    largest: float

    def begin(self) -> Rule:
        return self._change

    def _change(self, gradient: Tensor) -> Tensor:
        tiny = torch.finfo(gradient.dtype).tiny
        squares = gradient.flatten(1).square()
        rate = self.desired / squares.sum(1).clamp(min=tiny)
        rate = rate.minimum(self.largest / squares.mean(1).sqrt().clamp(min=tiny))
        return rate.view(-1, *[1] * (gradient.ndim - 1)) * gradient


@dataclass(frozen=True)
class Adam:
    """Kingma & Ba 2015, algorithm 1 (arXiv 1412.6980)."""

    rate: float

    def begin(self) -> Rule:
        moments = _Moments()

        def change(gradient: Tensor) -> Tensor:
            mean, deviation = moments.updated(gradient)
            return self.rate * mean / (1 - 0.9**moments.step) / (deviation + _EPSILON)

        return change


@dataclass(frozen=True)
class NAdam:
    """Adam that looks ahead: Dozat 2016, algorithm 2, with its schedule of momentum."""

    rate: float

    def begin(self) -> Rule:
        moments = _Moments()
        product = 1.0

        def change(gradient: Tensor) -> Tensor:
            nonlocal product
            mean, deviation = moments.updated(gradient)
            now, ahead = _momentum(moments.step), _momentum(moments.step + 1)
            product *= now
            blend = (1 - now) / (1 - product) * gradient + ahead / (1 - product * ahead) * mean
            return self.rate * blend / (deviation + _EPSILON)

        return change


def _momentum(step: int) -> float:
    return 0.9 * (1 - 0.5 * 0.96 ** (step * 0.004))


class _Moments:
    """Running means of the gradient (over about 10 steps) and of its square (over about 1000)."""

    def __init__(self) -> None:
        self.step = 0
        self._mean: Tensor | float = 0.0
        self._square: Tensor | float = 0.0

    def updated(self, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """The mean so far, biased to 0, and the unbiased root mean square."""
        self.step += 1
        mean = 0.9 * self._mean + 0.1 * gradient
        square = 0.999 * self._square + 0.001 * gradient.square()
        self._mean, self._square = mean, square
        return mean, (square / (1 - 0.999**self.step)).sqrt()
