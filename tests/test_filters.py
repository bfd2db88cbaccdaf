"""Learned filters: the first convolution's own weights."""

import numpy as np
import pytest
from torch import nn

import explorer
from explorer.architecture.filters import layer_filters, resemblance


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


def test_any_convolution_gives_its_filters_and_other_layers_say_what_they_are(small):
    filters = layer_filters(small, "2.second")
    assert np.array_equal(filters, small.module.body[2].second.weight.numpy())
    with pytest.raises(explorer.NetworkError, match="ReLU"):
        layer_filters(small, "1")


def test_a_filter_resembles_itself_most_whatever_its_strength():
    weights = np.random.default_rng(0).normal(size=(6, 3, 5, 5))
    alike = resemblance(weights, -3 * weights[4].mean(0))
    assert alike[4] == pytest.approx(-1)
    assert np.abs(np.delete(alike, 4)).max() < 0.9
    assert resemblance(np.zeros((2, 3, 5, 5)), np.ones((3, 3))).tolist() == [0, 0]


@pytest.mark.parametrize("size", [5, 9, 13])
def test_a_kernel_of_another_size_is_compared_by_its_shape(size):
    y, x = np.mgrid[:size, :size] / (size - 1) - 0.5
    slopes = np.stack([gaussian_slope(7, angle) for angle in (0, 45, 90)])[:, None]
    alike = resemblance(slopes, x * np.exp(-8 * (x**2 + y**2)))
    assert alike.argmax() == 0
    assert alike[0] > 0.95
    assert alike[2] == pytest.approx(0, abs=1e-5)


def gaussian_slope(size, angle_deg):
    y, x = np.mgrid[:size, :size] / (size - 1) - 0.5
    turned = np.cos(np.radians(angle_deg)) * x + np.sin(np.radians(angle_deg)) * y
    return turned * np.exp(-8 * (x**2 + y**2))


def test_only_a_grid_can_be_compared():
    with pytest.raises(explorer.KernelError, match="rows and columns"):
        resemblance(np.ones((1, 3, 3, 3)), [1.0, 2.0])
