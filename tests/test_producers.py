"""The way back from a number to the pixels: each step is the layer that made what the one before read."""

import numpy as np
import pytest

import explorer
from explorer.responses.activations import input_maps
from explorer.responses.contributions import contributions
from explorer.responses.producers import producer, strongest_product


def test_the_way_back_ends_at_the_picture(small):
    image = explorer.sample("coffee")
    assert producer(small, image, "2.second").name.startswith("2.relu")
    assert producer(small, image, "2.first").name == "1"
    assert producer(small, image, "0") is None


@pytest.mark.parametrize("layer", ["blocks.1.0.conv_pw", "blocks.2.1.conv_dw", "conv_head"])
def test_what_the_maker_gives_is_what_the_layer_reads(lite0, layer):
    image = explorer.sample("coffee")
    made = producer(lite0, image, layer)
    assert np.array_equal(explorer.feature_maps(lite0, image, made.name), input_maps(lite0, image, layer))


def test_the_strongest_product_lies_where_input_times_weight_is_largest(lite0):
    image = explorer.sample("coffee")
    found = contributions(lite0, image, "conv_stem", 3, (20, 30))
    number = int(found.order[0])
    row, column = strongest_product(found, number)
    top, left, bottom, right = found.window
    assert top <= row < bottom
    assert left <= column < right
    products = np.abs(found.patches[number] * found.weights[number])
    assert products[row - top, column - left] == products.max()
