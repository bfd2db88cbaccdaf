"""What an attack gains when it is made to survive, and what that costs in ε: beside the plain one and its control."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from explorer.attack_studies.survival import SurvivalRow, survival
from explorer.attacks.controls import shuffled_control
from explorer.attacks.expectation import expectation_over_transformation
from explorer.attacks.goals import AttackError, Goal
from explorer.attacks.iterates import Iterate
from explorer.attacks.measurement import Attack, measure
from explorer.attacks.projected_gradient import pgd
from explorer.networks.loading import Network
from explorer.pictures.images import Image


class SurvivalCounts(NamedTuple):
    """After how many transformations, of how many, a picture still fools."""

    plain: int
    robust: int  #: made to survive
    control: int  #: the latter's change, shuffled
    transformations: int


@dataclass(frozen=True, eq=False)
class RobustExamplePoint:
    """At one ε, a plain attack and one made to survive, with what each transformation leaves of them and of controls.

    The control of each is its own change, shuffled: it stands in the rows' `noise`.
    """

    epsilon: float
    plain: Attack
    robust: Attack  #: the one made to survive
    plain_rows: tuple[SurvivalRow, ...]
    robust_rows: tuple[SurvivalRow, ...]

    @property
    def survived(self) -> SurvivalCounts:
        """After how many transformations each still fools; those that change no pixel are not counted."""
        plain, robust = ([row for row in rows if not row.lossless] for rows in (self.plain_rows, self.robust_rows))
        return SurvivalCounts(
            sum(row.outcome == "fooled" for row in plain), sum(row.outcome == "fooled" for row in robust),
            sum(row.noise_outcome == "fooled" for row in robust), len(robust),
        )  # fmt: skip


def robust_examples(
    network: Network,
    image: Image,
    goal: Goal,
    *,
    norm: str,
    epsilons: Sequence[float],
    steps: int = 20,
    samples: int = 8,
    seed: int = 0,
) -> Iterator[RobustExamplePoint]:
    """One point for each ε, in rising order; `samples` transformations are drawn for each step. Raises AttackError."""
    if not epsilons:
        raise AttackError("Choose at least one ε.")
    for epsilon in sorted(epsilons):
        plain = pgd(network, image, goal, norm=norm, epsilon=epsilon, steps=steps)
        robust = expectation_over_transformation(
            network, image, goal, norm=norm, epsilon=epsilon, steps=steps, samples=samples, seed=seed
        )
        found = [_measure_last(network, image, goal, norm, epsilon, iterates) for iterates in (plain, robust)]
        rows = [survival(network, one, shuffled_control(network, image, one, goal, seed=seed), goal) for one in found]
        yield RobustExamplePoint(epsilon, found[0], found[1], rows[0], rows[1])


def _measure_last(
    network: Network, image: Image, goal: Goal, norm: str, epsilon: float, iterates: Iterator[Iterate]
) -> Attack:  # fmt: skip
    *_, last = iterates
    return measure(network, image, last.x, goal, norm=norm, epsilon=epsilon)


def smallest_surviving(points: Sequence[RobustExamplePoint], wanted: int, *, robust: bool) -> float | None:
    """The smallest ε at which the robust attack, or the plain one, survives so many transformations; None without."""
    counts = ((p.epsilon, p.survived.robust if robust else p.survived.plain) for p in points)
    return min((epsilon for epsilon, survived in counts if survived >= wanted), default=None)


def half(points: Sequence[RobustExamplePoint]) -> int:
    """How many transformations are half of them."""
    return int(np.ceil(points[0].survived.transformations / 2)) if points else 0
