"""DeepFool: straight to the nearest border, as if the borders between classes were flat (Moosavi-Dezfooli et al. 2016).

One forward pass a step, and one backward pass for each class that is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from explorer.attacks.goals import Goal, check_settings
from explorer.attacks.iterates import Iterate
from explorer.attacks.passes import Model, logits
from explorer.compute import compute_slot
from explorer.networks.gradients.derivatives import derivative
from explorer.networks.gradients.folded import for_gradients
from explorer.networks.loading import Network
from explorer.pictures.images import Image

CANDIDATES, OVERSHOOT = 10, 0.02
_PUSH, _TINY = 1e-4, 1e-8  # added to distances and norms, as foolbox does


def deepfool_attack(
    network: Network, image: Image, goal: Goal, *, norm: str = "l2", candidates: int = CANDIDATES, steps: int = 50
) -> Iterator[Iterate]:
    """Steps to the nearest of the borders with the most probable other classes, until one is crossed (algorithm 2).

    The borders are those with the `candidates` − 1 classes that come after the most probable at the start; with a
    target, the one with the target. A step ends 2 % of the whole way behind the border. Nothing is rounded. Raises
    AttackError.
    """
    check_settings(norm, 0, steps)
    start = network.tensor(image)
    x, change, others = start, torch.zeros_like(start), list[int]()
    for number in range(steps):
        scores, lacks, gradients = _borders(for_gradients(network), x, goal, others, candidates)
        yield (iterate := Iterate(number, x, scores, goal))
        if iterate.reached:
            return
        change = change + _step(lacks, gradients, norm)
        x = (start + (1.0 + OVERSHOOT) * change).clamp(0, 1)
    yield Iterate(steps, x, logits(network.module, x), goal)


def _borders(model: Model, x: Tensor, goal: Goal, others: list[int], candidates: int) -> tuple[Tensor, Tensor, Tensor]:
    """Logits, what each other class (k,) lacks to the label, and the gradients (k, 3, S, S) of that.

    `others` is filled the first time. Once the goal is reached there is nothing to lack: both are empty.
    """
    with compute_slot(), torch.inference_mode(False), torch.enable_grad():
        x = x.detach().clone().requires_grad_()
        scores = model(x)
        others[:] = others or _others(scores, goal, candidates)
        if goal.reached(int(scores.argmax())):
            return scores.detach(), x.new_zeros(0), x.new_zeros(0)
        lacks = scores[0, others] - scores[0, goal.label]
        slopes = [derivative(lack, x, again=True)[0] for lack in lacks]
    return scores.detach(), lacks.detach(), torch.stack(slopes)


def _others(scores: Tensor, goal: Goal, candidates: int) -> list[int]:
    if goal.target is not None:
        return [goal.target]
    ranked: list[int] = scores[0].argsort().flip(0)[:candidates].tolist()
    return [one for one in ranked if one != goal.label]


def _step(lacks: Tensor, gradients: Tensor, norm: str) -> Tensor:
    """The step (1, 3, S, S) onto the nearest border: |lack| away in the dual norm of its gradient (eq. 8 and 9)."""
    flat = gradients.flatten(1)
    sizes = (flat.abs().sum(1) if norm == "linf" else flat.square().sum(1).sqrt()) + _TINY
    distances = lacks.abs() / sizes
    best = int(distances.argmin())
    far = distances[best] + _PUSH
    gradient = gradients[best][None]
    return far * gradient.sign() if norm == "linf" else far / sizes[best] * gradient
