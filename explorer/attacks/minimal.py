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

    The projection onto the ball rounds, too: the change becomes s · δ in whole levels, for the largest factor s that
    fits, so nothing is lost when the picture is saved as PNG. The last iterate is the smallest that reached the goal
    or, if none did, the last one tried. `start_norm` is the first radius, in pixel units. Raises AttackError.
    """
    check_settings("l2", start_norm, steps)
    gradient_at, base = goal_gradient(network, goal), (network.tensor(image) * 255).round()
    levels, radius, best = base, start_norm, None
    fooled_once = failed_once = False
    for number in range(steps):
        scores, gradient = gradient_at(from_levels(levels))
        yield (iterate := Iterate(number, from_levels(levels), scores, goal))
        best = _nearer(best, levels, base) if iterate.reached else best
        if best is not None and torch.equal(best, base):
            break
        fooled_once, failed_once = fooled_once or iterate.reached, failed_once or (number > 0 and not iterate.reached)
        gamma = GAMMA if fooled_once and failed_once else FIRST_GAMMA
        radius *= 1 - gamma if iterate.reached else 1 + gamma
        step = 255 * cosine_decay(_FIRST, _LAST, number, steps) * normalize(gradient, "l2")
        levels = (base + _onto_ball(levels - base + step, 255 * radius)).clamp(0, 255)
    if goal.reached(int(logits(network.module, from_levels(levels)).argmax())):
        best = _nearer(best, levels, base)
    last = from_levels(levels if best is None else best)
    yield Iterate(steps, last, logits(network.module, last), goal)


def _nearer(best: Tensor | None, levels: Tensor, base: Tensor) -> Tensor:
    """Of two pictures in levels the one that is nearer to the original in L2; the earlier one if they are as near."""
    return levels if best is None or float((levels - base).norm()) < float((best - base).norm()) else best


def _onto_ball(change: Tensor, size: float) -> Tensor:
    """A change (1, 3, S, S) in levels, scaled and rounded so that its L2 norm is as large as fits in `size`.

    Among all whole changes of its length, rounding s · δ gains most along δ.
    """
    high = 2 * size / max(float(l2(change)), 1e-12) + 1 / max(float(change.abs().max()), 1e-12)
    factor = largest_factor(lambda one: float((change * one).round_().norm()) <= size, 0.0, high, _BISECTIONS)
    return (change * factor).round_()
