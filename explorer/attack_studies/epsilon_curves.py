"""What ε does: the attack's probabilities beside those of many random changes of the same size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.attacks.goals import AttackError, Goal, check
from explorer.attacks.measured import Attack, measure
from explorer.attacks.norms import quantized, random_border
from explorer.attacks.projected_gradient import iterates, logits
from explorer.networks.loading import Network, probabilities
from explorer.pictures.images import Image
from explorer.statistics import wilson

_BATCH = 16


@dataclass(frozen=True, eq=False)
class EpsilonPoint:
    """One ε. `found` is the best attack within it; the rest is of the random draws, all on rounded pictures.

    `label` and `target` (draws,) are probabilities; of `draws` pictures the network says something new of `fooled`.
    """

    epsilon: float
    found: Attack
    attack_label: float
    attack_target: float | None
    label: NDArray[np.float32]
    target: NDArray[np.float32] | None
    fooled: int

    @property
    def draws(self) -> int:
        return len(self.label)

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share of random changes that fool lies, with 95 % confidence."""
        return wilson(self.fooled, self.draws)


def epsilon_curve(
    network: Network,
    image: Image,
    goal: Goal,
    *,
    norm: str,
    epsilons: Sequence[float],
    steps: int = 20,
    draws: int = 32,
    seed: int = 0,
) -> Iterator[EpsilonPoint]:
    """One point for each ε, in rising order.

    A picture within a smaller ε is within a larger one too, so the best found so far stays until a better one comes:
    the attack's curve can't fall. A random draw goes ε up or down at every value (L∞) or ε far in a random direction
    (L2). Raises AttackError.
    """
    if not epsilons or draws < 1:
        raise AttackError(f"A curve needs at least one ε and one random draw, not {len(epsilons)} and {draws}.")
    for epsilon in epsilons:
        check(norm, epsilon, steps)
    best: tuple[float, Attack] | None = None
    for epsilon in sorted(epsilons):
        found = _attack(network, image, goal, norm, epsilon, steps)
        shares = probabilities(network, found.adversarial)
        height = (1 - float(shares[goal.label])) if goal.target is None else float(shares[goal.target])
        best = (height, found) if best is None or height >= best[0] else best
        yield _point(network, image, goal, norm, epsilon, best[1], draws, seed)


def _attack(network: Network, image: Image, goal: Goal, norm: str, epsilon: float, steps: int) -> Attack:
    *_, last = iterates(network, image, goal, norm=norm, epsilon=epsilon, steps=steps)
    return measure(network, image, last.x, goal, norm=norm, epsilon=epsilon)


def _point(
    network: Network, image: Image, goal: Goal, norm: str, epsilon: float, best: Attack, draws: int, seed: int
) -> EpsilonPoint:
    shares = probabilities(network, best.adversarial)
    random = noisy_shares(network, image, norm=norm, epsilon=epsilon, draws=draws, seed=seed)
    return EpsilonPoint(
        epsilon, best, float(shares[goal.label]), None if goal.target is None else float(shares[goal.target]),
        random[:, goal.label], None if goal.target is None else random[:, goal.target],
        int((random.argmax(1) != goal.label).sum()),
    )  # fmt: skip


def noisy_shares(
    network: Network, image: Image, *, norm: str, epsilon: float, draws: int, seed: int = 0
) -> NDArray[np.float32]:
    """What the network says, (draws, classes), of the rounded picture with random changes of one size."""
    start = network.tensor(image)
    found = []
    for first in range(0, draws, _BATCH):
        some = start.expand(min(_BATCH, draws - first), -1, -1, -1)
        noisy: Tensor = random_border(some, norm, epsilon, seed + first)
        found.append(logits(network.module, quantized(noisy, some, norm, epsilon)).softmax(1).cpu())
    shares: NDArray[np.float32] = torch.cat(found).numpy()
    return shares
