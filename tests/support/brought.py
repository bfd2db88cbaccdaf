"""Small modules as people bring them, and the networks made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import explorer
from explorer.networks.classifier import probabilities

SIDE = 32


def wrap(module: Any, **wishes: Any) -> explorer.Network:
    return explorer.wrap_network(module, **{"input_size": SIDE, "device": "cpu"} | wishes)


def body(channels: int = 3, classes: int = 10) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(channels, 8, 3, stride=2), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, classes)
    )


class Changed(nn.Module):
    """A small classifier whose answer, or whose picture, is changed."""

    def __init__(self, after: Callable = lambda y: y, before: Callable = lambda x: x, classes: int = 10) -> None:
        super().__init__()
        self.net = body(classes=classes)
        self.after, self.before = after, before

    def forward(self, x: Tensor) -> Any:
        return self.after(self.net(self.before(x)))


def shares(network: explorer.Network) -> np.ndarray:
    return probabilities(network, network.prepare(explorer.sample("coffee")))
