"""Receptive fields against what truly reaches a unit: a NaN put into one pixel spreads exactly as far as the field."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.networks.tracing.layer_tracing import trace_layers
from explorer.networks.tracing.receptive_fields import Axis, Field, FieldTracker

SIDE = 18


class Net(nn.Module):
    """Modules, and a function that says how to combine them."""

    def __init__(self, run: Callable[..., Tensor], *parts: nn.Module) -> None:
        super().__init__()
        self.parts = nn.ModuleList(parts)
        self.run = run

    def forward(self, x: Tensor) -> Tensor:
        return self.run(x, *self.parts)


def conv(inputs: int, outputs: int, kernel: int | tuple[int, int], **rest: object) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, **rest)  # type: ignore[arg-type]


def chain() -> nn.Module:
    return nn.Sequential(
        conv(1, 2, 5, stride=2, padding=2),
        nn.BatchNorm2d(2),
        nn.ReLU(inplace=True),
        conv(2, 2, 3, dilation=2),
        conv(2, 2, (1, 3)),
    )


def pools() -> nn.Module:
    return nn.Sequential(
        conv(1, 2, 3, padding=1),
        nn.MaxPool2d(3, 2, padding=1),
        nn.AvgPool2d((1, 2), stride=1),
        nn.MaxPool2d(2, ceil_mode=True),
    )


def residual() -> nn.Module:
    def run(x: Tensor, stem: nn.Module, branch: nn.Module, shortcut: nn.Module) -> Tensor:
        x = stem(x)
        y = shortcut(x)
        y += branch(x)
        return F.relu(y)

    branch = nn.Sequential(conv(2, 2, 3, stride=2, padding=1), conv(2, 2, 3, padding=1))
    return Net(run, conv(1, 2, 3, padding=1), branch, conv(2, 2, 1, stride=2))


def inception() -> nn.Module:
    wide = nn.Sequential(conv(1, 2, (1, 7), padding=(0, 3)), conv(2, 2, (3, 1), padding=(1, 0)))
    pool = nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(1, 2, 1))

    def run(x: Tensor, *branches: nn.Module) -> Tensor:
        return torch.cat([branch(x) for branch in branches], 1)

    return Net(run, conv(1, 2, 1), conv(1, 2, 5, padding=2), wide, pool)


def same_padding() -> nn.Module:
    """As TensorFlow pads: one pixel more at the end."""
    return Net(
        lambda x, one, two: two(F.pad(one(F.pad(x, (0, 1, 0, 1))), (0, 3, 1, 2))),
        conv(1, 2, 3, stride=2),
        conv(2, 2, 5, stride=2, groups=2),
    )


def convnext() -> nn.Module:
    inner = nn.Sequential(nn.LayerNorm(4), nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4))

    def run(x: Tensor, stem: nn.Module, wide: nn.Module, inner: nn.Module) -> Tensor:
        x = stem(x)
        return x + inner(wide(x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

    return Net(run, conv(1, 4, 2, stride=2), conv(4, 4, 3, padding=1, groups=4), inner)


def shuffle() -> nn.Module:
    def run(x: Tensor, stem: nn.Module, branch: nn.Module) -> Tensor:
        left, right = stem(x).chunk(2, dim=1)
        n, c, h, w = right.shape
        both = torch.cat([left, branch(right)], 1)
        return both.view(n, 2, c, h, w).transpose(1, 2).contiguous().view(n, 2 * c, h, w)

    return Net(run, conv(1, 4, 3, stride=2, padding=1), conv(2, 2, 3, padding=1))


def tokens() -> nn.Module:
    """Patches as a sequence and back, as a transformer's without its attention."""

    def run(x: Tensor, stem: nn.Module, mlp: nn.Module) -> Tensor:
        x = stem(x)
        sequence = x.flatten(2).transpose(1, 2)
        sequence = sequence + mlp(sequence) * torch.softmax(sequence, -1).mean(-1, keepdim=True)
        return sequence.transpose(1, 2).reshape(x.shape)

    return Net(run, conv(1, 4, 3, stride=3), nn.Sequential(nn.LayerNorm(4), nn.Linear(4, 4)))


