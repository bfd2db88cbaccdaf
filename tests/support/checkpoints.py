"""States of a small network, saved and loaded as one's own, for the tests of files of weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

import explorer
from explorer.networks.registry.catalogue import build

NET = "timm/test_resnet"
State = dict[str, Tensor]


def state(classes: int = 5, seed: int = 7) -> State:
    torch.manual_seed(seed)
    return dict(build(NET, classes)[0].state_dict())


def own(folder: Path, content: object, **wishes: object) -> explorer.Network:
    torch.save(content, folder / "mine.pth")
    return explorer.load_own(NET, folder / "mine.pth", device="cpu", **wishes)


def assert_filled(network: explorer.Network, expected: State) -> None:
    ours = network.module.body.state_dict()
    assert ours.keys() == expected.keys()
    assert all(torch.equal(ours[name], tensor.to(ours[name].dtype)) for name, tensor in expected.items())


def under(*prefixes: str) -> Callable[[State], State]:
    return lambda tensors: {"".join(prefixes) + name: tensor for name, tensor in tensors.items()}


def optimizer_state() -> dict:
    layer = nn.Linear(3, 4)
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    return optimizer.state_dict()
