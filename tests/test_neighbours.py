"""Which layers stand near a layer, in networks written in several ways."""

import pytest
from torch import nn

import explorer
from explorer.architecture.neighbours import (
    activations_and_poolings,
    convolution_near,
    convolutions,
    main_path,
    module_of,
    nonlinearity_after,
)


def test_the_nearest_convolution_is_itself_else_inside_else_before(small):
    near = {layer.name: convolution_near(small, layer.name).name for layer in small.layers}
    assert near == {
        "0": "0", "1": "0", "2.first": "2.first", "2.bn": "2.first", "2.relu": "2.first", "2.second": "2.second",
        "2.relu:2": "2.second", "2": "2.second", "3": "2.second", "4": "2.second", "5": "2.second", "6": "2.second",
    }  # fmt: skip
    assert [layer.name for layer in convolutions(small)] == ["0", "2.first", "2.second"]


def test_the_nonlinearity_after_a_layer_comes_before_the_next_convolution(small, lite0):
    def after(network, layer):
        found = nonlinearity_after(network, layer)
        return found and found.name

    assert after(small, "0") == "1"
    assert after(small, "2.first") == "2.relu"
    assert after(small, "2.second") == "2.relu:2"
    assert after(small, "3") is None
    assert after(lite0, "conv_stem") == "bn1.act"
    assert after(lite0, "blocks.0.0.conv_pw") is None  # a linear bottleneck


def test_a_nonlinearity_on_other_maps_is_not_the_one_after():
    halved = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(64, 4))
    assert nonlinearity_after(explorer.wrap_network(halved, input_size=8), "0") is None
    twice = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(), nn.Flatten())
    stacked = explorer.wrap_network(nn.Sequential(*twice, nn.Linear(256, 4)), input_size=8)
    assert nonlinearity_after(stacked, "0") is None
    assert nonlinearity_after(stacked, "1").name == "2"


def test_simplifiers_are_nonlinearities_and_poolings_on_maps(small):
    assert [layer.name for layer in activations_and_poolings(small)] == ["1", "2.relu", "2.relu:2", "3", "4"]


def test_the_spine_takes_chains_apart_and_keeps_blocks_whole(small, lite0):
    assert [layer.name for layer in main_path(small)] == ["0", "1", "2", "3", "4", "5", "6"]
    names = [layer.name for layer in main_path(lite0)]
    assert names[0] == "conv_stem"
    assert names[-1] == "classifier"
    assert sum(name.startswith("blocks.") for name in names) == 16


def test_a_long_spine_is_thinned_out_from_first_to_last(lite0):
    few = [layer.name for layer in main_path(lite0, most=6)]
    assert len(few) == 6
    assert (few[0], few[-1]) == ("conv_stem", "classifier")


def test_modules_are_found_by_the_calls_name(small):
    assert module_of(small, "2.relu:2") is module_of(small, "2.relu")
    with pytest.raises(explorer.NetworkError, match="no layer"):
        module_of(small, "nothing")


def test_a_network_without_convolution_has_none_near():
    flat = explorer.wrap_network(nn.Sequential(nn.Flatten(), nn.Linear(3 * 64, 4)), input_size=8)
    with pytest.raises(explorer.NetworkError, match="no convolution in or before"):
        convolution_near(flat, "1")
