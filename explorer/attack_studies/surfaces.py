"""The loss around a picture, along the change that fools and along a random one of the same length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from explorer.attacks.goals import AttackError, Goal
from explorer.attacks.measurement import Attack
from explorer.attacks.norms import l2
from explorer.attacks.passes import logits
from explorer.networks.loading import Network, to_tensor
from explorer.pictures.images import Image


@dataclass(frozen=True, eq=False)
class SurfaceRow:
    """The loss at n points: the picture plus `along` times the found change and each of `across` times a random one."""

    along: float
    across: NDArray[np.float64]  #: (n,), factors of the random change
    loss: NDArray[np.float32]  #: (n,), cross-entropy with the label
    label: NDArray[np.float32]  #: (n,), the label's probability


def loss_surface(
    network: Network, image: Image, found: Attack, goal: Goal, *, points: int = 13, reach: float = 1.5, seed: int = 0
) -> Iterator[SurfaceRow]:
    """Rows of a grid of points × points from −reach to reach times the two changes (Li et al. 2018, eq. 1).

    The random one is drawn evenly from all directions and as long, in L2. Pictures are cut to [0, 1], not rounded.
    Raises AttackError when nothing changed, for then there is no direction.
    """
    if not found.perturbation.any():
        raise AttackError("Nothing was changed, so there is no direction to look along: take a larger ε.")
    if points < 2:
        raise AttackError(f"A surface has at least 2 points a side, not {points}.")
    start = network.tensor(image)
    change = to_tensor(found.perturbation[None], network.device)
    noise = torch.randn(start.shape, generator=torch.Generator().manual_seed(seed)).to(start.device)
    noise = noise * (l2(change) / l2(noise))
    shares = np.linspace(-reach, reach, points)
    across = torch.as_tensor(shares, dtype=torch.float32, device=start.device).view(-1, 1, 1, 1)
    for along in shares.tolist():
        scores = logits(network.module, (start + along * change + across * noise).clamp(0, 1))
        classes = torch.full((points,), goal.label, device=scores.device)
        loss = functional.cross_entropy(scores, classes, reduction="none")
        yield SurfaceRow(along, shares, loss.cpu().numpy(), torch.exp(-loss).cpu().numpy())
