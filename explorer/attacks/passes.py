"""What attacks ask a network: its logits, in a forward pass, and the gradient of a loss, in a backward pass more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from explorer.attacks.goals import Goal
from explorer.attacks.losses import Loss, loss_of
from explorer.compute import compute_slot
from explorer.networks.gradients.derivatives import derivative
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network

Model = Callable[[Tensor], Tensor]  #: pictures (N, 3, S, S) in [0, 1] to logits (N, classes)
GradientAt = Callable[[Tensor], tuple[Tensor, Tensor]]  #: a point to the logits (N, classes) and the gradient there


def logits(model: Model, x: Tensor) -> Tensor:
    """The logits (N, classes) of pictures (N, 3, S, S), without gradients. Waits for a `compute_slot`."""
    with compute_slot(len(x)), torch.inference_mode():
        return model(x)


def loss_gradient(model: Model, x: Tensor, loss: Loss) -> tuple[Tensor, Tensor]:
    """Logits (N, classes) at x, and each picture's gradient of its loss. Waits for a `compute_slot`."""
    with compute_slot(len(x)):
        return loss_gradient_within_slot(model, x, loss)


def loss_gradient_within_slot(model: Model, x: Tensor, loss: Loss) -> tuple[Tensor, Tensor]:
    """As `loss_gradient`, for a caller that holds a `compute_slot` already."""
    with torch.inference_mode(False), torch.enable_grad():
        x = x.detach().clone().requires_grad_()
        scores = model(x)
        gradient = derivative(loss(scores).sum(), x)
    return scores.detach(), gradient


def goal_gradient(network: Network, goal: Goal) -> GradientAt:
    """`loss_gradient` of the loss that an attack with this goal raises."""
    return partial(loss_gradient, for_gradients(network), loss=loss_of(goal))