def focus() -> nn.Module:
    """Every second pixel, from both starts, as YOLO's first layer."""
    return Net(lambda x, c: c(torch.cat([x[..., ::2, ::2], x[..., 1::2, 1::2]], 1)[:, :, 1:, :-1]), conv(2, 2, 3))


def squeeze_excite() -> nn.Module:
    def run(x: Tensor, stem: nn.Module, gate: nn.Module) -> Tensor:
        x = stem(x)
        return x * torch.sigmoid(gate(x.mean((2, 3), keepdim=True)))

    return Net(run, conv(1, 4, 3, padding=1), conv(4, 4, 1))


def attention() -> nn.Module:
    def run(x: Tensor, stem: nn.Module) -> Tensor:
        x = stem(x)
        q = x.flatten(2).transpose(1, 2)[:, None]
        return F.scaled_dot_product_attention(q, q, q)[:, 0].transpose(1, 2).reshape(x.shape)

    return Net(run, conv(1, 4, 3, stride=3))


EXACT: dict[str, Callable[[], nn.Module]] = {
    "chain": chain,
    "pools": pools,
    "residual": residual,
    "inception": inception,
    "same padding": same_padding,
    "convnext": convnext,
    "shuffle": shuffle,
    "tokens": tokens,
    "focus": focus,
    "squeeze and excite": squeeze_excite,
    "attention": attention,
    "group norm": lambda: nn.Sequential(conv(1, 4, 3), nn.GroupNorm(1, 4)),
    "batch statistics": lambda: nn.Sequential(conv(1, 4, 3), nn.BatchNorm2d(4, track_running_stats=False)),
    "layer norm over all": lambda: nn.Sequential(conv(1, 4, 3), nn.LayerNorm([4, 16, 16])),
    "rows as channels": lambda: Net(lambda x, c: c(x[:, 0])[:, :, None], nn.Conv1d(SIDE, 2, 3)),
    "batch norm in training": lambda: Net(
        lambda x, c: F.batch_norm(c(x), torch.zeros(4).to(x), torch.ones(4).to(x), training=True), conv(1, 4, 3)
    ),
    "adaptive pool, even": lambda: nn.Sequential(conv(1, 2, 3, padding=1), nn.AdaptiveAvgPool2d(6)),
    "adaptive pool to 1": lambda: nn.Sequential(conv(1, 2, 3), nn.AdaptiveMaxPool2d(1)),
    "flatten": lambda: nn.Sequential(conv(1, 2, 5, stride=2), nn.Flatten(), nn.Linear(98, 3)),
    "mean over channels": lambda: Net(lambda x, c: c(x).mean(1), conv(1, 4, 3, padding=1)),
}


def into_views(x: Tensor, stem: nn.Module) -> Tensor:
    out = torch.zeros(len(x), 2, 16, 16).to(x)
    first, second = out[:, :1], out[:, 1:]
    first.copy_(stem(x))
    second += first.flip(-1)
    return out


def transposed(x: Tensor, stem: nn.Module) -> Tensor:
    x = stem(x)
    return x.transpose(2, 3) + x


CAUTIOUS: dict[str, Callable[[], nn.Module]] = {
    "adaptive pool, uneven": lambda: nn.Sequential(conv(1, 2, 3, padding=1), nn.AdaptiveAvgPool2d(7)),
    "adaptive pool, more": lambda: nn.AdaptiveMaxPool2d(25),
    "into views": lambda: Net(into_views, conv(1, 1, 3)),
    "picture and its transpose": lambda: Net(transposed, conv(1, 2, 3, padding=1)),
    "roll": lambda: Net(lambda x, c: c(x.roll((2, 5), (2, 3))), conv(1, 2, 3)),
    "reflect": lambda: nn.Sequential(nn.ReflectionPad2d(2), conv(1, 2, 3)),
    "transposed convolution": lambda: nn.Sequential(conv(1, 2, 3, stride=2), nn.ConvTranspose2d(2, 1, 3, stride=2)),
    "upsampling": lambda: nn.Sequential(conv(1, 2, 3, stride=2), nn.Upsample(scale_factor=2)),
    "pixel shuffle": lambda: nn.Sequential(conv(1, 4, 3, stride=2), nn.PixelShuffle(2)),
    "running sum": lambda: Net(lambda x, c: c(x).cumsum(2), conv(1, 2, 3)),
    "window over a sequence": lambda: Net(
        lambda x, c: F.avg_pool1d(c(x).flatten(2), 3, 1, 1).unflatten(2, (16, 16)), conv(1, 2, 3)
    ),
    "sequence without its start": lambda: Net(
        lambda x, c: c(x).flatten(2)[..., 5:-11].unflatten(2, (15, 16)), conv(1, 2, 3)
    ),
    "flattened": lambda: nn.Sequential(conv(1, 2, 3, stride=3), nn.Flatten()),
    "class token": lambda: Net(
        lambda x, c: torch.cat([x.new_zeros(len(x), 1, 2), c(x).flatten(2).mT], 1), conv(1, 2, 3)
    ),
    "kernel from the picture": lambda: Net(
        lambda x, c: F.conv2d(x.transpose(0, 1), c(x)[..., :3, :3], groups=len(x)).transpose(0, 1),
        conv(1, 1, 3),
    ),
}


