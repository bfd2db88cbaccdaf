"""An attack without gradients, to check the others by: random squares, kept when they lower the margin."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from explorer.attacks.goals import check_settings
from explorer.attacks.passes import Model, logits

_SHARE = 0.05  # of the picture: the area of the first squares


def square_attack(
    model: Model, pictures: Tensor, classes: Tensor, *, epsilon: float, queries: int, seed: int = 0
) -> Tensor:
    """Attack pictures (N, 3, S, S) within L∞ `epsilon`, away from `classes` (N,), by `queries` forward passes of each.

    Square attack (Andriushchenko et al. 2020, algorithm 2): vertical stripes first, then squares in one of the ball's
    corner colours that get smaller with time; what lowers the margin is kept. Not rounded. Raises AttackError.
    """
    check_settings("linf", epsilon, queries)
    source = Generator().manual_seed(seed)
    count, channels, height, width = pictures.shape
    stripes = _signs((count, channels, 1, width), source).to(pictures)
    best = (pictures + epsilon * stripes).clamp(0, 1)
    lowest = margins(model, best, classes)
    for query in range(1, queries):
        share = _SHARE / 2 ** int(4 * query / queries)
        side = max(1, min(height, round((share * height * width) ** 0.5)))
        tried = _with_squares(best, pictures, epsilon, side, source)
        now = margins(model, tried, classes)
        better = (now < lowest) & (lowest > 0)
        best = torch.where(better.view(-1, 1, 1, 1), tried, best)
        lowest = torch.where(better, now, lowest)
    return best


def _with_squares(best: Tensor, pictures: Tensor, epsilon: float, side: int, source: Generator) -> Tensor:
    """The best so far with one more square on each picture, at a random place, ε up or down in each channel."""
    _, channels, height, width = pictures.shape
    tried = best.clone()
    for one in range(len(pictures)):
        top = int(torch.randint(0, height - side + 1, (1,), generator=source))
        left = int(torch.randint(0, width - side + 1, (1,), generator=source))
        window = (one, slice(None), slice(top, top + side), slice(left, left + side))
        tried[window] = pictures[window] + epsilon * _signs((channels, 1, 1), source).to(pictures)
    return tried.clamp(0, 1)


def _signs(shape: tuple[int, ...], source: Generator) -> Tensor:
    return torch.randint(0, 2, shape, generator=source) * 2.0 - 1


def margins(model: Model, pictures: Tensor, classes: Tensor) -> Tensor:
    """The label's logit minus the highest other one, (N,): below 0 the network is fooled."""
    scores = logits(model, pictures).clone()
    own = scores.gather(1, classes[:, None])
    others = scores.scatter(1, classes[:, None], -torch.inf)
    return own[:, 0] - others.amax(1)
