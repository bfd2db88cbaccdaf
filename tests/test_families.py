"""A dozen families of torchvision and timm with random weights: layers, costs, maps and plan against others' counts."""

from __future__ import annotations

import copy
from collections import Counter
from math import prod

import numpy as np
import pytest
import timm
import torch
from torch import nn

import explorer
from explorer.architecture.filter_statistics import KINDS, filter_statistics
from explorer.architecture.filters import layer_filters
from explorer.architecture.neighbours import convolution_near, convolutions, main_path, nonlinearity_after
from explorer.architecture.plan import plan
from explorer.networks.layers import OUTPUT, Layer
from explorer.networks.registry.catalogue import build
from explorer.render import map_tiles
from explorer.responses import ranking
from explorer.responses.activations import outputs
from explorer.responses.contributions import contributions, effective_field
from explorer.responses.gradcam import grad_cam, last_with_places
from explorer.responses.layer_summaries import layer_summaries, zero_shares
from explorer.responses.units import Unit
from tests.support.cloned_hooks import cloned_hooks

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
    # the published head of VGG holds nine tenths of its numbers, and takes seconds to draw
    module = timm.create_model("vgg11_bn", num_classes=10, mlp_ratio=1 / 64) if "vgg" in name else build(name, 10)[0]
    return explorer.wrap_network(module, input_size=FAMILIES[name], name=name, device="cpu")


@pytest.fixture(scope="module")
def truth(network: explorer.Network) -> dict[str, torch.Tensor]:
    return cloned_hooks(network, explorer.sample("coffee"))


def test_every_layer_can_be_opened_and_gives_what_a_cloning_hook_gives(
    network: explorer.Network, truth: dict[str, torch.Tensor]
) -> None:
    image = explorer.sample("coffee")
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


def test_a_layer_alone_gives_the_same(network: explorer.Network, truth: dict[str, torch.Tensor]) -> None:
    image = explorer.sample("coffee")
    for layer in (x for x in network.layers[:: max(1, len(network.layers) // 3)] if x.name in truth):
        maps = explorer.feature_maps(network, image, layer.name)
        found = truth[layer.name][0].numpy()
        found = found[layer.prefix or 0 :]
        expected = found if found.shape[0] == layer.channels and found.ndim == 3 else np.moveaxis(found, -1, 0)
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
        places = layer.shape[:-1] if isinstance(module, nn.Linear) else layer.places  # tokens before the patches' too
        biases = 0 if module.bias is None else module.bias.numel() * prod(places)
        many = isinstance(module, nn.Linear) and len(layer.shape) > 1
        expected = prod(places) * module.weight.numel() if many else info.macs - biases
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


LARGE = 2_000_000  # numbers in a tensor


def without_kinks(body: nn.Module) -> nn.Module:
    """A copy through which every pixel of a receptive field has a slope: no unit is shut, no maximum takes all."""
    tensors = (*body.parameters(), *body.buffers())
    own = copy.deepcopy(body, {id(t): t for t in tensors if t.numel() > LARGE})  # those come after what is looked at
    for tensor in (*own.parameters(), *own.buffers()):
        if tensor.is_floating_point() and tensor.numel() <= LARGE:
            tensor.data = tensor.data.double() if tensor.any() else torch.full_like(tensor, 0.5, dtype=torch.float64)
    for module in list(own.modules()):
        for name, child in module.named_children():
            if "activation" in type(child).__module__ and not list(child.parameters()):
                setattr(module, name, nn.Identity())
            elif isinstance(child, nn.MaxPool2d):
                rest = {"count_include_pad": True, "ceil_mode": child.ceil_mode}
                setattr(module, name, nn.AvgPool2d(child.kernel_size, child.stride, child.padding, **rest))
    return own


class Reached(Exception):
    """The layer looked at has been computed."""


def middle(layer: Layer) -> tuple[int, int]:
    row, column = (side // 2 for side in layer.places)
    return row, column


def slopes(body: nn.Module, layer: Layer, side: int) -> torch.Tensor:
    """The gradient (side, side) of all channels of a layer's middle place by the picture, over the colours."""

    def stop(_module: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        raise Reached(output)

    picture = torch.rand(1, 3, side, side, dtype=torch.float64, requires_grad=True)
    with pytest.raises(Reached) as reached, body.get_submodule(layer.name).register_forward_hook(stop):
        body(picture)
    values = reached.value.args[0][(0, slice(None), *middle(layer))]
    return torch.autograd.grad(values.sum(), picture)[0][0].abs().sum(0)


def test_receptive_fields_are_the_gradients_footprint(network: explorer.Network) -> None:
    side = network.input_size
    found = [layer for layer in convolutions(network) if layer.has_maps]
    within = [x for x in found if min(x.field.box(*middle(x))) >= 0 and max(x.field.box(*middle(x))) <= side]
    deepest = within[-1]
    assert len(within) > 1 or deepest.field.size == deepest.field.rows.stride  # a transformer's patches, once
    gradient = slopes(without_kinks(network.module.body), deepest, side)
    rows, columns = gradient.any(1).nonzero(), gradient.any(0).nonzero()
    footprint = int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
    assert footprint == deepest.field.box(*middle(deepest)), deepest.name


def test_everything_that_filters_shows(network: explorer.Network) -> None:
    body = network.module.body
    found = [layer for layer in convolutions(network) if layer.has_maps]
    assert found[0].input_shape[0] == 3
    for layer in found:
        weights = layer_filters(network, layer.name)
        module = body.get_submodule(layer.name)
        assert weights.shape == (layer.channels, module.in_channels // module.groups, *module.kernel_size)
        following = nonlinearity_after(network, layer.name)
        assert following is None or (following.channels, following.places) == (layer.channels, layer.places)
    measured = filter_statistics(layer_filters(network, found[0].name))
    assert sum(measured.counts.values()) == found[0].channels
    assert set(measured.counts) == set(KINDS)


def test_everything_that_feature_maps_shows(network: explorer.Network) -> None:
    image = explorer.sample("coffee")
    opened = [layer for layer in network.layers if layer.has_maps]
    layer = opened[len(opened) // 2]
    maps = explorer.feature_maps(network, image, layer.name)
    assert maps.shape == (layer.channels, *layer.places)
    for by in ranking.ORDERS:
        assert sorted(ranking.order(maps, by)) == list(range(len(maps)))
    assert len(map_tiles(maps)) == len(maps)
    near = convolution_near(network, layer.name)
    sum_of = contributions(network, image, near.name, near.channels - 1, middle(near))
    expected = explorer.feature_maps(network, image, near.name)[(near.channels - 1, *middle(near))]
    assert sum_of.value == pytest.approx(float(expected), rel=1e-4, abs=1e-5)
    assert sum_of.amounts.sum() + sum_of.bias == pytest.approx(sum_of.value, rel=1e-3, abs=1e-4)
    field = effective_field(network, image, Unit(layer.name, 0, middle(layer)))
    top, left, bottom, right = layer.field.clipped(*middle(layer), network.input_size)
    field = field.copy()
    field[top:bottom, left:right] = 0
    assert not field.any()
    found = [summary.layer for summary in layer_summaries(network, image, "all")]
    assert found == [layer for layer in main_path(network) if layer.has_maps]
    assert all(0 <= share <= 1 for _, share in zero_shares(network, image))
    last = last_with_places(network)
    assert grad_cam(network, image, 3, last.name).shape == last.places
