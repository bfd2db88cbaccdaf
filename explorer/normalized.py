"""A classifier's body behind its normalization: pictures in [0, 1] go in, so that ε is always in pixel units."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Normalized(nn.Module):
    """Takes pictures in [0, 1], normalizes them (grey first if the body sees one channel) and runs the body."""

    mean: Tensor
    std: Tensor

    def __init__(self, body: nn.Module, mean: Sequence[float], std: Sequence[float], channels: int) -> None:
        super().__init__()
        self.body = body
        self.grey = channels == 1
        for name, values in (("mean", mean), ("std", std)):
            numbers = torch.tensor([float(v) for v in values])
            self.register_buffer(name, (numbers.mean()[None] if self.grey else numbers).view(1, -1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = x.mean(1, keepdim=True) if self.grey else x
        logits: Tensor = self.body((x - self.mean) / self.std)
        return logits


def input_channels(module: nn.Module) -> int:
    """How many channels a network's pictures have, by its first convolution; 3 when it has none."""
    first = next((m for m in module.modules() if isinstance(m, nn.Conv2d)), None)
    return first.in_channels if first is not None else 3
