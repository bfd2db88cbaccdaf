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
    """How far gradient ascent goes at each step."""

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
    """Kingma & Ba 2015, algorithm 1 (arXiv 1412.6980), by torch.optim."""

    rate: float

    def begin(self) -> Rule:
        return _TorchRule(lambda x: torch.optim.Adam([x], lr=self.rate, eps=_EPSILON, maximize=True))


@dataclass(frozen=True)
class NAdam:
    """Adam that looks ahead: Dozat 2016, algorithm 2, with its schedule of momentum, by torch.optim."""

    rate: float

    def begin(self) -> Rule:
        return _TorchRule(lambda x: torch.optim.NAdam([x], lr=self.rate, eps=_EPSILON, maximize=True))


class _TorchRule:
    """The steps of one of torch's optimizers, which do not depend on where the parameters are."""

    def __init__(self, begin: Callable[[Tensor], torch.optim.Optimizer]) -> None:
        self._begin = begin
        self._optimizer: torch.optim.Optimizer | None = None

    def __call__(self, gradient: Tensor) -> Tensor:
        if self._optimizer is None:
            self._change = torch.zeros_like(gradient)
            self._optimizer = self._begin(self._change)
        self._change.zero_().grad = gradient
        self._optimizer.step()
        return self._change.clone()
