"""What is said of a network's layers, against independent hooks and torchinfo; and that nothing is left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import prod

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.networks.layers import OUTPUT, Layer, call_name
from explorer.networks.tracing.layer_tracing import trace_layers


class Twice(nn.Module):
    """One ReLU called twice, a dropout that does nothing, and a functional end."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.inner = nn.Conv2d(4, 4, 3, padding=1)
        self.dropout = nn.Dropout()
        self.same = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.conv(x))
        x = self.relu(self.same(self.dropout(self.inner(x))) + x)
        return x.mean((2, 3))


class Several(nn.Module):
    """A part that gives two tensors, around one that gives one."""

    def __init__(self) -> None:
        super().__init__()
        self.pair = Pair()

    def forward(self, x: Tensor) -> Tensor:
        one, other = self.pair(x)
        return one + other


class Pair(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.conv(x), x[:, :2]


class Ends(nn.Module):
    """A layer, then whatever the test wants."""

    def __init__(self, end: Callable[[Tensor], object]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.end = end

    def forward(self, x: Tensor) -> object:
        return self.end(self.conv(x))


def torchvision_model(name: str) -> nn.Module:
    return pytest.importorskip("torchvision").models.get_model(name, weights=None).eval()


def names(layers: tuple[Layer, ...]) -> list[str]:
    return [layer.name for layer in layers]


def test_calls_are_listed_in_order_without_what_does_nothing() -> None:
    layers = trace_layers(Twice().eval(), 8)
    assert names(layers) == ["conv", "relu", "inner", "relu:2", "output"]
    assert [layer.kind for layer in layers] == ["Conv2d", "ReLU", "Conv2d", "ReLU", "Twice"]
    assert [layer.receptive_field for layer in layers] == [3, 3, 5, 5, 8 + 4]


def test_dropout_is_listed_where_it_works() -> None:
    assert "dropout" in names(trace_layers(Twice().train(), 8))


def test_what_gives_several_tensors_is_skipped_but_not_its_parts() -> None:
    assert names(trace_layers(Several().eval(), 8)) == ["pair.conv", "output"]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (lambda x: x, ["conv"]),
        (F.dropout, ["conv", "output"]),
        (lambda x: x.flatten(1), ["conv", "output"]),
        (lambda x: x.add_(1), ["conv", "output"]),  # the same tensor, but no longer what the layer gave
    ],
)
def test_the_last_layer_is_the_output(end: Callable[[Tensor], Tensor], expected: list[str]) -> None:
    net = Ends(end).eval()
    layers = trace_layers(net, 8)
    assert names(layers) == expected
    assert layers[-1].shape == net(torch.zeros(1, 3, 8, 8)).shape[1:]
    assert layers[-1].multiply_adds == 8 * 8 * 3 * 4


def test_a_single_module_is_its_own_output() -> None:
    (layer,) = trace_layers(nn.Conv2d(1, 2, 3), 8, channels=1)
    assert (layer.name, layer.kind, layer.shape) == (OUTPUT, "Conv2d", (2, 6, 6))


def test_a_part_named_output_keeps_its_name() -> None:
    net = Ends(lambda x: x)
    net.add_module("output", nn.ReLU())
    net.end = lambda x: net.output(x).flatten(1)
    assert names(trace_layers(net.eval(), 8)) == ["conv", "output", "output:2"]


@pytest.mark.parametrize("end", [lambda x: (x, x), lambda x: {"out": x}, lambda x: x[0, 0], lambda x: x.sum()])
def test_an_output_that_is_not_one_tensor_is_refused(end: Callable[[Tensor], object]) -> None:
    with pytest.raises(ValueError, match="one tensor"):
        trace_layers(Ends(end).eval(), 8)


