"""The iterates of an attack on one picture: what a page draws step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from explorer.attacks.goals import Goal
from explorer.attacks.gradient_steps import GradientStep
from explorer.attacks.passes import logits
from explorer.networks.loading import Network


@dataclass(frozen=True, eq=False)
class Iterate:
    """One step of an attack: `x` (1, 3, S, S) before rounding, and what the network says of it."""

    number: int
    x: Tensor
    logits: Tensor  #: (1, classes)
    goal: Goal

    @property
    def label_probability(self) -> float:
        """What the network gives the label, 0 to 1."""
        return float(self._probabilities[self.goal.label])

    @property
    def target_probability(self) -> float | None:
        """What it gives the target, 0 to 1; None without a target."""
        return None if self.goal.target is None else float(self._probabilities[self.goal.target])

    @property
    def progress(self) -> float:
        """How near the goal is: the target's probability or, without a target, minus the label's."""
        towards = self.target_probability
        return -self.label_probability if towards is None else towards

    @property
    def reached(self) -> bool:
        """Whether the goal is reached before rounding."""
        return self.goal.reached(int(self.logits.argmax()))

    @cached_property
    def _probabilities(self) -> Tensor:
        return self.logits.softmax(1)[0].cpu()


def as_iterates(walk: Iterator[GradientStep], network: Network, goal: Goal) -> Iterator[Iterate]:
    """The points of a walk with what the network says of each: number 0 is the start, the last where it ended."""
    for number, step in enumerate(walk):
        yield Iterate(number, step.x, step.logits, goal)
    yield Iterate(number + 1, step.next_x, logits(network.module, step.next_x), goal)


def until_reached(iterates: Iterator[Iterate]) -> Iterator[Iterate]:
    """The iterates up to the first that reaches the goal."""
    for iterate in iterates:
        yield iterate
        if iterate.reached:
            return
