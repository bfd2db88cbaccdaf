"""Circuits: exact sums through 1 × 1 and depthwise convolutions, kernels against the products of their weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import explorer
from explorer.architecture.circuit_layers import circuit_layer_before, circuit_layers
from explorer.maximization import Unit
from explorer.networks.loading import NetworkError
from explorer.responses.activations import feature_maps
from explorer.responses.circuits import PICTURE, by_weights, circuit, expanded_kernels, picture_shapes, strongest_place
from explorer.responses.decisions import decision, lead_change


class Block(nn.Module):
    """1 × 1, depthwise, 1 × 1, each normalized; ReLU6 within."""

    def __init__(self) -> None:
        super().__init__()
        self.wide, self.deep, self.narrow = (
            nn.Conv2d(4, 8, 1),
            nn.Conv2d(8, 8, 3, padding=1, groups=8),
            nn.Conv2d(8, 5, 1),
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(n) for n in (8, 8, 5))
        for norm in self.norms:
            norm.running_mean.uniform_(-0.2, 0.2)
            norm.running_var.uniform_(0.5, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.relu6(self.norms[0](self.wide(x)))
        return self.norms[2](self.narrow(functional.relu6(self.norms[1](self.deep(x)))))


@pytest.fixture(scope="module")
def blocks():
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), Block(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 3))
    return explorer.wrap_network(body.eval(), input_size=16)


def test_circuit_layers_are_what_convolutions_and_blocks_give(lite0, small):
    names = [layer.name for layer in circuit_layers(lite0)]
    assert names[:4] == ["bn1", "blocks.0.0", "blocks.1.0", "blocks.1.1"]
    assert names[-1] == "bn2"
    assert [layer.name for layer in circuit_layers(small)] == ["1", "2"]
    assert circuit_layer_before(lite0, "blocks.1.0").name == "blocks.0.0"
    assert circuit_layer_before(lite0, "bn1") is None
    assert circuit_layer_before(small, small.layers[-1].name).name == "2"


@pytest.fixture(scope="module")
def many_gates():
    """Blocks in which maps, not biases, decide which gates are shut, open and full."""
    torch.manual_seed(2)
    block = Block()
    for convolution in (block.wide, block.deep):
        convolution.weight.data *= 6
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), block, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 3))
    return explorer.wrap_network(body.eval(), input_size=16)


def with_gates_as_for(block: Block, maps: torch.Tensor, instead: torch.Tensor) -> torch.Tensor:
    """What a block says to maps put in the place of others while each of its gates stays as these left it."""

    def gate(before: torch.Tensor, now: torch.Tensor) -> torch.Tensor:
        full = torch.full_like(now, 6.0) * (before >= 6)
        return torch.where((before > 0) & (before < 6), now, full)

    before, now = (block.norms[0](block.wide(one)) for one in (maps, instead))
    before, now = functional.relu6(before), gate(before, now)
    before, now = (block.norms[1](block.deep(one)) for one in (before, now))
    return block.norms[2](block.narrow(gate(before, now)))


def test_amounts_and_rest_are_the_value_and_the_rest_is_what_no_map_gives(many_gates):
    """The rest is what the block says to maps of zeros with its gates held as they are; some of them are shut."""
    image, unit = explorer.sample("coffee"), Unit("2", 3, (5, 6))
    found = circuit(many_gates, image, unit)
    assert found.before == "1"
    assert found.value == pytest.approx(float(feature_maps(many_gates, image, "2")[3, 5, 6]), abs=1e-5)
    assert found.amounts.sum() + found.rest == pytest.approx(found.value, abs=1e-6)
    maps = torch.from_numpy(feature_maps(many_gates, image, "1").copy())[None]
    block = many_gates.module.body[2]
    with torch.no_grad():
        first = block.norms[0](block.wide(maps))[0, :, 4:7, 5:8]
        frozen = with_gates_as_for(block, maps, torch.zeros_like(maps))[0, 3, 5, 6]
        thawed = block(torch.zeros_like(maps))[0, 3, 5, 6]
    assert (first < 0).any()
    assert abs(float(frozen - thawed)) > 1e-3  # so it matters that they are held
    assert found.rest == pytest.approx(float(frozen), abs=1e-4)
    assert found.exact


@pytest.fixture(scope="module")
def open_gates():
    """Blocks whose values all lie between the two ends of ReLU6, whatever comes in."""
    torch.manual_seed(1)
    block = Block()
    for norm in block.norms[:2]:
        norm.weight.data *= 0.5
        norm.bias.data.fill_(3.0)
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), block, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 3))
    return explorer.wrap_network(body.eval(), input_size=16)


def test_the_rest_is_what_the_network_says_to_maps_of_zeros_while_all_gates_are_open(open_gates):
    found = circuit(open_gates, explorer.sample("coffee"), Unit("2", 3, (5, 6)))
    block = open_gates.module.body[2]
    with torch.no_grad():
        biases_alone = float(block(torch.zeros(1, 4, 14, 14))[0, 3, 5, 6])
    assert abs(found.amounts.sum()) > 1e-3
    assert found.rest == pytest.approx(biases_alone, abs=1e-4)
    assert found.exact


class Excited(nn.Module):
    """Maps times a gate each that all of them open, as in squeeze-and-excitation; its gates are ReLUs."""

    def __init__(self) -> None:
        super().__init__()
        self.wide, self.gate = nn.Conv2d(4, 5, 3, padding=1, bias=False), nn.Conv2d(5, 5, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.wide(x)
        return y * functional.relu(self.gate(y.mean((2, 3), keepdim=True)))


class Bent(nn.Module):
    """Two convolutions without biases and something between them; one block, as networks have them."""

    def __init__(self, bend: nn.Module) -> None:
        super().__init__()
        self.one, self.bend, self.two = nn.Conv2d(4, 8, 3, padding=1, bias=False), bend, nn.Conv2d(8, 5, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.two(self.bend(self.one(x)))


def around(block: nn.Module) -> explorer.Network:
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), block, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 3))
    return explorer.wrap_network(body.eval(), input_size=16)


def bent_by(bend: nn.Module) -> tuple[explorer.Network, explorer.Image, Unit]:
    """A network with `bend` between two layers, a picture, and a neuron behind it."""
    torch.manual_seed(0)
    return around(Bent(bend)), explorer.sample("coffee"), Unit("2", 3, (5, 6))


@pytest.mark.parametrize(
    "bend", [nn.SiLU(), nn.GELU(), nn.Hardswish(), nn.Hardsigmoid(), nn.Tanh(), nn.GroupNorm(2, 8)],
    ids=lambda bend: type(bend).__name__,
)  # fmt: skip
def test_where_something_bends_the_sum_is_said_to_be_of_first_order(bend):
    network, image, unit = bent_by(bend)
    found = circuit(network, image, unit)
    assert not found.exact
    assert found.amounts.sum() + found.rest == pytest.approx(found.value, abs=1e-6)  # by its definition alone


def test_the_rest_is_no_bias_where_something_bends():
    """With SiLU a network without biases says 0 to maps of zeros, yet leaves a rest: what the bends made."""
    network, image, unit = bent_by(nn.SiLU())
    found = circuit(network, image, unit)
    with torch.no_grad():
        assert not network.module.body[2](torch.zeros(1, 4, 14, 14)).any()
    assert abs(found.rest) > 1e-3
    assert not found.exact
    assert picture_shapes(network, image, unit)


def test_maps_that_multiply_maps_are_of_first_order():
    torch.manual_seed(3)
    network, image = around(Excited()), explorer.sample("coffee")
    channel = int(np.abs(feature_maps(network, image, "2")).max((1, 2)).argmax())
    found = circuit(network, image, Unit("2", channel, (5, 6)))
    assert abs(found.value) > 1e-3
    assert not found.exact
    assert abs(found.rest) > 1e-3


@pytest.mark.parametrize(
    "bend", [nn.ReLU(), nn.ReLU6(), nn.LeakyReLU(0.1), nn.PReLU(), nn.Identity(), nn.BatchNorm2d(8),
             nn.MaxPool2d(3, 1, 1), nn.AvgPool2d(3, 1, 1)], ids=lambda bend: type(bend).__name__,
)  # fmt: skip
def test_where_nothing_bends_the_sum_is_exact(bend):
    network, image, unit = bent_by(bend)
    found = circuit(network, image, unit)
    assert found.exact
    assert found.rest == pytest.approx(0, abs=1e-4)
    assert picture_shapes(network, image, unit) == isinstance(bend, nn.MaxPool2d)


def test_kernels_by_weights_are_the_products_of_the_weights_between(blocks):
    block = blocks.module.body[2]
    image, unit = explorer.sample("coffee"), Unit("2", 3, (5, 6))
    kernels = expanded_kernels(blocks, image, unit)
    scale = [norm.weight / (norm.running_var + norm.eps).sqrt() for norm in block.norms]
    wide = block.wide.weight[:, :, 0, 0] * scale[0][:, None]
    deep = block.deep.weight[:, 0] * scale[1][:, None, None]
    narrow = block.narrow.weight[3, :, 0, 0] * scale[2][3]
    expected = torch.einsum("h,hyx,hi->iyx", narrow, deep, wide).detach().numpy()
    np.testing.assert_allclose(kernels, expected, rtol=1e-3, atol=1e-5)
    signs = np.sign(by_weights(kernels))
    assert signs.tolist() == np.sign(expected.sum((1, 2))).tolist()


@pytest.mark.parametrize("layer", ["bn1", "blocks.1.0", "blocks.3.1", "blocks.5.2"])
def test_sums_hold_in_an_embedded_network(lite0, layer):
    image = explorer.sample("cat")
    channel = 7
    place = strongest_place(lite0, image, layer, channel)
    found = circuit(lite0, image, Unit(layer, channel, place))
    value = float(feature_maps(lite0, image, layer)[(channel, *place)])
    products = (found.kernels.astype(np.float64) * found.patches).sum()
    assert found.value == pytest.approx(value, rel=1e-4, abs=1e-4)
    assert products + found.rest == pytest.approx(value, rel=1e-4, abs=1e-4)
    assert found.exact
    assert found.before == (PICTURE if layer == "bn1" else circuit_layer_before(lite0, layer).name)
    excitatory, inhibitory = found.excitatory(3), found.inhibitory(3)
    assert found.amounts[excitatory[0]] == found.amounts.max()
    assert found.amounts[inhibitory[0]] == found.amounts.min()
    assert 0 < found.share(2) < found.share(50) <= 1
    row, column = found.place(excitatory[0])
    assert found.window[0] <= row < found.window[2]
    assert found.window[1] <= column < found.window[3]


def test_a_neuron_that_is_cut_off_says_so():
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    nn.init.constant_(body[0].bias, -100)
    network = explorer.wrap_network(body, input_size=16)
    found = circuit(network, explorer.sample("cat"), Unit("1", 2, (5, 5)))
    assert found.dead
    assert (found.value, found.rest) == (0, 0)
    assert found.excitatory(5) == found.inhibitory(5) == []


def test_a_circuit_is_of_a_neuron(lite0):
    with pytest.raises(NetworkError, match="one neuron"):
        circuit(lite0, explorer.sample("cat"), Unit("blocks.1", 3))


def test_a_decision_is_the_sum_of_its_units(lite0):
    image = explorer.sample("flower")
    label = lite0.class_index(lite0.predict(image, 1)[0][0])
    found = decision(lite0, image, label)
    logit = float(feature_maps(lite0, image, "classifier")[label, 0, 0])
    assert found.amounts.sum() + found.bias == pytest.approx(logit, rel=1e-4)
    assert found.stage is not None
    assert found.stage.name in ("bn2", "bn2.act")
    means = feature_maps(lite0, image, found.stage.name).mean((1, 2))
    weights = lite0.module.body.classifier.weight[label].numpy()
    np.testing.assert_allclose(found.amounts, means * weights, rtol=1e-3, atol=1e-5)
    best = found.most(5)
    assert found.amounts[best[0]] == found.amounts.max()
    assert found.share(best[0]) == pytest.approx(found.amounts[best[0]] / found.amounts.clip(min=0).sum())


@pytest.mark.parametrize("negative", [True, False])
def test_shares_are_of_all_that_speaks_for_the_class_whatever_the_sign_of_its_logit(lite0, negative):
    """Of the logit they would be below 0, or many times 100 %, wherever for and against leave little of each other."""
    image = explorer.sample("cat")
    logits = feature_maps(lite0, image, "classifier")[:, 0, 0]
    label = int(logits.argmin()) if negative else int(np.abs(logits).argmin())
    found = decision(lite0, image, label)
    assert (found.logit < -1) if negative else (abs(found.logit) < 0.01)
    assert found.speaks_for + found.speaks_against + found.bias == pytest.approx(found.logit, abs=1e-4)
    shares = np.array([found.share(unit) for unit in range(len(found.amounts))])
    assert (shares[found.amounts <= 0] == 0).all()
    assert (shares[found.amounts > 0] > 0).all()
    assert shares.sum() == pytest.approx(1)
    assert shares.argmax() == found.most(1)[0]


def test_what_an_attack_bought_adds_up_to_the_change_of_the_lead(lite0):
    original, attacked = explorer.sample("flower"), explorer.sample("cat")
    old, new = 985, 281
    found = lead_change(lite0, original, attacked, old, new)
    logits = [feature_maps(lite0, image, "classifier")[:, 0, 0] for image in (original, attacked)]
    before, after = (float(one[new] - one[old]) for one in logits)
    assert (found.lead_before, found.lead_after) == pytest.approx((before, after), abs=1e-4)
    assert found.gains.sum() == pytest.approx(after - before, abs=1e-4)
    assert found.gains[found.most(1)[0]] == found.gains.max()


def test_a_network_that_ends_otherwise_has_no_such_sum():
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 6, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    network = explorer.wrap_network(body, input_size=16)
    with pytest.raises(NetworkError, match="doesn't end with one fully connected layer"):
        decision(network, explorer.sample("cat"), 1)