def built(build: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    net = build().double().eval()
    for parameter in net.parameters():
        parameter.data.uniform_(0.1, 1)  # nothing cancels, no ReLU is shut
    return net


def tracked(net: nn.Module, channels: int = 1, side: int = SIDE) -> tuple[Field, Tensor]:
    picture = torch.rand(1, channels, side, side, dtype=torch.float64)
    with torch.no_grad(), FieldTracker(picture) as tracker:
        output = net(picture)
    return tracker.field(output), output


def reached(net: nn.Module) -> Tensor:
    """Which pixels reach which outputs: (pixel rows, pixel columns, *output shape)."""
    pictures = torch.rand(SIDE * SIDE, 1, SIDE, SIDE, dtype=torch.float64)
    pictures.flatten(1)[torch.eye(SIDE * SIDE, dtype=torch.bool)] = torch.nan
    with torch.no_grad():
        spoilt = net(pictures).isnan()
    return spoilt.unflatten(0, (SIDE, SIDE))


def bounds(pixels: Tensor) -> tuple[int, int, int, int]:
    rows, columns = pixels.any(1).nonzero(), pixels.any(0).nonzero()
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


@pytest.mark.parametrize("name", EXACT)
def test_field_is_exactly_what_reaches_a_unit(name: str) -> None:
    net = built(EXACT[name])
    field, output = tracked(net)
    pixels = reached(net)
    pixels = pixels.any(2) if output.ndim == 4 else pixels  # over channels
    if pixels.ndim < 4:
        pixels = pixels.any(-1)[..., None, None]
    for row in range(pixels.shape[2]):
        for column in range(pixels.shape[3]):
            assert bounds(pixels[:, :, row, column]) == field.clipped(row, column, SIDE), (row, column)


@pytest.mark.parametrize("name", CAUTIOUS)
def test_field_is_never_too_small(name: str) -> None:
    net = built(CAUTIOUS[name])
    field, output = tracked(net)
    pixels = reached(net).flatten(2)
    height, width = output.shape[-2:] if output.ndim == 4 else (1, 1)
    for unit in range(pixels.shape[2]):
        row, column = divmod(unit % (height * width), width)
        top, left, bottom, right = field.clipped(row, column, SIDE)
        outside = pixels[:, :, unit].clone()
        outside[top:bottom, left:right] = False
        assert not outside.any(), (row, column)


@pytest.mark.parametrize("name", ["chain", "residual", "same padding", "convnext", "shuffle", "adaptive pool, even"])
def test_gradient_has_the_footprint_of_the_field(name: str) -> None:
    net = built(EXACT[name])
    field, output = tracked(net)
    row, column = output.shape[2] // 2, output.shape[3] // 2
    picture = torch.rand(1, 1, SIDE, SIDE, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(net(picture)[0, :, row, column].sum(), picture)
    assert bounds(gradient[0, 0] != 0) == field.clipped(row, column, SIDE)


class Reached(Exception):
    pass


class Until(nn.Module):
    """A network that ends with the first call of one of its layers."""

    def __init__(self, network: nn.Module, layer: str) -> None:
        super().__init__()
        self.network, self.layer = network, network.get_submodule(layer)

    def forward(self, x: Tensor) -> Tensor:
        hook = self.layer.register_forward_hook(self._stop)
        try:
            self.network(x)
        except Reached as reached:
            return reached.args[0]
        finally:
            hook.remove()
        raise AssertionError("the layer was not called")

    @staticmethod
    def _stop(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        raise Reached(output)


def real(name: str) -> nn.Module:
    """A network of torchvision's or timm's with random weights."""
    torch.manual_seed(0)
    if name.startswith(("tf_", "test_", "repvgg_", "dla")):
        return pytest.importorskip("timm").create_model(name).eval()
    rest = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return pytest.importorskip("torchvision").models.get_model(name, weights=None, **rest).eval()


LARGE = [
    ("resnet18", "layer2.1"),
    ("googlenet", "inception3b"),
    ("densenet121", "features.denseblock2.denselayer4.conv2"),
    ("mobilenet_v2", "features.7.conv.1"),
    ("shufflenet_v2_x1_0", "stage3.1"),
    ("squeezenet1_1", "features.10"),
    ("tf_efficientnet_lite0", "blocks.2.1"),
    ("mnasnet0_5", "layers.9.0"),
    ("regnet_x_400mf", "trunk_output.block2.block2-0"),
    ("convnext_tiny", "features.1.1"),
    ("repvgg_a0", "stages.1.1"),
    ("dla34", "level2"),
]


@pytest.mark.parametrize(("network", "layer"), LARGE)
def test_field_in_a_real_network(network: str, layer: str) -> None:
    """All spoilt but the middle unit's box: it stays whole. Any edge of the box spoilt: some of its channels are."""
    net = real(network).double()
    field, _ = tracked(Until(net, layer), channels=3, side=160)
    row = column = -field.rows.start // field.rows.stride + 1
    top, left, bottom, right = box = field.box(row, column)
    assert 0 < min(box) < max(box) < 160
    pictures = torch.rand(5, 3, 160, 160, dtype=torch.float64)
    pictures[0] = torch.nan
    pictures[0, :, top:bottom, left:right] = 0.5
    pictures[1, :, top, left:right] = torch.nan
    pictures[2, :, bottom - 1, left:right] = torch.nan
    pictures[3, :, top:bottom, left] = torch.nan
    pictures[4, :, top:bottom, right - 1] = torch.nan
    with torch.no_grad():
        spoilt = Until(net, layer)(pictures)[:, :, row, column].isnan().any(1)
    assert spoilt.tolist() == [False, True, True, True, True]


# AlexNet_v2, VGG_16 and Inception_v3 in the table of Araujo, Norris & Sim, Distill 2019; AlexNet's first by its own
# 11 and 11 + 2 · 4. ResNet-18: 7 + 2 · 2, then 2 · (jump before + 3 · jump after) for each of four stages of 3 × 3.
PUBLISHED = [
    ("alexnet", "features.0", 11, 4),
    ("alexnet", "features.2", 19, 8),
    ("alexnet", "features.12", 195, 32),
    ("vgg16", "features.30", 212, 32),
    ("inception_v3", "Mixed_7c", 1311, 32),
    ("resnet18", "layer4", 11 + 2 * (4 + 3 * 4) + 2 * (4 + 3 * 8) + 2 * (8 + 3 * 16) + 2 * (16 + 3 * 32), 32),
]


@pytest.mark.parametrize(("network", "layer", "size", "stride"), PUBLISHED)
def test_published_sizes(network: str, layer: str, size: int, stride: int) -> None:
    with torch.device("meta"):
        empty = real(network)
    layers = {layer.name: layer for layer in trace_layers(empty.to_empty(device="cpu"), 224)}
    assert layers[layer].receptive_field == size
    assert layers[layer].field.rows.stride == layers[layer].field.columns.stride == stride


def test_box_and_its_part_in_the_picture() -> None:
    field = Field(Axis(7, 4, -3), Axis(5, 2, -2))
    assert field.size == 7
    assert field.box(1, 0) == (1, -2, 8, 3)
    assert field.clipped(1, 0, 6) == (1, 0, 6, 3)


def test_what_the_picture_cannot_reach_has_no_field() -> None:
    field, _ = tracked(Net(lambda x: torch.ones_like(x) + x.new_ones(1)))
    assert field.size == 0


def test_fields_are_rectangles() -> None:
    field, _ = tracked(built(lambda: conv(1, 1, (1, 7))))
    assert (field.rows.size, field.columns.size) == (1, 7)
