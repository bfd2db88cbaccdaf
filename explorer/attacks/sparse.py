"""Attacks that may change few pixels as much as they like: any few, or those in a square patch."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from explorer.attacks.goals import AttackError, Goal, check
from explorer.attacks.losses import loss_of
from explorer.attacks.norms import from_levels
from explorer.attacks.projected_gradient import Iterate, logits, loss_gradient
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network
from explorer.pictures.images import Image

Box = tuple[int, int, int, int]  #: top, left, bottom, right in pixels of the prepared picture, ends excluded
_SHARE = 0.25  # of the range: how far the steepest value goes in a step
_CORNERS = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3)  # the eight extreme colours


def few_pixels(network: Network, image: Image, goal: Goal, *, pixels: int, steps: int = 30) -> Iterator[Iterate]:
    """Change at most `pixels` pixels, each to any colour: projected gradient steps in L0 (Croce & Hein 2019, eq. 5).

    One pixel is tried too in each of the eight extreme colours, at the places where the gradient promises most. The
    last iterate is the first that reached the goal, else the one that came nearest. Values are whole 8-bit levels.
    Raises AttackError.
    """
    side = network.input_size
    check("l2", 0, steps)
    if not 1 <= pixels <= side * side:
        raise AttackError(f"From 1 to {side * side} pixels can change, not {pixels}.")
    start = network.tensor(image)
    x, best = start, None
    for number in range(steps):
        scores, uphill = loss_gradient(for_gradients(network), x, loss_of(goal))
        yield (iterate := Iterate(number, x, scores, goal))
        best = _better(best, iterate)
        if iterate.reached:
            return
        if pixels == 1:
            x = _extreme_pixel(start, uphill, rank=number)
        else:
            length = _SHARE / uphill.abs().max().clamp(min=1e-12)
            x = _whole(_keep_pixels(x + length * uphill, start, pixels))
    last = Iterate(steps, x, logits(network.module, x), goal)
    yield _better(best, last) if not last.reached else last


def patch(
    network: Network, image: Image, goal: Goal, *, pixels: int = 16, box: Box | None = None, steps: int = 30
) -> Iterator[Iterate]:
    """Change only the pixels in `box`, to any colour, by signed steps; ends when the goal is reached.

    Without a box it is the `best_patch` with a side of `pixels`.

    Values are whole 8-bit levels (Brown et al. 2017 print such patches; here it is made for one picture). Raises
    AttackError.
    """
    check("linf", 1, steps)
    top, left, bottom, right = box or best_patch(network, image, goal, pixels)
    side = network.input_size
    if not (0 <= top < bottom <= side and 0 <= left < right <= side):
        raise AttackError(f"A patch lies inside the {side} × {side} picture; {box} does not.")
    start = network.tensor(image)
    inside = torch.zeros_like(start)
    inside[:, :, top:bottom, left:right] = 1
    x = start
    for number in range(steps):
        scores, uphill = loss_gradient(for_gradients(network), x, loss_of(goal))
        yield (iterate := Iterate(number, x, scores, goal))
        if iterate.reached:
            return
        x = _whole((x + _SHARE / 2 * uphill.sign() * inside).clamp(0, 1))
    yield Iterate(steps, x, logits(network.module, x), goal)


def best_patch(network: Network, image: Image, goal: Goal, side: int) -> Box:
    """The box of side × side pixels in which the gradient is largest in sum: where a patch promises most."""
    if not 1 <= side <= network.input_size:
        raise AttackError(f"A patch has a side of 1 to {network.input_size} pixels, not {side}.")
    start = network.tensor(image)
    _, gradient = loss_gradient(for_gradients(network), start, loss_of(goal))
    sums = functional.avg_pool2d(gradient.abs().sum(1, keepdim=True), side, stride=1)[0, 0]
    top, left = divmod(int(sums.argmax()), sums.shape[1])
    return top, left, top + side, left + side


def _better(best: Iterate | None, new: Iterate) -> Iterate:
    return new if best is None or new.progress >= best.progress else best


def _keep_pixels(x: Tensor, start: Tensor, count: int) -> Tensor:
    """Cut x to [0, 1] and put back all pixels but the `count` whose return would cost most (Croce & Hein 2019)."""
    cut = x.clamp(0, 1)
    gains = ((x - start).square() - (cut - x).square()).sum(1).flatten()
    mask = torch.zeros_like(gains)
    mask[gains.topk(count).indices] = 1
    return torch.where(mask.view(1, 1, *x.shape[2:]) > 0, cut, start)


def _extreme_pixel(start: Tensor, uphill: Tensor, rank: int) -> Tensor:
    """The picture with one pixel in an extreme colour: the one that the gradient ranks at place `rank`."""
    corners = _CORNERS.to(start)
    promises = torch.stack([((corner.view(1, 3, 1, 1) - start) * uphill).sum(1)[0] for corner in corners])
    place = int(promises.flatten().topk(rank + 1).indices[-1])
    corner, position = divmod(place, promises[0].numel())
    row, column = divmod(position, start.shape[3])
    x = start.clone()
    x[0, :, row, column] = corners[corner]
    return x


def _whole(x: Tensor) -> Tensor:
    return from_levels((x * 255).round())
