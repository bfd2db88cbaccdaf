"""How much of a change is left at each layer: known movements, an equivariant network, and its bounds."""

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.responses.invariance import (
    change_between,
    distance,
    first_layer_below,
    relative_change,
    sweep,
    transform_matrix,
    transformed,
    warp,
)


def picture(side=16):
    return explorer.open_image(np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8))


def convolutional(side=16):
    """A convolution, ReLU, another, and a mean: it forgets where things are only at the end."""
    torch.manual_seed(0)
    body = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(4, 3),
    )  # fmt: skip
    return explorer.wrap_network(body, input_size=side)


def test_sliding_by_whole_pixels_moves_every_value_exactly():
    network, image = convolutional(), picture()
    slid = transformed(network, image, "slide", 3).uint8
    assert np.array_equal(slid[:, 3:], image.uint8[:, :-3])
    assert np.array_equal(slid[:, :3], image.uint8[:, 2::-1])  # mirrored at the rim


def test_a_quarter_turn_is_a_quarter_turn_and_nothing_is_nothing():
    network, image = convolutional(), picture()
    assert np.array_equal(transformed(network, image, "rotate", 90).uint8, np.rot90(image.uint8))
    for kind, nothing in (("slide", 0), ("rotate", 0), ("scale", 1)):
        assert np.array_equal(transformed(network, image, kind, nothing).uint8, image.uint8)


def test_scaling_keeps_the_centre_and_stretches_distances():
    ramp = torch.linspace(-1, 1, 101).expand(1, 1, 101, 101)
    larger = warp(ramp, transform_matrix("scale", 2, 101))
    assert larger[0, 0, 50, 50] == pytest.approx(0, abs=1e-6)
    assert torch.allclose(larger, ramp / 2, atol=1e-5)


def test_distance_is_0_for_equal_1_for_unrelated_and_root_2_for_opposite():
    a, b = torch.tensor([3.0, 0.0]), torch.tensor([0.0, 3.0])
    assert distance(a, a) == 0
    assert distance(a, b) == pytest.approx(1)
    assert distance(a, -a) == pytest.approx(2**0.5)
    assert distance(a * 0, b * 0) == 0


def test_a_convolution_moves_with_the_picture_and_its_mean_stays():
    """Away from the rim a convolution is equivariant; a picture with an empty rim shows it exactly."""
    pixels = np.zeros((16, 16, 3), np.uint8)
    pixels[6:9, 5:8] = np.random.default_rng(0).integers(0, 256, (3, 3, 3))
    image = explorer.open_image(pixels)
    still, change = sweep(convolutional(), image, "slide", (0, 3))
    assert not still.in_place.any()
    assert not still.pooled.any()
    names = list(change.layers)
    assert names == ["0", "1", "2", "3", "4", "5"]
    before_pooling = [names.index(name) for name in ("0", "1")]
    assert change.in_place[before_pooling].min() > 0.1
    assert change.along[before_pooling].max() < 1e-5
    assert change.pooled[before_pooling].max() < 1e-5
    assert change.in_place[names.index("3")] == pytest.approx(change.pooled[names.index("2")])


@pytest.mark.parametrize(("kind", "amounts"), [("rotate", (0, 15, 60)), ("scale", (1, 1.25, 2))])
def test_larger_changes_leave_more(small, kind, amounts):
    image = explorer.sample("coffee")
    steps = list(sweep(small, image, kind, amounts))
    assert [step.amount for step in steps] == list(amounts)
    assert not steps[0].in_place.any()
    first = [step.in_place[0] for step in steps]
    assert first == sorted(first)
    assert max(step.in_place.max() for step in steps) <= 2**0.5 + 1e-6


def test_pictures_differ_from_others_and_not_from_themselves(small):
    image, other = explorer.sample("coffee"), explorer.sample("camera")
    assert not change_between(small, image, image).in_place.any()
    there, back = change_between(small, image, other), change_between(small, other, image)
    assert there.in_place.min() > 0
    assert there.in_place == pytest.approx(back.in_place)


@pytest.mark.parametrize(
    ("shares", "first"),
    [
        ([0.5, 0.3, 0.1, 0.05], 2), ([0.1, 0.3, 0.1, 0.3], None), ([0.1, 0.1, 0.1, 0.1], 0),
        ([0.1, np.nan, 0.1, 0.1], 2),  # where nothing can be said, nothing has faded
    ],
)  # fmt: skip
def test_a_change_has_faded_where_it_stays_small(shares, first):
    assert first_layer_below(shares, 0.2) == first


def test_a_change_counts_by_what_another_picture_changes_in_the_same_network():
    assert relative_change([0.2, 0.5, 0.0], [0.4, 0.5, 0.1]) == pytest.approx([0.5, 1, 0])
    assert np.isnan(relative_change([0.2], [0.0]))


def test_random_weights_only_seem_to_forget_a_slide(lite0):
    """By itself the change is smaller with random weights ; by what pictures do there it is larger."""
    image, other = explorer.sample("flower"), explorer.sample("coffee")
    random = explorer.load_network(lite0.name, pretrained=False, device="cpu")
    (slid,), (control,) = (tuple(sweep(network, image, "slide", (8,))) for network in (lite0, random))
    learned = relative_change(slid.in_place, change_between(lite0, image, other).in_place)
    not_learned = relative_change(control.in_place, change_between(random, image, other).in_place)
    assert control.in_place.mean() < slid.in_place.mean()
    assert not_learned[-1] > 2 * learned[-1]
    assert learned[-1] < 0.25
