"""What the size of a change does: the attack's probabilities beside those of many random changes of the same size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.attacks.controls import control_pictures
from explorer.attacks.goals import AttackError, Goal
from explorer.attacks.measurement import Attack
from explorer.attacks.methods import METHODS, AttackSettings, run_attack
from explorer.attacks.norms import quantize_batch, random_border
from explorer.attacks.passes import logits
from explorer.confidence_intervals import wilson
from explorer.networks.loading import Network, probabilities
from explorer.pictures.images import Image

_BATCH = 16


@dataclass(frozen=True, eq=False)
class EpsilonPoint:
    """The attack and the random changes of one size, all judged on rounded pictures."""

    size: float  #: ε, or how many pixels may change, or the side of the patch
    found: Attack  #: the best attack of at most that size
    attack_label: float  #: the label's probability under it
    attack_target: float | None
    noise_label: NDArray[np.float32]  #: (draws,), the label's probability under random changes
    noise_target: NDArray[np.float32] | None
    noise_fooled: int  #: how many random changes do what the attack is for
    noise_changed: int  #: how many make the network predict anything but the label

    @property
    def draws(self) -> int:
        """How many random changes there were."""
        return len(self.noise_label)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share of random changes that fool."""
        return wilson(self.noise_fooled, self.draws)


def epsilon_curve(
    network: Network, image: Image, goal: Goal, how: AttackSettings, *, sizes: Sequence[float], draws: int = 32
) -> Iterator[EpsilonPoint]:
    """One point for each size of the attack `how`, in rising order.

    A picture within a smaller size is within a larger one too, so the best found so far stays until a better one comes:
    the attack's curve can't fall. A random draw goes ε up or down at every value (L∞) or ε far in a random direction
    (L2); where pixels are counted, it changes the attack's own pixels by as much (`shuffled_perturbation`). Raises
    AttackError, also for a method whose size is no setting.
    """
    if not sizes or draws < 1:
        raise AttackError(f"A curve needs at least one size and one random draw, not {len(sizes)} and {draws}.")
    if not (METHODS[how.method].bounded or METHODS[how.method].counts_pixels):
        raise AttackError(f"{METHODS[how.method].title} finds its size itself: take a method that is given one.")
    best: tuple[float, Attack] | None = None
    for size in sorted(sizes):
        found = run_attack(network, image, goal, _sized(how, size))
        shares = probabilities(network, found.adversarial)
        height = (1 - float(shares[goal.label])) if goal.target is None else float(shares[goal.target])
        best = (height, found) if best is None or height >= best[0] else best
        yield _point(network, image, goal, how, size, best[1], draws)


def _sized(how: AttackSettings, size: float) -> AttackSettings:
    return replace(how, pixels=int(size)) if METHODS[how.method].counts_pixels else replace(how, epsilon=size)


def _point(
    network: Network, image: Image, goal: Goal, how: AttackSettings, size: float, best: Attack, draws: int
) -> EpsilonPoint:
    shares = probabilities(network, best.adversarial)
    if METHODS[how.method].counts_pixels:
        random = _probabilities(network, control_pictures(best, draws, how.seed))
    else:
        random = noise_probabilities(network, image, norm=how.norm, epsilon=size, draws=draws, seed=how.seed)
    predicted = random.argmax(1).tolist()
    return EpsilonPoint(
        size, best, float(shares[goal.label]), None if goal.target is None else float(shares[goal.target]),
        random[:, goal.label], None if goal.target is None else random[:, goal.target],
        sum(map(goal.reached, predicted)), sum(one != goal.label for one in predicted),
    )  # fmt: skip


def noise_probabilities(
    network: Network, image: Image, *, norm: str, epsilon: float, draws: int, seed: int = 0
) -> NDArray[np.float32]:
    """The probabilities (draws, classes) for the rounded picture with random changes of one size."""
    start = network.tensor(image)

    def pictures() -> Iterator[Tensor]:
        for first in range(0, draws, _BATCH):
            some = start.expand(min(_BATCH, draws - first), -1, -1, -1)
            yield quantize_batch(random_border(some, norm, epsilon, seed + first), some, norm, epsilon)

    return _probabilities(network, pictures())


def _probabilities(network: Network, pictures: Iterator[Tensor]) -> NDArray[np.float32]:
    found = [logits(network.module, some.to(network.device)).softmax(1).cpu() for some in pictures]
    shares: NDArray[np.float32] = torch.cat(found).numpy()
    return shares
