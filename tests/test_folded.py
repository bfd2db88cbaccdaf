"""The twin for gradients says what the network says, has its layers, and is left where it doesn't or hasn't."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import explorer
from explorer.networks.gradients import folded
from explorer.networks.gradients.folded import for_gradients, says_the_same, twin
from explorer.responses.activations import outputs


class Twice(nn.Module):
    """What its convolution gives is normalized, and used as it is, too."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.convolution, self.normalization = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)
        self.normalization.running_var = torch.full((8,), 0.1)
        self.classifier = nn.Linear(8, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = self.convolution(x)
        return self.classifier((self.normalization(maps).relu() + maps).mean((2, 3)))


class Flat(nn.Module):
    """Wants its tensors as they lie in memory without channels-last."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.convolution, self.normalization = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)
        self.classifier = nn.Linear(8 * 6 * 6, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.normalization(self.convolution(x)).view(len(x), -1))


@pytest.fixture(scope="module", params=["efficientnet_lite0", "torchvision/resnet18", "timm/mobilenetv2_050"])
def network(request: pytest.FixtureRequest) -> explorer.Network:
    trained = request.param == "efficientnet_lite0"
    return explorer.load_network(request.param, device="cpu", pretrained=trained)


def test_every_normalization_is_folded_and_the_gradient_is_the_same(network):
    made = twin(network)
    assert made.module is not network.module
    assert not any(isinstance(part, nn.BatchNorm2d) for part in made.module.modules())
    x = network.tensor(explorer.sample("cat"))
    assert says_the_same(network.module, made.module, x)


def test_layers_keep_their_names_and_what_they_put_out(network):
    made = twin(network)
    names = [layer.name for layer in network.layers if made.has([layer.name])]
    assert len(names) >= len(network.layers) - len(made.changed)
    x = network.tensor(explorer.sample("cat"))
    with torch.no_grad():
        plain = outputs(network, x, names)
    soon = outputs(network, x.requires_grad_(), names)
    for name in names:
        assert soon[name].requires_grad
        near = 1e-4 * float(plain[name].abs().max())
        torch.testing.assert_close(soon[name].detach(), plain[name], rtol=0, atol=near)


def test_a_layer_that_the_twin_has_not_is_asked_of_the_network(lite0):
    (name,) = {"conv_stem"} & twin(lite0).changed
    x = lite0.tensor(explorer.sample("cat"))
    with torch.no_grad():
        plain = outputs(lite0, x, [name])[name]
    assert torch.equal(outputs(lite0, x.requires_grad_(), [name])[name].detach(), plain)


@pytest.mark.parametrize("module", [Twice(), Flat()], ids=["used twice", "flat"])
def test_a_network_whose_twin_says_something_else_or_nothing_has_none(module):
    network = explorer.wrap_network(module, input_size=8, device="cpu")
    assert for_gradients(network) is network.module


def test_a_network_too_large_to_be_there_twice_has_no_twin(lite0, monkeypatch):
    monkeypatch.setattr(folded, "fitting_bytes", lambda: 3 * lite0.memory_bytes)
    assert twin.__wrapped__(lite0).module is lite0.module
