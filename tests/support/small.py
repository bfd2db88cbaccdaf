"""Small networks with known structure, for tests that need no trained one, and a picture of their size."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

import explorer
from explorer.pictures.images import from_array


class Residual(nn.Module):
    """A block whose ReLUs work in place and whose one ReLU module is called twice, as in torchvision's ResNets."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.bn = nn.BatchNorm2d(channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.relu(self.bn(self.first(x)))
        return self.relu(self.second(y) + x)


def small_module(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1),
        nn.ReLU(inplace=True),
        Residual(8),
        nn.MaxPool2d(2),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(32, 10),
    )


def small_network(seed: int = 0) -> explorer.Network:
    return explorer.wrap_network(small_module(seed), input_size=32, mean=(0.5,) * 3, std=(0.25,) * 3)


def noisy_picture(seed: int) -> explorer.Image:
    return from_array(np.random.default_rng(seed).integers(0, 256, (32, 32, 3), np.uint8), f"picture {seed}")


def linear_classifier() -> tuple[explorer.Network, explorer.Image, torch.Tensor]:
    """Three classes with logits Wx of a picture of 16 × 16, a picture of noise around grey, and W."""
    torch.manual_seed(1)
    layer = nn.Linear(3 * 16 * 16, 3)
    layer.weight.data, layer.bias.data = torch.randn(3, 3 * 16 * 16) * 0.5, torch.zeros(3)
    network = explorer.wrap_network(nn.Sequential(nn.Flatten(), layer), input_size=16)
    picture = from_array(np.random.default_rng(1).integers(110, 146, (16, 16, 3), np.uint8))
    return network, picture, layer.weight.data
