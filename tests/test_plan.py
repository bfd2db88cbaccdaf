"""The plan: every layer stands in it once, groups add up, and what each does is told by its kind."""

from __future__ import annotations

import pytest
import timm
from torch import nn

import explorer
from explorer.architecture.plan import Block, opened, plan
from explorer.networks.layers import OUTPUT


class Listed(nn.Module):
    """Blocks in a list, which is no layer itself, and a last step in the network's own code."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.ReLU()) for _ in range(3)])
        self.head = nn.Linear(3, 5)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return 2 * self.head(x.mean((2, 3)))


@pytest.fixture(scope="module")
def listed() -> explorer.Network:
    return explorer.wrap_network(Listed(), input_size=8)


def names(blocks) -> list[str]:
    return [block.name for block in blocks]


def test_the_work_of_a_whole_network(lite0: explorer.Network) -> None:
    """Tan & Le's 407 million for it count the biases and activations, too."""
    assert plan(lite0).multiply_adds == 385_187_552


@pytest.mark.parametrize("which", ["listed", "small", "lite0"])
def test_every_layer_stands_in_the_plan_once(which: str, request: pytest.FixtureRequest) -> None:
    network = request.getfixturevalue(which)
    blocks = list(plan(network).walk())
    assert sorted(b.layer for b in blocks if b.layer) == sorted(layer.name for layer in network.layers)
    by_name = {layer.name: layer for layer in network.layers}
    for block in blocks:
        if block.layer and block.layer != OUTPUT:
            layer = by_name[block.layer]
            assert (block.parameters, block.multiply_adds) == (layer.parameters, layer.multiply_adds)


@pytest.mark.parametrize("which", ["listed", "small", "lite0"])
def test_costs_add_up(which: str, request: pytest.FixtureRequest) -> None:
    network = request.getfixturevalue(which)
    root = plan(network)
    assert root.parameters == network.parameters
    leaves = [block for block in root.walk() if not block.children]
    assert sum(leaf.multiply_adds for leaf in leaves) == root.multiply_adds > 0
    for block in root.walk():
        assert sum(child.multiply_adds for child in block.children) <= block.multiply_adds
        assert not block.children or block.children[-1].name.startswith(block.name) or block is root


def test_what_a_list_of_modules_holds_is_put_together(listed: explorer.Network) -> None:
    root = plan(listed)
    assert names(root.children) == ["blocks", "head", "output"]
    group = root.children[0]
    assert (group.layer, group.kind, group.label) == ("", "ModuleList", "blocks")
    assert names(group.children) == ["blocks.0", "blocks.1", "blocks.2"]
    assert names(group.children[1].children) == ["blocks.1.0", "blocks.1.1"]
    assert group.parameters == 3 * (3 * 27 + 3)
    assert group.multiply_adds == 3 * 64 * 81
    assert (group.channels, group.places) == (3, (8, 8))


def test_the_networks_own_last_step_costs_only_itself(listed: explorer.Network) -> None:
    root = plan(listed)
    assert (root.children[-1].parameters, root.children[-1].multiply_adds) == (0, 0)
    assert root.multiply_adds == 3 * 64 * 81 + 15


def test_a_second_call_of_a_module_is_a_block_of_its_own(small: explorer.Network) -> None:
    residual = next(block for block in plan(small).walk() if block.name == "2")
    assert names(residual.children) == ["2.first", "2.bn", "2.relu", "2.second", "2.relu:2"]


def test_roles(small: explorer.Network) -> None:
    roles = {block.name: block.role for block in plan(small).walk()}
    assert [roles[name] for name in ("0", "1", "2", "2.bn", "3", "4", "5", "6")] == [
        "convolution", "activation", "convolution", "normalization", "pooling", "pooling", "other", "dense",
    ]  # fmt: skip


def block(name: str, work: int, *children: Block) -> Block:
    return Block(name, "", "other", "", 1, (), 0, work, None, children)  # type: ignore[arg-type]


def test_costly_groups_are_opened_first_and_not_too_many() -> None:
    heavy = block("heavy", 9, *(block(f"heavy.{i}", 1) for i in range(5)))
    light = block("light", 5, *(block(f"light.{i}", 1) for i in range(5)))
    endless = block("endless", 99, *(block(f"endless.{i}", 1) for i in range(500)))
    root = block("", 0, heavy, light, endless)
    assert names(opened(root, least=3)) == []
    assert names(opened(root, least=6)) == ["heavy"]
    assert names(opened(root, least=100)) == ["heavy", "light"]


def test_a_normalization_that_holds_its_non_linearity_is_a_layer_too() -> None:
    root = plan(explorer.load_network("timm/efficientnet_b0", pretrained=False, device="cpu"))
    modules = timm.create_model("efficientnet_b0").modules()
    norms = sum(type(module).__name__ == "BatchNormAct2d" for module in modules)
    assert norms > 40
    assert sum(block.role == "normalization" for block in root.layers) == norms
    own = [block.parameters - sum(child.parameters for child in block.children) for block in root.layers]
    assert sum(own) == root.parameters
