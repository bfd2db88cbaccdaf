"""A dozen families of torchvision and timm with random weights: layers, costs, maps and plan against others' counts."""

from __future__ import annotations

from collections import Counter
from math import prod

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.anatomy.layers import OUTPUT
from explorer.anatomy.plan import plan
from explorer.networks.catalogue import build
from explorer.responses.activations import outputs
from tests.test_activations import cloned_hooks

# the smallest of each family, at the smallest pictures that it takes
FAMILIES = {
    "torchvision/alexnet": 64,
    "torchvision/squeezenet1_1": 48,
    "torchvision/googlenet": 64,
    "torchvision/resnet18": 48,
    "torchvision/densenet121": 48,
    "torchvision/mobilenet_v2": 48,
    "torchvision/shufflenet_v2_x0_5": 48,
    "torchvision/mnasnet0_5": 48,
    "torchvision/regnet_x_400mf": 48,
    "timm/vgg11_bn": 32,
    "timm/test_efficientnet": 48,
    "timm/test_convnext": 48,
    "timm/test_nfnet": 48,
    "timm/test_vit": 160,
    "timm/levit_128s": 224,
}


@pytest.fixture(scope="module", params=FAMILIES)
def network(request: pytest.FixtureRequest) -> explorer.Network:
    torch.manual_seed(0)
    name = request.param
    module, _ = build(name, 10)
    return explorer.wrap_network(module, input_size=FAMILIES[name], name=name, device="cpu")


def test_every_layer_can_be_opened_and_gives_what_a_cloning_hook_gives(network: explorer.Network) -> None:
    image = explorer.sample("coffee")
    truth = cloned_hooks(network, image)
    names = [layer.name for layer in network.layers]
    with torch.no_grad():
        opened = outputs(network, network.tensor(image), names)
    assert opened.keys() == set(names)
    assert len(set(names)) == len(names) > 10
    for layer in network.layers:
        if layer.name in truth:
            assert torch.equal(opened[layer.name], truth[layer.name]), layer.name
        assert tuple(opened[layer.name].shape[1:]) == layer.shape, layer.name
    assert set(names) - truth.keys() <= {OUTPUT}


def test_a_layer_alone_gives_the_same(network: explorer.Network) -> None:
    image = explorer.sample("coffee")
    truth = cloned_hooks(network, image)
    for layer in (x for x in network.layers[:: max(1, len(network.layers) // 3)] if x.name in truth):
        maps = explorer.feature_maps(network, image, layer.name)
        found = truth[layer.name][0].numpy()
        expected = found if found.ndim == 3 else np.moveaxis(found, -1, 0)
        assert np.array_equal(maps.reshape(expected.shape), expected), layer.name


def test_parameters_and_multiply_adds_are_those_of_torchinfo(network: explorer.Network) -> None:
    """torchinfo counts each bias as a multiply-add: we don't. It counts nothing in matrix products outside modules."""
    torchinfo = pytest.importorskip("torchinfo")
    body, side = network.module.body, network.input_size
    summary = torchinfo.summary(body, input_size=(1, 3, side, side), verbose=0, depth=12)
    assert network.parameters == summary.total_params
    theirs, calls = {}, Counter(info.module for info in summary.summary_list)
    for info in summary.summary_list:
        theirs[id(info.module)] = info
    layers = {layer.name: layer for layer in network.layers}
    parts = {n: m for n, m in body.named_modules() if type(m) in (nn.Conv2d, nn.Linear) and n in layers}
    assert len(parts) > 5
    for name, module in parts.items():
        assert calls[module] == 1
        layer, info = layers[name], theirs[id(module)]
        biases = 0 if module.bias is None else module.bias.numel() * prod(layer.places)
        places = 1 if isinstance(module, nn.Linear) and len(layer.shape) > 1 else None
        expected = prod(layer.places) * module.weight.numel() if places else info.macs - biases
        assert (layer.parameters, layer.multiply_adds) == (info.num_params, expected), name
        assert layer.channels == module.weight.shape[0]


def test_the_plan_holds_every_layer_once_and_its_costs_add_up(network: explorer.Network) -> None:
    root = plan(network)
    blocks = list(root.walk())
    assert Counter(b.layer for b in blocks if b.layer) == Counter(layer.name for layer in network.layers)
    assert sum(b.multiply_adds for b in blocks if not b.children) <= root.multiply_adds
    assert sum(b.multiply_adds for b in root.children) == root.multiply_adds > 0
    assert all(b.multiply_adds >= 0 and b.channels > 0 for b in blocks)


def test_inputs_are_the_shapes_that_come_in(network: explorer.Network) -> None:
    layers = {layer.name: layer for layer in network.layers}
    body = network.module.body
    seen = 0
    for name, module in body.named_modules():
        if type(module) is nn.Conv2d and name in layers:
            assert layers[name].input_shape[0] == module.in_channels
            seen += 1
    first = next(layer for layer in network.layers if isinstance(body.get_submodule(layer.name), nn.Conv2d))
    assert first.input_shape == (3, network.input_size, network.input_size)
    assert seen > 0
