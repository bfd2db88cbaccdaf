"""HOG against scikit-image and by hand, SIFT's grids and matches, both under rotation."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.feature import SIFT, hog

from explorer.classical import descriptor_pictures as draw
from explorer.classical import sift, sift_matching
from explorer.classical.descriptors import DescriptorError
from explorer.classical.hog import hog_of
from explorer.pictures.reduced import grey
from explorer.pictures.samples import sample

RNG = np.random.default_rng(0)
NOISE = RNG.random((64, 80)).astype(np.float32)


def test_cells_hold_the_shares_of_gradient_by_direction():
    found = hog_of(NOISE, 16, 8)
    assert found.cells.shape == (4, 5, 8)
    down, right = (np.zeros_like(NOISE, np.float64) for _ in range(2))
    down[1:-1], right[:, 1:-1] = NOISE[2:] - NOISE[:-2], NOISE[:, 2:] - NOISE[:, :-2]
    angle = np.rad2deg(np.arctan2(down, right)) % 180
    cut = np.s_[16:32, 32:48]
    sums = np.histogram(angle[cut], 8, (0, 180), weights=np.hypot(down, right)[cut])[0]
    np.testing.assert_allclose(found.cells[1, 2], sums / sums.sum(), atol=1e-4)


def test_a_cells_numbers_are_found_in_the_descriptor():
    found = hog_of(NOISE, 16, 9)
    flat = hog(NOISE, orientations=9, pixels_per_cell=(16, 16), cells_per_block=(2, 2), block_norm="L2-Hys")
    np.testing.assert_allclose(found.blocks.ravel(), flat)
    starts = found.numbers_of(1, 2)
    assert len(starts) == 4
    for start in starts:  # in each block the same histogram, up to its norm (and Hys's clipping)
        part = flat[start : start + 9]
        assert np.corrcoef(part, found.cells[1, 2])[0, 1] > 0.97
    assert len(found.numbers_of(0, 0)) == 1
    assert len(found.numbers_of(0, 2)) == 2


def test_a_quarter_turn_of_the_picture_turns_the_bins():
    cells = hog_of(NOISE, 16, 8).cells
    turned = hog_of(np.ascontiguousarray(np.rot90(NOISE)), 16, 8).cells
    np.testing.assert_allclose(turned, np.roll(np.rot90(cells), 4, 2), atol=1e-3)


def test_too_small_for_hog_and_sift_is_said():
    with pytest.raises(DescriptorError, match="at least 32 pixels"):
        hog_of(NOISE[:20], 16)
    with pytest.raises(DescriptorError, match="at least 16 pixels"):
        sift.sift_of(NOISE[:9])
    with pytest.raises(DescriptorError, match="no keypoint"):
        sift.sift_of(np.full((40, 40), 0.5, np.float32))
    with pytest.raises(DescriptorError, match="above 0"):
        sift_matching.turned(NOISE, 10, 0)


def test_sift_is_scikit_images_coarsest_first():
    values = grey(sample("cat"), 128)
    found = sift.sift_of(values)
    other = SIFT()
    other.detect_and_extract(values)
    assert len(found.sigmas) == len(other.sigmas)
    assert (np.diff(found.sigmas) <= 0).all()
    assert set(map(bytes, found.grids.reshape(-1, 128))) == set(map(bytes, other.descriptors))


def test_a_patch_is_upright():
    """Turned by the keypoint's main direction, the picture brightens downwards there."""
    y, x = np.mgrid[:60, :60].astype(np.float32)
    values = ((x * 0.6 + y * 0.8) / 90).astype(np.float32)  # brightens along (row 0.8, column 0.6)
    points = sift.Keypoints(
        np.array([[30.0, 30.0]]), np.array([1.5]), np.rad2deg([np.arctan2(-0.8, 0.6)]), np.zeros((1, 4, 4, 8), np.uint8)
    )
    upright = sift.patch(values, points, 0)
    assert np.ptp(upright, 1).max() < 0.01
    assert (np.diff(upright[:, 32]) > 0).all()


@pytest.mark.parametrize("angle", [0, 90, 37])
def test_the_known_map_puts_points_where_they_went(angle):
    values = np.zeros((50, 70), np.float32)
    values[10:13, 20:23] = 1
    made, matrix = sift_matching.turned(values, angle, 1.0)
    rows, columns = np.indices(made.shape)
    background = float(values.mean())
    weight = np.clip(made - 0.2 - background, 0, None)
    middle = np.array([(columns * weight).sum(), (rows * weight).sum()]) / weight.sum()
    np.testing.assert_allclose(matrix @ (21, 11, 1), middle, atol=0.1)


@pytest.mark.parametrize(("angle", "scale"), [(90, 1.0), (30, 0.8)])
def test_most_matches_of_a_turned_picture_are_right(angle, scale):
    found = sift_matching.matches(sample("cat"), 128, angle, scale)
    assert len(found.pairs) > 20
    assert found.correct.mean() > 0.9
    assert len(np.unique(found.pairs[:, 1])) == len(found.pairs)
    wrong = sift_matching.match(NOISE, sift.sift_of(grey(sample("cat"), 128)), 0, 1.0)
    assert wrong.correct.sum() <= 0.2 * max(1, len(wrong.pairs)) + 1


def test_drawings_have_their_sizes_and_show_what_is_there():
    values = grey(sample("cat"), 96)
    found = hog_of(values, 16)
    rows, columns, _ = found.cells.shape
    assert draw.cell_tiles(found, 16).shape == (rows * columns, 16, 16, 3)
    points = sift.sift_of(values)
    assert draw.keypoints_drawn(values, points, 0).shape == (3 * values.shape[0], 3 * values.shape[1], 3)
    arrows = np.zeros((4, 4, 8), np.uint8)
    arrows[0, 3, list(sift.GRID_ANGLES_DEG).index(270)] = 255  # downwards in the upper right square
    changed = (draw.grid(np.zeros((64, 64), np.float32), arrows) == draw.WRONG).all(-1)
    ys, xs = np.nonzero(changed)
    assert xs.mean() == pytest.approx(280, abs=2)
    assert ys.max() < 80 < ys.max() + 10
    matched = draw.matches_drawn(values, sift_matching.match(values, points, 0, 1.0))
    assert (matched == draw.CORRECT).all(-1).any()
