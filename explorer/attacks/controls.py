"""The control for an attack: the same amounts of change at the same pixels, shuffled: no gradient is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.attacks.goals import AttackError, Goal
from explorer.attacks.measurement import Attack, measure
from explorer.attacks.norms import from_levels, largest_factor
from explorer.attacks.passes import logits
from explorer.cache import memo
from explorer.networks.loading import Network
from explorer.pictures.images import Image

DRAWS = 20
_BATCH = 10
_BISECTIONS = 30


@dataclass(frozen=True)
class Controls:
    """The classes that the network predicts for many shuffled changes, each as large as the attack's."""

    predicted: tuple[int, ...]  #: class numbers, one for each draw
    goal: Goal

    @property
    def fooled(self) -> int:
        """How many do what the attack is for."""
        return sum(map(self.goal.reached, self.predicted))

    @property
    def changed(self) -> int:
        """How many make the network predict anything but the label."""
        return sum(one != self.goal.label for one in self.predicted)


def shuffled_perturbation(found: Attack, seed: int) -> NDArray[np.int16]:
    """A random change (H, W, 3) in 8-bit levels, of the pixels that `found` changed and as large in L2.

    Each changed pixel gets the three amounts of another, in any order and with random signs; the other sign where a
    value would leave its range. Where neither fits it goes to the range's end, and the rest grows until the L2 norm is
    the attack's; else L∞ and L1 are the attack's, too.
    """
    source = np.random.default_rng(seed)
    start = found.original.uint8.astype(np.int16)
    levels = np.rint(255 * found.perturbation).astype(np.int16)
    places = levels.any(2)
    inside, amounts = start[places], source.permuted(np.abs(source.permutation(levels[places])), axis=1)
    signs = source.integers(0, 2, inside.shape, np.int16) * 2 - 1
    room = np.where(signs > 0, 255 - inside, inside)
    flip = (amounts > room) & (255 - room > room)
    signs, room = np.where(flip, -signs, signs), np.where(flip, 255 - room, room)
    change = np.zeros_like(levels)
    change[places] = signs * _as_long(amounts, room, float(np.linalg.norm(levels.astype(float))))
    return change


def _as_long(amounts: NDArray[np.int16], room: NDArray[np.int16], size: float) -> NDArray[np.int16]:
    """The amounts within their room, grown by the largest factor for which their L2 norm is at most `size`."""

    def grown(factor: float) -> NDArray[np.int16]:
        return np.minimum(np.rint(amounts * factor), room).astype(np.int16)

    def norm(factor: float) -> float:
        return float(np.linalg.norm(grown(factor).astype(float)))

    if norm(1.0) >= size * (1 - 1e-9):
        return grown(1.0)
    return grown(largest_factor(lambda factor: norm(factor) <= size, 1.0, 256.0, _BISECTIONS))


def shuffled_control(network: Network, image: Image, found: Attack, goal: Goal, *, seed: int = 0) -> Attack:
    """The control for an attack: its perturbation shuffled, measured as the attack was and judged by the same goal."""

    def measured() -> Attack:
        x = _with_shuffled(found, seed).to(network.device)
        return measure(network, image, x, goal, norm="linf", epsilon=np.inf)

    return memo(("shuffled control", network, image, found.original, found.adversarial, goal, seed), measured)


def draw_controls(network: Network, found: Attack, goal: Goal, *, draws: int = DRAWS, seed: int = 0) -> Controls:
    """Many such controls, one for each seed from `seed` on. Raises AttackError without a draw."""
    pictures = control_pictures(found, draws, seed)
    predicted = [logits(network.module, some.to(network.device)).argmax(1) for some in pictures]
    return Controls(tuple(torch.cat(predicted).tolist()), goal)


def control_pictures(found: Attack, draws: int, seed: int) -> Iterator[Tensor]:
    """The pictures of so many controls, in batches (n, 3, H, W). Raises AttackError without a draw."""
    if draws < 1:
        raise AttackError(f"A control takes at least one draw, not {draws}.")
    for first in range(0, draws, _BATCH):
        yield torch.cat([_with_shuffled(found, seed + draw) for draw in range(first, min(draws, first + _BATCH))])


def _with_shuffled(found: Attack, seed: int) -> Tensor:
    """The original with the shuffled change, (1, 3, H, W)."""
    levels = found.original.uint8.astype(np.int16) + shuffled_perturbation(found, seed)
    return from_levels(torch.from_numpy(levels).permute(2, 0, 1)[None])
