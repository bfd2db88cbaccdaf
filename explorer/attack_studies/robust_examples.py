"""What an attack gains when it is made to survive, and what that costs in ε: beside the plain one and its control."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, eq=False)
class RobustExamplePoint:
    """At one ε, a plain attack and one made to survive, with what each transformation leaves of them and of controls.

    The control of each is its own change, shuffled: it stands in the rows' `noise`.
    """

    epsilon: float
    plain: Attack
    made: Attack
    plain_rows: tuple[SurvivalRow, ...]
    made_rows: tuple[SurvivalRow, ...]

    @property
    def survived(self) -> tuple[int, int, int, int]:
        """After how many transformations the plain attack, the one made to survive and its control fool, of how many.

        Those that lose nothing are not counted.
        """
        plain, made = ([row for row in rows if not row.lossless] for rows in (self.plain_rows, self.made_rows))
        return (
            sum(row.outcome == "fooled" for row in plain), sum(row.outcome == "fooled" for row in made),
            sum(row.noise_outcome == "fooled" for row in made), len(made),
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
    """One point for each ε, in rising order. Raises AttackError."""
    if not epsilons:
        raise AttackError("Choose at least one ε.")
    for epsilon in sorted(epsilons):
        plain = pgd(network, image, goal, norm=norm, epsilon=epsilon, steps=steps)
        made = expectation_over_transformation(
            network, image, goal, norm=norm, epsilon=epsilon, steps=steps, samples=samples, seed=seed
        )
        found = [_taken(network, image, goal, norm, epsilon, walk) for walk in (plain, made)]
        rows = [survival(network, one, shuffled_control(network, image, one, goal, seed=seed), goal) for one in found]
        yield RobustExamplePoint(epsilon, found[0], found[1], rows[0], rows[1])


def _taken(
    network: Network, image: Image, goal: Goal, norm: str, epsilon: float, walk: Iterator[Iterate]
) -> Attack:  # fmt: skip
    *_, last = walk
    return measure(network, image, last.x, goal, norm=norm, epsilon=epsilon)


def cheapest(points: Sequence[RobustExamplePoint], wanted: int, *, made: bool) -> float | None:
    """The smallest ε at which an attack survives at least so many transformations; None if none does."""
    place = 1 if made else 0
    return min((p.epsilon for p in points if p.survived[place] >= wanted), default=None) if points else None


def half(points: Sequence[RobustExamplePoint]) -> int:
    """How many transformations are half of them."""
    return int(np.ceil(points[0].survived[3] / 2)) if points else 0
