"""What attacks raise: the cross-entropy of the class that they lead away from, or minus that of their target."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from explorer.attacks.goals import Goal

Loss = Callable[[Tensor], Tensor]  #: logits (N, classes) to what an attack raises, (N,)


def away_from(classes: Tensor) -> Loss:
    """The cross-entropy of each picture's class (N,), which untargeted attacks raise."""
    return lambda scores: functional.cross_entropy(scores, classes, reduction="none")


def towards(classes: Tensor) -> Loss:
    """Minus the cross-entropy of each picture's class (N,), which targeted attacks raise."""
    return lambda scores: -functional.cross_entropy(scores, classes, reduction="none")


def logit_difference(labels: Tensor, targets: Tensor) -> Loss:
    """How far each picture's target's logit is above its label's, (N,): above 0 the target is ahead of the label."""
    return lambda scores: (scores.gather(1, targets[:, None]) - scores.gather(1, labels[:, None]))[:, 0]


def loss_of(goal: Goal) -> Loss:
    """What an attack with this goal raises: the label's cross-entropy or, with a target, minus the target's."""

    def loss(scores: Tensor) -> Tensor:
        number, of = (goal.label, away_from) if goal.target is None else (goal.target, towards)
        return of(torch.full((len(scores),), number, device=scores.device))(scores)

    return loss
