"""Variants of a picture: each change alone does what its name says, and nothing leaves the range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import explorer
from explorer.learning.augmentation.pictures import NAMES, Augmentation, augmented
from explorer.pictures.images import from_array

NONE = Augmentation(0, 0, 0, 0, 0, 0)
PICTURE = from_array(np.random.default_rng(0).integers(0, 256, (24, 36, 3), np.uint8), "noise")


def test_no_change_is_none():
    assert augmented(PICTURE, NONE) == PICTURE
    assert all(one == PICTURE for one in explorer.augmentations(PICTURE, NONE, count=3))


def test_a_flip_mirrors_and_a_half_turn_turns():
    flipped = augmented(PICTURE, replace(NONE, flip=1))
    np.testing.assert_array_equal(flipped.uint8, PICTURE.uint8[:, ::-1])
    turned = augmented(PICTURE, replace(NONE, turn=180)).uint8.astype(int)
    assert np.abs(turned - PICTURE.uint8[::-1, ::-1]).max() <= 1


def test_a_shift_moves_and_darkening_darkens():
    quarter = augmented(PICTURE, replace(NONE, shift=0.25)).uint8
    assert {quarter.shape} == {PICTURE.uint8.shape}
    moved = [
        np.array_equal(quarter[6:, 9:], PICTURE.uint8[:-6, :-9]),
        np.array_equal(quarter[:-6, :-9], PICTURE.uint8[6:, 9:]),
    ]
    assert moved == [True, False]  # right and down
    dark = augmented(PICTURE, replace(NONE, darken=0.5))
    assert dark.pixels.mean() == pytest.approx(PICTURE.pixels.mean() / 2, abs=0.01)
    assert augmented(PICTURE, replace(NONE, darken=-1.0)).pixels.max() <= 1


def test_recolouring_by_a_third_gives_red_for_green():
    red = from_array(np.full((4, 4, 3), (200, 0, 0), np.uint8))
    np.testing.assert_allclose(augmented(red, replace(NONE, recolour=120)).uint8[0, 0], (0, 200, 0), atol=1)


def test_a_turn_is_counter_clockwise():
    dot = np.zeros((21, 21, 3), np.uint8)
    dot[10, 18] = 255  # right of the middle
    row, column = np.unravel_index(augmented(from_array(dot), replace(NONE, turn=90)).uint8[..., 0].argmax(), (21, 21))
    assert (row, column) == (2, 10)  # above it


@pytest.mark.parametrize("name", NAMES)
def test_a_change_alone_changes(name):
    assert augmented(PICTURE, Augmentation(0.2, 1, 20, 0.2, 0.4, 40).alone(name)) != PICTURE


def test_one_seed_gives_the_same_pictures_of_the_same_size():
    first, again, other = (explorer.augmentations(PICTURE, count=4, seed=seed) for seed in (1, 1, 2))
    assert first == again != other
    assert {one.pixels.shape for one in first} == {(24, 36, 3)}
    tiny = from_array(np.zeros((1, 1, 3), np.uint8))
    assert len(explorer.augmentations(tiny, count=2)) == 2


@pytest.mark.parametrize("amounts", [{"shift": 2}, {"flip": -1}, {"turn": np.nan}, {"skew": 9}, {"recolour": 1e9}])
def test_amounts_out_of_range_are_said(amounts):
    with pytest.raises(explorer.TrainingError, match=next(iter(amounts))):
        explorer.augmentations(PICTURE, replace(NONE, **amounts))


def test_a_count_out_of_range_is_said():
    with pytest.raises(explorer.TrainingError, match="variants"):
        explorer.augmentations(PICTURE, count=0)
