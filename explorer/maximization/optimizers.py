"""How far to go along a gradient. Every rule treats each picture of a batch by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi
from typing import Protocol

import torch
from torch import Tensor
from torch.optim.adam import adam
from torch.optim.nadam import nadam

_EPSILON = 1e-10  # far below the gradients of a channel's mean with respect to one coefficient

Rule = Callable[[Tensor], Tensor]  #: from the gradient at this step to the change of the parameters, both (N, …)


class Optimizer(Protocol):
    """How far gradient ascent goes at each step."""

    def begin(self, steps: int = 1) -> Rule:
        """A rule with a memory of its own, to be called once at each of the `steps`."""
        ...


@dataclass(frozen=True)
class NormalizedGradient:
    """The gradient itself, scaled so that a parameter changes by `rate` in the root mean square."""

    rate: float

    def begin(self, steps: int = 1) -> Rule:
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

    def begin(self, steps: int = 1) -> Rule:
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

    def begin(self, steps: int = 1) -> Rule:
        moments = _Moments()

        def change(gradient: Tensor) -> Tensor:
            x, means, squares = moments.beside(gradient)
            adam(
                [x], [gradient], means, squares, [], moments.steps, foreach=False, maximize=True, amsgrad=False,
                beta1=0.9, beta2=0.999, lr=self.rate, weight_decay=0.0, eps=_EPSILON,
            )  # fmt: skip
            return x

        return change


@dataclass(frozen=True)
class NAdam:
    """Adam that looks ahead: Dozat 2016, algorithm 2, with its schedule of momentum, by torch.optim.

    Where `last` is given the rate falls to it by half a cosine, so the end is fine (Loshchilov & Hutter 2017, equation
    5).
    """

    rate: float
    last: float | None = None

    def begin(self, steps: int = 1) -> Rule:
        moments, product = _Moments(), torch.ones(())

        def change(gradient: Tensor) -> Tensor:
            rate = falling(self.rate, self.rate if self.last is None else self.last, float(moments.steps[0]) / steps)
            x, means, squares = moments.beside(gradient)
            nadam(
                [x], [gradient], means, squares, [product], moments.steps, foreach=False, maximize=True,
                beta1=0.9, beta2=0.999, lr=rate, weight_decay=0.0, momentum_decay=0.004, eps=_EPSILON,
            )  # fmt: skip
            return x

        return change


def falling(first: float, last: float, done: float) -> float:
    """From `first` to `last` by half a cosine, where the share `done` of the way is behind."""
    return last + (first - last) * (1 + cos(pi * min(done, 1.0))) / 2


class _Moments:
    """Running means of the gradient and of its square, which torch's functions of one step write to.

    Its classes of optimizers would do the same, but the first that is made imports torch's compiler, for seconds.
    """

    def __init__(self) -> None:
        self.steps = [torch.zeros(())]
        self._state: tuple[list[Tensor], list[Tensor]] | None = None

    def beside(self, gradient: Tensor) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Zeros to which a step's change is added, and the two means."""
        if self._state is None:
            self._state = [torch.zeros_like(gradient)], [torch.zeros_like(gradient)]
        return torch.zeros_like(gradient), *self._state
