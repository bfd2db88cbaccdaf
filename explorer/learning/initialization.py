"""What weights are before anything is learned."""

from __future__ import annotations

from torch import Generator, nn


def initialize(network: nn.Sequential, source: Generator | None) -> None:
    """Draw the weights of convolutions and fully connected layers as He et al. 2015 do; biases are 0."""
    for module in network:
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=source)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
