"""What made one number: the sum against the network's own value, the gradient's footprint against the field."""

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.responses.activations import input_maps
from explorer.responses.contributions import contributions, effective_field, smallest_share


def odd_convolutions():
    """Groups, stride, dilation, padding of several kinds, with and without bias, each on what the last one gives."""
    torch.manual_seed(0)
    body = nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(4, 8, 3, padding=2, dilation=2, groups=2, bias=False),
        nn.Conv2d(8, 8, 5, padding="same", padding_mode="reflect", groups=8),
        nn.Conv2d(8, 6, 1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 4),
    )
    return explorer.wrap_network(body, input_size=24)


@pytest.mark.parametrize("layer", ["0", "2", "3", "4"])
@pytest.mark.parametrize("position", [(0, 0), (5, 7), (11, 11)])
def test_amounts_and_bias_sum_to_the_value(layer, position):
    network, image = odd_convolutions(), explorer.sample("coffee")
    maps = explorer.feature_maps(network, image, layer)
    for channel in (0, len(maps) - 1):
        made = contributions(network, image, layer, channel, position)
        assert made.value == pytest.approx(maps[(channel, *position)], rel=1e-5, abs=1e-6)
        assert made.amounts.sum() + made.bias == pytest.approx(made.value, rel=1e-4, abs=1e-5)
        assert (made.patches * made.weights).sum((1, 2)) == pytest.approx(made.amounts, rel=1e-4, abs=1e-6)
        assert np.abs(made.amounts[made.order]).tolist() == sorted(np.abs(made.amounts), reverse=True)


@pytest.mark.parametrize("layer", ["conv_stem", "blocks.1.0.conv_dw", "blocks.3.1.conv_pw", "conv_head"])
def test_hold_in_an_embedded_network(lite0, layer):
    image = explorer.sample("flower")
    maps = explorer.feature_maps(lite0, image, layer)
    channel, row, column = (size - 1 for size in maps.shape)
    made = contributions(lite0, image, layer, channel, (row, column))
    assert made.value == pytest.approx(maps[-1, -1, -1], rel=1e-4)
    assert made.amounts.sum() + made.bias == pytest.approx(made.value, rel=1e-3, abs=1e-4)


def test_are_products_of_the_kernel_with_what_lies_beneath():
    network, image = odd_convolutions(), explorer.sample("coffee")
    made = contributions(network, image, "2", 5, (6, 6))  # the second group reads maps 2 and 3
    before, kernel = explorer.feature_maps(network, image, "1"), network.module.body[2].weight[5].numpy()
    patch = before[2:4, 4:9:2, 4:9:2]
    assert made.channels.tolist() == [2, 3]
    assert made.amounts == pytest.approx((patch * kernel).sum((1, 2)), rel=1e-4)
    assert made.window == (4, 4, 9, 9)
    assert made.bias == 0


def test_what_goes_in_is_kept_before_a_layer_that_works_in_place():
    network, image = odd_convolutions(), explorer.sample("coffee")
    assert np.array_equal(input_maps(network, image, "1"), explorer.feature_maps(network, image, "0"))
    assert input_maps(network, image, "1").min() < 0
    assert np.array_equal(input_maps(network, image, "2"), explorer.feature_maps(network, image, "1"))


def test_what_goes_into_the_second_call_of_a_module(small):
    image = explorer.sample("coffee")
    second, skipped = explorer.feature_maps(small, image, "2.second"), explorer.feature_maps(small, image, "1")
    assert input_maps(small, image, "2.relu:2") == pytest.approx(second + skipped, abs=1e-5)


def test_a_layer_that_is_no_convolution_says_so(small):
    with pytest.raises(explorer.NetworkError, match="MaxPool2d, not one convolution"):
        contributions(small, explorer.sample("cat"), "3", 0, (0, 0))
    with pytest.raises(explorer.NetworkError, match="rows 0 to 15"):
        contributions(small, explorer.sample("cat"), "0", 0, (16, 0))


@pytest.mark.parametrize(("layer", "position"), [("0", (3, 4)), ("2.first", (0, 0)), ("2", (8, 8)), ("3", (7, 2))])
def test_the_effective_field_lies_in_the_theoretical_one(small, layer, position):
    field = effective_field(small, explorer.sample("coffee"), explorer.Unit(layer, 1, position))
    assert field.shape == (32, 32)
    assert field.max() > 0
    top, left, bottom, right = small.layer(layer).field.clipped(*position, 32)
    outside = field.copy()
    outside[top:bottom, left:right] = 0
    assert not outside.any()


def test_the_effective_field_of_one_convolution_is_its_kernel(small):
    field = effective_field(small, explorer.sample("coffee"), explorer.Unit("0", 5, (4, 6)))
    kernel = np.abs(small.module.body[0].weight[5].numpy()).sum(0) / 0.25  # the network divides by its std
    assert field[7:10, 11:14] == pytest.approx(kernel, rel=1e-5)


def test_the_smallest_share_of_pixels_is_found():
    assert smallest_share(np.ones((10, 10)), 0.9) == pytest.approx(0.9)
    assert smallest_share(np.eye(10)[0], 0.9) == pytest.approx(0.1)
    assert smallest_share(np.zeros((4, 4))) == 0


def test_an_unknown_unit_is_explained(small):
    with pytest.raises(explorer.NetworkError, match="channels 0 to 7"):
        effective_field(small, explorer.sample("cat"), explorer.Unit("0", 8, (0, 0)))
