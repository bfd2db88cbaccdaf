"""Feature maps: those of an undisturbed pass, whoever else is asking."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.responses.activations import outputs
from tests.support.cloned_hooks import as_maps, cloned_hooks
from tests.support.small import small_network


def test_equal_an_untruncated_pass_with_cloned_hooks(small):
    image = explorer.sample("coffee")
    truth = cloned_hooks(small, image)
    assert {layer.name for layer in small.layers} <= truth.keys()
    assert {"2.relu", "2.relu:2", "0", "1"} <= {layer.name for layer in small.layers}
    for layer in small.layers:
        maps = explorer.feature_maps(small, image, layer.name)
        assert np.array_equal(maps, as_maps(truth[layer.name]).numpy()), layer.name


def test_values_before_an_in_place_relu_keep_their_sign(small):
    before = explorer.feature_maps(small, explorer.sample("coffee"), "0")
    after = explorer.feature_maps(small, explorer.sample("coffee"), "1")
    assert before.min() < 0
    assert np.array_equal(after, np.maximum(before, 0))
    both = outputs(small, small.tensor(explorer.sample("coffee")), ["0", "1"])  # the copy, not the overwritten one
    assert np.array_equal(both["0"][0].numpy(), before)


@pytest.mark.parametrize("layer", ["conv_stem", "blocks.2.1.conv_dw", "blocks.4", "bn2.act", "classifier"])
def test_equal_the_embedded_networks_own_pass(lite0, layer):
    image = explorer.sample("camera")
    assert np.array_equal(
        explorer.feature_maps(lite0, image, layer), as_maps(cloned_hooks(lite0, image)[layer]).numpy()
    )


def test_shapes_are_those_of_the_layers(lite0):
    for layer in lite0.layers[::10]:
        shape = explorer.feature_maps(lite0, explorer.sample("cat"), layer.name).shape
        assert shape == (layer.shape if len(layer.shape) == 3 else (*layer.shape, 1, 1))


def test_the_pass_stops_at_the_layer_asked_for():
    ran = []

    class Last(nn.Linear):
        def forward(self, x):
            ran.append(1)
            return super().forward(x)

    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), Last(4 * 36, 5))
    network = explorer.wrap_network(body, input_size=8)
    ran.clear()
    outputs(network, torch.rand(1, 3, 8, 8), ["0"])
    assert not ran
    outputs(network, torch.rand(1, 3, 8, 8), ["2"])
    assert ran


def test_weights_are_shared_and_the_network_itself_has_no_hook(small):
    from explorer.responses.activations import _extractor

    copied = _extractor(small, ("0", "2")).module
    for ours, theirs in zip(copied.parameters(), small.module.parameters(), strict=True):
        assert ours is theirs
    assert sum(len(m._forward_hooks) for m in copied.modules()) == 2
    assert not any(m._forward_hooks for m in small.module.modules())


def test_outputs_are_differentiable_without_touching_parameters(small):
    x = torch.rand(1, 3, 32, 32, requires_grad=True)
    (gradient,) = torch.autograd.grad(outputs(small, x, ["2"])["2"].sum(), x)
    assert gradient.abs().sum() > 0
    assert all(p.grad is None and not p.requires_grad for p in small.module.parameters())


def test_nothing_is_left_behind():
    network = small_network()
    hooks = [len(m._forward_hooks) for m in network.module.modules()]
    before = {name: value.clone() for name, value in network.module.state_dict().items()}
    for layer in network.layers:
        explorer.feature_maps(network, explorer.sample("flower"), layer.name)
    explorer.attack(network, explorer.sample("flower"), epsilon=8 / 255, steps=3)
    list(explorer.maximize(network, explorer.Unit("2", 1), size=32, steps=3))
    assert [len(m._forward_hooks) for m in network.module.modules()] == hooks
    assert not any(m.training for m in network.module.modules())
    for name, value in network.module.state_dict().items():
        assert torch.equal(before[name], value)


def test_maps_are_shared_and_so_read_only(small):
    maps = explorer.feature_maps(small, explorer.sample("flower"), "0")
    assert explorer.feature_maps(small, explorer.sample("flower"), "0") is maps
    with pytest.raises(ValueError, match="read-only"):
        maps[0, 0, 0] = 1


def test_sixteen_threads_get_what_one_gets():
    """Different layers, attacks and maximizations of one shared network at once, against each alone."""
    network, image = small_network(), explorer.sample("coffee")
    unit = explorer.Unit("2", 3)
    jobs = [
        *(lambda name=layer.name: explorer.feature_maps.__wrapped__(network, image, name) for layer in network.layers),
        *(
            lambda s=s: explorer.attack.__wrapped__(network, image, epsilon=s / 255, steps=4).adversarial.pixels
            for s in (2, 8)
        ),
        *(
            lambda s=s: list(explorer.maximize(network, unit, size=32, steps=5, seed=s))[-1].image.pixels
            for s in (0, 1)
        ),
    ]
    alone = [job() for job in jobs]
    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(lambda job: job(), jobs * 6))
    for number, result in enumerate(together):
        assert np.array_equal(result, alone[number % len(jobs)]), number
    assert not np.array_equal(alone[-1], alone[-2])


def test_unknown_layer_is_said_with_its_neighbours(small):
    with pytest.raises(explorer.NetworkError, match=r"2\.first"):
        explorer.feature_maps(small, explorer.sample("cat"), "2.firs")
