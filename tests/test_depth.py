"""Depth counted by a pass: the numbers that the networks are named by, and the multiply-adds that Plan shows."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer.architecture.plan import plan
from explorer.networks.normalized import input_channels
from explorer.networks.registry.specs import all_specs
from explorer.networks.tracing.depth import cost_of


@pytest.mark.parametrize(
    ("name", "depth"),
    [
        ("alexnet", 8), ("vgg11", 11), ("vgg16", 16), ("resnet18", 18), ("resnet50", 50), ("resnet152", 152),
        ("densenet121", 121), ("googlenet", 22),
    ],
)  # fmt: skip
def test_networks_are_as_deep_as_they_are_called(name, depth):
    assert all_specs()[f"torchvision/{name}"].depth == depth


def test_the_census_has_counted_all():
    assert all(spec.depth is not None and spec.multiply_adds is not None for spec in all_specs().values())
    assert min(spec.depth for spec in all_specs().values()) > 3


class Both(nn.Module):
    """Two ways, of which one has three layers; norms, and a product of two things from the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.long = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 1))
        self.short, self.head = nn.Conv2d(3, 4, 1), nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        v = self.long(x) + self.short(x)
        tokens = v.flatten(2).transpose(1, 2)
        tokens = (tokens @ tokens.transpose(1, 2)).softmax(-1) @ tokens
        answer: torch.Tensor = self.head(tokens.mean(1))
        return answer


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_the_longest_way_counts_and_a_product_without_weights_does_not(device):
    with torch.device(device):
        cost = cost_of(Both().eval(), 6)
    assert cost.depth == 3
    convolutions = 36 * (3 * 4 * 9 + 4 * 4 + 3 * 4)
    assert cost.multiply_adds == convolutions + 2 * 36 * 36 * 4 + 8


def test_multiply_adds_are_those_that_plan_shows_and_depth_that_of_the_census(lite0):
    cost, told = cost_of(lite0.module.get_submodule("body"), lite0.input_size), all_specs()["efficientnet_lite0"]
    assert cost.multiply_adds == plan(lite0).multiply_adds
    assert cost.depth == told.depth
    assert cost.multiply_adds / 1e9 == pytest.approx(told.multiply_adds, rel=0.005)


def test_a_network_that_rearranges_the_picture_first_takes_three_channels():
    body = nn.Sequential(nn.PixelUnshuffle(4), nn.Conv2d(48, 8, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    assert cost_of(body, 8).depth == 1
    assert input_channels(body) == 3
    assert input_channels(nn.Conv2d(1, 4, 3)) == 1
