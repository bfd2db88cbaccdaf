"""The untrained twin of a module has learned nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm

import explorer
from explorer.networks.loading import untrained
from tests.support.brought import SIDE, body, shares, wrap
from tests.support.small import small_module


def trained(module: nn.Module) -> nn.Module:
    """A copy of a module after a training that changed every number."""
    with torch.no_grad():
        for tensor in (*module.parameters(), *module.buffers()):
            if tensor.is_floating_point():
                tensor.add_(torch.rand_like(tensor) * 0.01 + 0.01)
    return module.eval()


class Owned(nn.Module):
    """Parameters that belong to no layer: tokens, positions, scales, a bias table, weights in the form of q, k, v."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 8, stride=8)
        self.bn = nn.BatchNorm2d(16)
        self.cls_token, self.pos_embed = nn.Parameter(torch.rand(1, 1, 16)), nn.Parameter(torch.rand(1, 17, 16))
        self.relative_position_bias_table = nn.Parameter(torch.rand(17, 17))
        self.q, self.k, self.v = (nn.Parameter(torch.rand(16, 16)) for _ in range(3))
        self.gamma, self.shift_bias = nn.Parameter(torch.full((16,), 0.1)), nn.Parameter(torch.rand(16))
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.head = nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.stem(x)).flatten(2).mT
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        scores = (x @ self.q) @ (x @ self.k).mT + self.relative_position_bias_table
        x = x + self.gamma * (scores.softmax(-1) @ (x @ self.v)) + self.shift_bias
        return self.head(self.attention(x, x, x)[0][:, 0])


def frozen() -> nn.Module:
    from torchvision.ops import FrozenBatchNorm2d

    module = body()
    return nn.Sequential(module[0], FrozenBatchNorm2d(8), *module[1:])


def swin() -> nn.Module:
    from torchvision.models import SwinTransformer

    return SwinTransformer([4, 4], embed_dim=8, depths=[1, 1], num_heads=[2, 2], window_size=[4, 4], num_classes=5)


def vit() -> nn.Module:
    from torchvision.models import VisionTransformer

    return VisionTransformer(SIDE, 8, num_layers=1, num_heads=2, hidden_dim=16, mlp_dim=16, num_classes=5)


@pytest.mark.parametrize(
    "make",
    [
        small_module, Owned, frozen, swin, vit,
        lambda: (lambda m: weight_norm(m[0]) and m)(body()),
        lambda: (lambda m: spectral_norm(m[0]) and m)(body()),
        lambda: (lambda m: parametrizations.weight_norm(m[0]) and m)(body()),
        lambda: (lambda m: parametrizations.spectral_norm(m[4]) and m)(body()),
        lambda: (lambda m: parametrizations.orthogonal(m[4]) and m)(body()),
        lambda: (lambda m: prune.l1_unstructured(m[0], "weight", 0.5) and m)(body()),
    ],
)  # fmt: skip
def test_the_untrained_twin_of_a_module_has_learned_nothing(make: Callable[[], nn.Module]) -> None:
    torch.manual_seed(1)
    network = wrap(trained(make()))
    assert_nothing_learned(network)


def assert_nothing_learned(network: explorer.Network) -> None:
    twin = untrained(network)
    before, after = (one.module.get_submodule("body").state_dict() for one in (network, twin))
    kept = [
        name
        for name, tensor in after.items()
        if tensor.numel() > 1 and tensor.is_floating_point() and torch.equal(tensor, before[name])
    ]
    assert kept == []
    assert all(tensor.isfinite().all() for tensor in after.values())
    assert np.isfinite(shares(twin)).all()
    assert untrained(network) is twin


@pytest.mark.parametrize(
    "name",
    [
        "torchvision/squeezenet1_1", "torchvision/resnet18", "timm/test_vit", "timm/test_convnext", "timm/test_nfnet",
        "timm/levit_128s", "efficientnet_lite0",
    ],
)  # fmt: skip
def test_the_untrained_twin_of_a_family_has_learned_nothing(name: str, tmp_path: Any) -> None:
    from explorer.networks.building import built

    module = trained(built(name, 10)[0])
    torch.save(module.state_dict(), tmp_path / "mine.pth")
    own = explorer.load_own(name, tmp_path / "mine.pth", device="cpu")
    assert_nothing_learned(own)
    assert_nothing_learned(explorer.wrap_network(module, input_size=own.input_size, device="cpu"))


@pytest.mark.filterwarnings("ignore")  # torch calls this way of it old
def test_quantized_layers_cannot_be_drawn_anew() -> None:
    module = torch.ao.quantization.quantize_dynamic(body(), {nn.Linear}, dtype=torch.qint8)
    with pytest.raises(explorer.NetworkError, match="which can't be drawn anew"):
        untrained(wrap(module))


def test_spectral_norm_of_the_twin_is_one() -> None:
    twin = untrained(wrap(trained(_with_spectral_norm())))
    weight = twin.module.get_submodule("body")[4].weight
    assert float(torch.linalg.matrix_norm(weight.detach(), 2)) == pytest.approx(1, abs=0.1)


def _with_spectral_norm() -> nn.Module:
    module = body()
    parametrizations.spectral_norm(module[4])
    return module
