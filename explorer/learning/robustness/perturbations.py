"""Changes of a given size to pictures of digits: those that gradients find, and noise, their control."""

from __future__ import annotations

from functools import partial

import torch
from torch import Generator, Tensor, nn

from explorer.attacks.gradient_steps import points
from explorer.attacks.losses import away_from, logit_difference
from explorer.attacks.passes import loss_gradient_within_slot
from explorer.attacks.projected_gradient import projected_gradient_steps


def perturb(
    model: nn.Module,
    pictures: Tensor,
    labels: Tensor,
    epsilon: float,
    *,
    steps: int,
    start: Tensor | None = None,
    targets: Tensor | None = None,
    step_size: float | None = None,
) -> Tensor:
    """Projected gradient ascent for every picture at once, within ε (L∞) and [0, 1], from `start`.

    It climbs the label's cross-entropy or, with `targets` (N,), the target's logit less the label's. Steps of
    2.5 ε / `steps` (Madry et al. 2018) unless `step_size` is given. The model must treat each picture by itself, as in
    eval mode.
    """
    loss = away_from(labels) if targets is None else logit_difference(labels, targets)
    size = 2.5 * epsilon / steps if step_size is None else step_size
    *_, last = points(projected_gradient_steps(
        partial(loss_gradient_within_slot, model, loss=loss), pictures,
        norm="linf", epsilon=epsilon, steps=steps, step_size=size, start=start,
    ))  # fmt: skip
    return last


def noisy(pictures: Tensor, epsilon: float, source: Generator) -> Tensor:
    """The control: every pixel ε up or down by a coin's toss, within [0, 1]."""
    return (pictures + epsilon * even(pictures, source).sign()).clamp(0, 1)


def even(like: Tensor, source: Generator) -> Tensor:
    """Numbers drawn evenly from −1 to 1."""
    return (torch.rand(like.shape, generator=source) * 2 - 1).to(like.device)
