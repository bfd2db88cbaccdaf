"""One picture through all depths: the same maps as asked for one by one, and their zeros."""

import numpy as np
import pytest
from torch import nn

import explorer
from explorer.responses.layer_summaries import layer_summaries, zero_shares


@pytest.mark.parametrize("way", ["strongest", "all"])
def test_each_depth_is_of_the_layers_own_maps(small, way):
    image = explorer.sample("coffee")
    found = layer_summaries(small, image, way)
    assert [depth.layer.name for depth in found] == ["0", "1", "2", "3", "4"]
    for depth in found:
        maps = explorer.feature_maps(small, image, depth.layer.name)
        sizes = np.abs(maps).mean((1, 2))
        truth = maps[sizes.argmax()] if way == "strongest" else np.abs(maps).mean(0)
        assert np.array_equal(depth.values, truth)
        assert depth.channel == (sizes.argmax() if way == "strongest" else -1)
        assert depth.zeros == pytest.approx((maps == 0).mean())


def test_zeros_come_with_the_relu_and_fewer_pass_the_pooling(small):
    shares = {layer.name: share for layer, share in zero_shares(small, explorer.sample("coffee"))}
    assert list(shares) == ["1", "2.relu", "2.relu:2", "3", "4"]
    before = explorer.feature_maps(small, explorer.sample("coffee"), "0")
    assert shares["1"] == pytest.approx((before <= 0).mean())
    assert 0.1 < shares["1"] < 0.9
    assert shares["3"] < shares["2.relu:2"]


def test_a_network_without_places_has_no_depths():
    flat = explorer.wrap_network(nn.Sequential(nn.Flatten(), nn.Linear(3 * 64, 4)), input_size=8)
    assert layer_summaries(flat, explorer.sample("cat"), "all") == ()
    assert zero_shares(flat, explorer.sample("cat")) == ()
