"""Patches come from where a picture has contrast; views keep to it and to the range."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.learning.errors import TrainingError
from explorer.learning.exemplar_cnn.patches import PATCH, VIEW, cut_patches, sample_views
from explorer.pictures.images import from_array
from explorer.pictures.samples import sample


def test_patches_are_parts_of_the_picture_shared_out_evenly():
    bright, dark = (from_array(np.full((60, 70, 3), value, np.uint8)) for value in (255, 0))
    patches = cut_patches([bright, dark], 7)
    assert patches.shape == (7, 3, PATCH, PATCH)
    assert patches.mean((1, 2, 3)).tolist() == [1, 1, 1, 1, 0, 0, 0]


def test_a_patch_is_found_in_the_picture_again_and_none_twice():
    noise = np.random.default_rng(0).integers(0, 256, (52, 50, 3), np.uint8)
    places = {
        noise[y : y + PATCH, x : x + PATCH].tobytes(): (y, x) for y in range(5) for x in range(3)
    }  # every place there is
    patches = (cut_patches([from_array(noise)], 15) * 255).round().to(torch.uint8)
    found = {places[patch.permute(1, 2, 0).contiguous().numpy().tobytes()] for patch in patches}
    assert len(found) == 15


def test_places_with_contrast_are_drawn_more_often():
    picture = np.full((300, 300, 3), 128, np.uint8)
    picture[:, 150:] = np.random.default_rng(0).integers(0, 256, (300, 150, 3))
    patches = cut_patches([from_array(picture)], 100)
    assert float((patches.std((1, 2, 3)) > 0.01).float().mean()) > 0.97


def test_the_same_seed_cuts_and_draws_the_same():
    images = [sample("coffee")]
    patches = cut_patches(images, 5, seed=1)
    assert torch.equal(patches, cut_patches(images, 5, seed=1))
    assert not torch.equal(patches, cut_patches(images, 5, seed=2))
    one, same, other = (sample_views(patches, torch.Generator().manual_seed(seed)) for seed in (3, 3, 4))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_views_are_pictures_and_each_has_its_own_place_and_colours():
    patches = cut_patches([sample("coffee")], 1).repeat(40, 1, 1, 1)
    views = sample_views(patches, torch.Generator().manual_seed(0))
    assert views.shape == (40, 3, VIEW, VIEW)
    assert 0 <= float(views.min()) < float(views.max()) <= 1
    assert len({round(float(view.mean()), 5) for view in views}) == 40


def test_views_reach_no_further_than_the_patch_allows():
    """A ramp from left to right: undo nothing, but every value must lie between its ends."""
    ramp = torch.linspace(0.4, 0.6, PATCH).expand(30, 3, PATCH, PATCH).clone()
    grid_only = sample_views(ramp, torch.Generator().manual_seed(0))
    assert torch.isfinite(grid_only).all()
    spread = grid_only.amax((1, 2, 3)) - grid_only.amin((1, 2, 3))
    # at most the ramp's 0.2 with the strongest contrast 2^0.7, and tints that differ by at most 0.3
    assert float(spread.max()) < 0.2 * 2**0.7 + 0.3 + 1e-3


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (47, 200), (2000, 40)])
def test_too_small_a_picture_is_told(shape):
    picture = from_array(np.zeros((*shape, 3), np.uint8), "tiny")
    with pytest.raises(TrainingError, match=rf"“tiny” \({shape[1]} × {shape[0]} pixels\) is too small"):
        cut_patches([picture], 4)


def test_more_patches_than_places_and_no_picture_are_told():
    with pytest.raises(TrainingError, match="too small for 5 patches"):
        cut_patches([from_array(np.zeros((49, 49, 3), np.uint8))], 5)
    with pytest.raises(TrainingError, match="choose at least one"):
        cut_patches([], 5)
