"""Gradients by the picture, and a sentence where a network gives none."""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.networks.classifier import NetworkError


def derivative(height: Tensor, x: Tensor, *, again: bool = False) -> Tensor:
    """The gradient of a number by x; `again`: it will be asked for once more, so what it needs is kept.

    Raises NetworkError where none comes back: under torch.no_grad, past detach, a rounding to whole numbers, a branch
    that isn't used.
    """
    gradient = found_derivative(height, x, again=again)
    if gradient is not None:
        return gradient
    raise NetworkError(
        "This network gives no gradient from here back to the picture, which this needs: take no_grad, detach and "
        "rounding to whole numbers out of its forward, or ask it for what needs none, such as its feature maps."
    )


def found_derivative(height: Tensor, x: Tensor, *, again: bool) -> Tensor | None:
    """As `derivative`, None where none comes back."""
    if not height.requires_grad:
        return None
    (gradient,) = torch.autograd.grad(height, x, retain_graph=again, allow_unused=True)
    return gradient
