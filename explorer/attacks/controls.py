"""The control for an attack: the same amounts of change at the same pixels, shuffled: no gradient is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.attacks.goals import AttackError, Goal
from explorer.attacks.measured import Attack, measure
from explorer.attacks.norms import from_levels
from explorer.attacks.projected_gradient import logits
from explorer.cache import memo
from explorer.networks.loading import Network
from explorer.pictures.images import Image

DRAWS = 20
_BATCH = 10
_BISECTIONS = 30


@dataclass(frozen=True)
class Controls:
    """What the network says, as class numbers, of so many random changes as large as an attack's at the same pixels."""

    said: tuple[int, ...]
    goal: Goal

    @property
    def fooled(self) -> int:
        """How many do what the attack is for."""
        return sum(map(self.goal.reached, self.said))

    @property
    def changed(self) -> int:
        """How many make the network say anything but the label."""
        return sum(said != self.goal.label for said in self.said)


def shuffled(found: Attack, seed: int) -> NDArray[np.int16]:
    """A random change (H, W, 3) in 8-bit levels, of the pixels that `found` changed and as large in L2.

    Each changed pixel gets the three amounts of another, in any order and with signs by a coin's toss; the other sign
    where a value would leave its range. Where neither fits it goes to the range's end, and the rest grows until the L2
    norm is the attack's; else L∞ and L1 are the attack's, too.
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
    """The amounts within their room, grown by the largest factor for which they are at most `size` long."""

    def grown(factor: float) -> NDArray[np.int16]:
        return np.minimum(np.rint(amounts * factor), room).astype(np.int16)

    low, high = 1.0, 256.0
    if float(np.linalg.norm(grown(low).astype(float))) >= size * (1 - 1e-9):
        return grown(low)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if float(np.linalg.norm(grown(middle).astype(float))) <= size else (low, middle)
    return grown(low)


def equal_noise(network: Network, image: Image, found: Attack, goal: Goal, *, seed: int = 0) -> Attack:
    """The control for an attack, `shuffled`, measured as the attack was and judged by the same goal."""

    def made() -> Attack:
        x = _shown(found, seed).to(network.device)
        return measure(network, image, x, goal, norm="linf", epsilon=np.inf)

    return memo(("equal noise", network, image, found.original, found.adversarial, goal, seed), made)


def controls(network: Network, found: Attack, goal: Goal, *, draws: int = DRAWS, seed: int = 0) -> Controls:
    """Many such controls, from `seed` on; the first is that of `equal_noise`. Raises AttackError without a draw."""
    said = [logits(network.module, some.to(network.device)).argmax(1) for some in drawn(found, draws, seed)]
    return Controls(tuple(torch.cat(said).tolist()), goal)


def drawn(found: Attack, draws: int, seed: int) -> Iterator[Tensor]:
    """The pictures of so many controls, in batches (n, 3, H, W). Raises AttackError without a draw."""
    if draws < 1:
        raise AttackError(f"A control takes at least one draw, not {draws}.")
    for first in range(0, draws, _BATCH):
        yield torch.cat([_shown(found, seed + draw) for draw in range(first, min(draws, first + _BATCH))])


def _shown(found: Attack, seed: int) -> Tensor:
    """The original with the shuffled change, (1, 3, H, W)."""
    levels = found.original.uint8.astype(np.int16) + shuffled(found, seed)
    return from_levels(torch.from_numpy(levels).permute(2, 0, 1)[None])
