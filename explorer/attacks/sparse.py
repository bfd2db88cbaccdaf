"""Attacks that may change few pixels as much as they like: any few, or those in a square patch."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from explorer.attacks.goals import AttackError, Goal, check_settings
from explorer.attacks.gradient_steps import gradient_steps
from explorer.attacks.iterates import Iterate, as_iterates, until_reached
from explorer.attacks.norms import round_to_levels
from explorer.attacks.passes import goal_gradient
from explorer.networks.loading import Network
from explorer.pictures.images import Image

Box = tuple[int, int, int, int]  #: top, left, bottom, right in pixels of the prepared picture, ends excluded
_SHARE = 0.25  # of the range: how far the steepest value goes in a step
_CORNERS = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3)  # the eight extreme colours


def few_pixels(network: Network, image: Image, goal: Goal, *, pixels: int, steps: int = 30) -> Iterator[Iterate]:
    """Change at most `pixels` pixels, each to any colour: projected gradient steps in L0 (Croce & Hein 2019, eq. 5).

    A single pixel is tried in the eight extreme colours instead, one place after another, by what the gradient
    promises. The last iterate is the first that reached the goal, else the one that came nearest. Values are whole
    8-bit levels. Raises AttackError.
    """
    side = network.input_size
    check_settings("l2", 0, steps)
    if not 1 <= pixels <= side * side:
        raise AttackError(f"From 1 to {side * side} pixels can change, not {pixels}.")
    start = network.tensor(image)

    def update(x: Tensor, gradient: Tensor, number: int) -> Tensor:
        if pixels == 1:
            return _extreme_pixel(start, gradient, rank=number)
        length = _SHARE / gradient.abs().max().clamp(min=1e-12)
        return round_to_levels(_keep_pixels(x + length * gradient, start, pixels))

    walk = gradient_steps(goal_gradient(network, goal), start, update, steps=steps)
    best: Iterate | None = None
    for iterate in until_reached(as_iterates(walk, network, goal)):
        if best is None or iterate.reached or iterate.progress >= best.progress:
            best = iterate
        yield iterate if iterate.number < steps else best


def patch(
    network: Network, image: Image, goal: Goal, *, pixels: int = 16, box: Box | None = None, steps: int = 30
) -> Iterator[Iterate]:
    """Change only the pixels in `box`, to any colour, by signed steps; ends when the goal is reached.

    Without a box it is the `best_patch` with a side of `pixels`. Values are whole 8-bit levels. As Brown et al. 2017,
    but for one picture at one place. Raises AttackError.
    """
    check_settings("linf", 1, steps)
    top, left, bottom, right = box or best_patch(network, image, goal, pixels)
    side = network.input_size
    if not (0 <= top < bottom <= side and 0 <= left < right <= side):
        raise AttackError(f"A patch lies inside the {side} × {side} picture; {box} does not.")
    start = network.tensor(image)
    inside = torch.zeros_like(start)
    inside[:, :, top:bottom, left:right] = 1

    def update(x: Tensor, gradient: Tensor, _number: int) -> Tensor:
        return round_to_levels((x + _SHARE / 2 * gradient.sign() * inside).clamp(0, 1))

    walk = gradient_steps(goal_gradient(network, goal), start, update, steps=steps)
    yield from until_reached(as_iterates(walk, network, goal))


def best_patch(network: Network, image: Image, goal: Goal, side: int) -> Box:
    """The box of side × side pixels in which the absolute gradient sums to most: where a patch promises most.

    Raises AttackError for a side that is not from 1 to the network's input size.
    """
    if not 1 <= side <= network.input_size:
        raise AttackError(f"A patch has a side of 1 to {network.input_size} pixels, not {side}.")
    _, gradient = goal_gradient(network, goal)(network.tensor(image))
    sums = functional.avg_pool2d(gradient.abs().sum(1, keepdim=True), side, stride=1)[0, 0]
    top, left = divmod(int(sums.argmax()), sums.shape[1])
    return top, left, top + side, left + side


def _keep_pixels(x: Tensor, start: Tensor, count: int) -> Tensor:
    """The nearest point to x in [0, 1] that differs from `start` in at most `count` pixels (Croce & Hein 2019)."""
    cut = x.clamp(0, 1)
    gains = ((x - start).square() - (cut - x).square()).sum(1).flatten()
    mask = torch.zeros_like(gains)
    mask[gains.topk(count).indices] = 1
    return torch.where(mask.view(1, 1, *x.shape[2:]) > 0, cut, start)


def _extreme_pixel(start: Tensor, gradient: Tensor, rank: int) -> Tensor:
    """The picture with one pixel in an extreme colour: the one that the gradient ranks at place `rank`."""
    corners = _CORNERS.to(start)
    promises = torch.stack([((corner.view(1, 3, 1, 1) - start) * gradient).sum(1)[0] for corner in corners])
    place = int(promises.flatten().topk(rank + 1).indices[-1])
    corner, position = divmod(place, promises[0].numel())
    row, column = divmod(position, start.shape[3])
    x = start.clone()
    x[0, :, row, column] = corners[corner]
    return x
