"""Learned filters: the first convolution's own weights."""

import numpy as np
import pytest
from torch import nn

import explorer


def test_are_the_first_convolutions_weights(lite0, small):
    filters = explorer.first_layer_filters(lite0)
    assert filters.shape == (32, 3, 3, 3)
    assert np.array_equal(filters, lite0.module.body.conv_stem.weight.numpy())
    assert explorer.first_layer_filters(small).shape == (8, 3, 3, 3)


def test_changing_the_picture_of_them_leaves_the_network_alone(lite0):
    filters = explorer.first_layer_filters(lite0)
    filters[:] = 0
    assert explorer.first_layer_filters(lite0).any()


def test_a_network_without_convolution_says_so():
    network = explorer.wrap_network(nn.Sequential(nn.Flatten(), nn.Linear(3 * 64, 4)), input_size=8)
    with pytest.raises(explorer.NetworkError, match="no convolution"):
        explorer.first_layer_filters(network)
