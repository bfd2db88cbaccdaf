"""The first layer's filters in colour, of networks that see colour, grey or no convolution."""

from __future__ import annotations

import torch
from torch import nn

import explorer
from pages.parts.neurons.atlas.first_filters import filter_words, first_filters, is_first


def test_filters_of_a_network_that_sees_no_colour_are_grey():
    torch.manual_seed(0)
    grey = explorer.wrap_network(nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(4 * 676, 9)), input_size=28)
    pictures = first_filters(grey)
    assert pictures.shape == (4, 3, 3, 3)
    assert (pictures == pictures[..., :1]).all()
    assert filter_words(grey).startswith("4 kernels of 3 × 3")


def test_only_the_convolution_that_sees_the_picture_is_first(lite0):
    assert [layer.name for layer in lite0.layers if is_first(lite0, layer.name)] == ["conv_stem"]
    flat = explorer.wrap_network(nn.Sequential(nn.Flatten(), nn.Linear(3 * 64, 9)), input_size=8)
    assert not any(is_first(flat, layer.name) for layer in flat.layers)
