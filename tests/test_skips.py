"""Ways around layers, in blocks whose drawing everybody knows."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import explorer
from explorer.architecture.skips import Skip, skips
from explorer.networks.registry.catalogue import build


def wrapped(features: nn.Module, channels: int) -> explorer.Network:
    head = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 4))
    return explorer.wrap_network(nn.Sequential(features, *head), input_size=16)


class Gated(nn.Module):
    """Squeeze and excite."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.gate = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        return x * torch.sigmoid(self.gate(x.mean((2, 3), keepdim=True)))


class Forked(nn.Module):
    """Two branches stacked, as in GoogLeNet; the picture goes with them."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 5, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.left(x), self.right(x), x], 1)


class Chain(nn.Module):
    """A non-linearity written as a product of its own input is no way around anything."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.one(x)
        return self.two(x * torch.sigmoid(x)) + 1


def test_a_residual_block_whose_relu_works_in_place(small: explorer.Network) -> None:
    assert skips(small) == (Skip("1", "2.second", "added"),)


@pytest.mark.parametrize(
    ("module", "channels", "expected"),
    [
        (Gated(), 4, {Skip("0.stem", "0.gate", "multiplied")}),
        (Forked(), 12, {Skip("", "0.right", "read"), *(Skip(x, "0.right", "joined") for x in ("", "0.left"))}),
        (Chain(), 4, set()),
    ],
)
def test_blocks_that_everybody_knows(module: nn.Module, channels: int, expected: set[Skip]) -> None:
    found = skips(wrapped(module, channels))
    assert set(found) == expected
    assert len(found) == len(expected)


def test_resnet18_has_eight_of_which_three_go_through_a_convolution() -> None:
    network = explorer.wrap_network(build("torchvision/resnet18", 10)[0], input_size=32, device="cpu")
    found = skips(network)
    added = [one for one in found if one.how == "added"]
    assert len(added) == 8
    assert [one.end for one in added if "downsample" in one.end] == [f"layer{n}.0.downsample" for n in (2, 3, 4)]
    assert Skip("layer1.0", "layer1.1.bn2", "added") in found
    assert Skip("layer1", "layer2.0.downsample.0", "read") in found


def test_no_hook_stays_on_the_shared_network(small: explorer.Network) -> None:
    skips.__wrapped__(small)  # type: ignore[attr-defined]
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in small.module.modules())