@pytest.mark.parametrize("name", ["resnet18", "squeezenet1_1", "convnext_tiny", "swin_t"])
def test_shapes_are_those_of_the_real_outputs(name: str) -> None:
    net = torchvision_model(name)
    shapes: dict[str, tuple[int, ...]] = {}
    calls: Counter[str] = Counter()

    def note(part: str) -> Callable[[nn.Module, object, Tensor], None]:
        def hook(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            calls[part] += 1
            shapes[call_name(part, calls[part])] = tuple(output.shape[1:])

        return hook

    layers = trace_layers(net, 96)
    for part, module in net.named_modules():
        module.register_forward_hook(note(part or OUTPUT))
    with torch.no_grad():
        net(torch.zeros(1, 3, 96, 96))
    assert {layer.name: layer.shape for layer in layers} == {layer.name: shapes[layer.name] for layer in layers}
    silent = (nn.Dropout, nn.Identity)
    missing = {part for part in calls if not isinstance(dict(net.named_modules()).get(part), silent)} - set(
        names(layers)
    )
    assert all("stochastic" in part or "dropout" in part or part == OUTPUT for part in missing), missing


@pytest.mark.parametrize("name", ["alexnet", "resnet18", "mobilenet_v2", "tf_efficientnet_lite0"])
def test_parameters_and_multiply_adds_are_those_of_torchinfo(name: str) -> None:
    """torchinfo counts each bias as a multiply-add, and each parameter of a normalization once: we don't."""
    torchinfo = pytest.importorskip("torchinfo")
    net = pytest.importorskip("timm").create_model(name) if name.startswith("tf_") else torchvision_model(name)
    net.eval()
    layers = {layer.name: layer for layer in trace_layers(net, 96)}
    summary = torchinfo.summary(net, input_size=(1, 3, 96, 96), verbose=0, depth=9)
    theirs = {id(info.module): info for info in summary.summary_list}
    parts = {part: m for part, m in net.named_modules() if isinstance(m, (nn.Conv2d, nn.Linear))}
    assert len(parts) > 7
    for part, module in parts.items():
        info, layer = theirs[id(module)], layers[part]
        places = prod(layer.shape[1:])
        biases = 0 if module.bias is None else module.bias.numel() * places
        assert (layer.parameters, layer.multiply_adds) == (info.num_params, info.macs - biases), part
    assert sum(layers[part].multiply_adds for part in parts) == whole(net)


def whole(net: nn.Module) -> int:
    """The multiply-adds of a network, from its outermost call."""
    return trace_layers(nn.Sequential(net), 96)[-1].multiply_adds


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        (nn.ConvTranspose2d(3, 5, 2, stride=2), 8 * 8 * 3 * 5 * 2 * 2),
        (nn.Conv2d(3, 6, 3, groups=3, padding=1), 8 * 8 * 6 * 9),
        (nn.Sequential(nn.Flatten(2), nn.Linear(64, 7)), 3 * 64 * 7),
        (nn.Sequential(nn.Flatten(2), nn.Linear(64, 7, bias=False)), 3 * 64 * 7),
    ],
)
def test_multiply_adds_by_hand(module: nn.Module, expected: int) -> None:
    assert trace_layers(module.eval(), 8)[-1].multiply_adds == expected


class Attends(nn.Module):
    """Self-attention over the rows of a picture of 1 × 8 × 8: 8 tokens of width 8."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.attention(x[:, 0], x[:, 0], x[:, 0])[0]


@pytest.mark.parametrize("trained", [False, True])  # torch's fused path, and its path in parts
def test_multiply_adds_of_attention(trained: bool) -> None:
    (layer,) = [x for x in trace_layers(Attends().train(trained), 8, channels=1) if x.name == OUTPUT]
    assert layer.multiply_adds == 8 * (3 + 1) * 8 * 8 + 2 * 8 * 8 * 8


def test_multiply_adds_of_scaled_dot_products() -> None:
    layers = trace_layers(Ends(lambda x: F.scaled_dot_product_attention(x, x, x)).eval(), 8)
    assert layers[-1].multiply_adds - layers[0].multiply_adds == 4 * 8 * 8 * (8 + 8)


def test_multiply_adds_of_a_transformer_layer() -> None:
    net = nn.Sequential(nn.Flatten(1, 2), nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)).eval()
    assert trace_layers(net, 8, channels=1)[-1].multiply_adds == 8 * (4 * 8 * 8 + 2 * 8 * 16) + 2 * 8 * 8 * 8


def state(net: nn.Module) -> tuple[object, ...]:
    hooks = [(len(m._forward_hooks), len(m._forward_pre_hooks)) for m in net.modules()]
    return hooks, [m.training for m in net.modules()], [p.requires_grad for p in net.parameters()]


def raising(x: Tensor) -> Tensor:
    raise RuntimeError("no such size")


@pytest.mark.parametrize("end", [torch.relu_, raising, lambda x: (x, x)])
def test_nothing_is_left_behind(end: Callable[[Tensor], object]) -> None:
    net = nn.Sequential(nn.BatchNorm2d(3), Ends(end)).eval()
    net[1].conv.register_forward_hook(lambda *_: None)
    before = state(net), {key: value.clone() for key, value in net.state_dict().items()}
    seed = torch.get_rng_state()
    try:
        trace_layers(net, 8)
    except (RuntimeError, ValueError):
        assert end is not torch.relu_
    assert state(net) == before[0]
    assert all(torch.equal(value, before[1][key]) for key, value in net.state_dict().items())
    assert torch.equal(torch.get_rng_state(), seed)
    assert torch.is_grad_enabled()
    assert net[0](torch.zeros(1, 3, 8, 8)).requires_grad  # no watcher, no no_grad


def test_the_error_of_a_network_comes_through() -> None:
    with pytest.raises(RuntimeError, match="no such size"):
        trace_layers(Ends(raising), 8)


class Shifts(Twice):
    """Changes its input in place."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.sub_(0.5))


class Infers(Twice):
    def forward(self, x: Tensor) -> Tensor:
        with torch.inference_mode():
            return super().forward(x)


def test_a_network_may_run_in_inference_mode() -> None:
    layers = trace_layers(Infers().eval(), 8)
    assert [layer.receptive_field for layer in layers] == [3, 3, 5, 5, 12]
    assert layers[0].multiply_adds == 8 * 8 * 3 * 4 * 9


def test_works_inside_inference_mode() -> None:
    with torch.inference_mode():
        layers = trace_layers(Shifts().eval(), 8)
    assert [layer.receptive_field for layer in layers] == [3, 3, 5, 5, 12]
