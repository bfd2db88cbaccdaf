"""The smallest change that holds after rounding: every picture on the way has whole 8-bit levels."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from explorer.attacks.goals import Goal, check_settings
from explorer.attacks.gradient_steps import cosine_decay
from explorer.attacks.iterates import Iterate
from explorer.attacks.norms import from_levels, l2, largest_factor, normalize
from explorer.attacks.passes import goal_gradient, logits
from explorer.networks.loading import Network
from explorer.pictures.images import Image

GAMMA = 0.05  #: by how much the ball grows or shrinks in a step
FIRST_GAMMA = 0.5  #: the same until it has been too large and too small once
_FIRST, _LAST = 1.0, 0.01  # length of the first and the last step
_BISECTIONS = 25


def minimal_norm(
    network: Network, image: Image, goal: Goal, *, steps: int = 60, start_norm: float = 1.0
) -> Iterator[Iterate]:
    """Decoupled direction and norm (Rony et al. 2019, algorithm 1), in L2: shrink the ball while fooled, else grow it.

    What is kept in the ball is rounded: of the direction found, s · δ in whole levels for the largest factor s that
    fits. So that nothing is lost to saving the picture as PNG. The last iterate is the smallest that reached the goal
    or, if none did, the last one tried. Raises AttackError.
    """
    check_settings("l2", start_norm, steps)
    base = (network.tensor(image) * 255).round()
    change, size, best = torch.zeros_like(base), start_norm, None
    levels, fooled_once, failed_once = base, False, False
    gradient_at = goal_gradient(network, goal)
    for number in range(steps):
        scores, gradient = gradient_at(from_levels(levels))
        yield (iterate := Iterate(number, from_levels(levels), scores, goal))
        if iterate.reached and (best is None or _size(levels, base) < _size(best, base)):
            best = levels
        if best is not None and torch.equal(best, base):
            break
        length = cosine_decay(_FIRST, _LAST, number, steps)
        direction = normalize(gradient, "l2")
        fooled_once, failed_once = fooled_once or iterate.reached, failed_once or (number > 0 and not iterate.reached)
        factor = GAMMA if fooled_once and failed_once else FIRST_GAMMA
        size *= 1 - factor if iterate.reached else 1 + factor
        change = _fitting(change + 255 * length * direction, 255 * size)
        levels = (base + change).clamp(0, 255)
        change = levels - base
    scores = logits(network.module, from_levels(levels))
    if goal.reached(int(scores.argmax())) and (best is None or _size(levels, base) < _size(best, base)):
        best = levels
    last = from_levels(levels if best is None else best)
    yield Iterate(steps, last, logits(network.module, last), goal)


def _size(levels: Tensor, base: Tensor) -> float:
    return float((levels - base).norm())


def _fitting(change: Tensor, size: float) -> Tensor:
    """A change (1, 3, S, S) in levels, scaled and rounded to the longest that is at most `size` long.

    Among all whole changes of its length, rounding s · δ gains most along δ.
    """
    high = 2 * size / max(float(l2(change)), 1e-12) + 1 / max(float(change.abs().max()), 1e-12)
    factor = largest_factor(lambda one: float((change * one).round_().norm()) <= size, 0.0, high, _BISECTIONS)
    return (change * factor).round_()
