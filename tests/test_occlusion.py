"""Covering parts of a picture: what is covered, and what it costs the class, against a network of known answer."""

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.responses.occlusion import covered, map_correlation, occlusion, square_middles


class Corner(nn.Module):
    """Its logit for class 0 is the mean of the top left quarter, for class 1 always 0."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        half = x.shape[2] // 2
        here = x[:, :, :half, :half].mean((1, 2, 3))
        return torch.stack([here, torch.zeros_like(here)], 1)


def network():
    return explorer.wrap_network(Corner(), input_size=40, labels=["corner", "nothing"])


def picture():
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:20, :20] = 255
    return explorer.open_image(pixels)


def test_a_square_of_the_mean_colour_covers_what_it_lies_on_and_is_cut_at_the_rim():
    hidden = covered(network(), picture(), (0, 20), 10).uint8
    assert (hidden[:5, 15:25] == 64).all()
    hidden[:5, 15:25] = picture().uint8[:5, 15:25]
    assert np.array_equal(hidden, picture().uint8)


def test_the_middles_are_those_of_equal_fields():
    assert square_middles(40, 2) == [(10, 10), (10, 30), (30, 10), (30, 30)]


def test_what_is_lost_is_the_probability_with_the_square_there():
    lost = occlusion(network(), picture(), 0, side=20, count=2)
    whole, with_square = 1 / (1 + np.exp(-1.0)), 1 / (1 + np.exp(-64 / 255))
    expected = np.zeros((2, 2))
    expected[0, 0] = whole - with_square
    assert lost == pytest.approx(expected, abs=1e-5)
    assert not lost.flags.writeable
    assert occlusion(network(), picture(), 1, side=20, count=2) == pytest.approx(-expected, abs=1e-5)


def test_agreement_is_the_correlation_at_the_coarser_maps_places():
    coarse = np.array([[0.0, 1.0], [2.0, 5.0]])
    fine = coarse.repeat(3, 0).repeat(3, 1)
    assert map_correlation(coarse, 2 * fine + 1) == pytest.approx(1)
    assert map_correlation(fine, -coarse) == pytest.approx(-1)
    other = np.array([[1.0, 0.0], [3.0, 2.0]])
    assert map_correlation(coarse, other) == pytest.approx(np.corrcoef(coarse.ravel(), other.ravel())[0, 1])
    assert np.isnan(map_correlation(coarse, np.ones((2, 2))))


def test_covering_the_flower_costs_the_daisy_more_than_covering_the_rim(lite0):
    image = explorer.sample("flower")
    lost = occlusion(lite0, image, lite0.class_index("daisy"), side=67, count=4)
    assert lost[1:3, 1:3].mean() > 4 * np.abs(lost[[0, 0, 3, 3], [0, 3, 0, 3]]).mean()
