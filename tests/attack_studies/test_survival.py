"""What is done to a picture that fooled: each change by hand, and what the network then says."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from scipy import ndimage

import explorer
from explorer.attack_studies.survival import TRANSFORMATIONS, jpeg, survival
from explorer.attacks import find_goal, shuffled_control
from explorer.pictures.images import from_array
from tests.support.small import noisy_picture


def test_survival_tells_each_change_of_all_three_pictures(small, noisy):
    goal = find_goal(small, noisy)
    found = explorer.attack(small, noisy, epsilon=16 / 255)
    control = shuffled_control(small, noisy, found, goal)
    rows = survival(small, found, control, goal)
    assert [row.transformation for row in rows] == list(TRANSFORMATIONS.values())
    assert rows[0].adversarial == rows[1].adversarial == found.after[0]  # nothing, and saved as PNG
    assert (rows[0].outcome == "fooled") == found.success
    assert [row.name for row in rows if row.lossless] == ["Nothing: as computed", "Saved as PNG, opened again"]
    assert rows[0].noise == control.after[0]
    by_hand = cv2.imencode(".jpg", found.adversarial.uint8[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 75])[1]
    again = from_array(np.ascontiguousarray(cv2.imdecode(by_hand, cv2.IMREAD_COLOR)[..., ::-1]))
    row = next(row for row in rows if row.name == "JPEG, quality 75")
    assert row.adversarial == small.predict(again)[0]
    assert (row.outcome == "fooled") == (row.adversarial[0] != found.label)


@pytest.mark.parametrize("name", TRANSFORMATIONS)
@pytest.mark.parametrize("shape", [(1, 1, 3), (32, 32, 3), (1, 9, 3)])
def test_every_change_keeps_size_and_one_colour(name, shape):
    flat = np.full(shape, 128, np.uint8)
    changed = TRANSFORMATIONS[name].apply(flat)
    assert changed.shape == shape
    assert changed.dtype == np.uint8
    if "noise" not in name:
        assert np.abs(changed.astype(int) - 128).max() <= 1
    drawn = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    kept = drawn.copy()
    TRANSFORMATIONS[name].apply(drawn)
    assert np.array_equal(drawn, kept)


def test_a_worse_jpeg_is_further_off():
    drawn = noisy_picture(1).uint8
    errors = [float(np.square(jpeg(drawn, quality=q).astype(float) - drawn).mean()) for q in (95, 75, 50)]
    assert errors == sorted(errors)
    assert errors[0] > 0


DRAWN = np.random.default_rng(0).integers(0, 256, (24, 24, 3), np.uint8)


SMOOTH = np.clip(ndimage.gaussian_filter(DRAWN.astype(float), (2, 2, 0)) * 3 - 250, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("sigma", [0.5, 1.0])
def test_blur_is_a_gaussian(sigma):
    name = {0.5: "blur 0.5", 1.0: "blur 1"}[sigma]
    expected = ndimage.gaussian_filter(SMOOTH.astype(float), (sigma, sigma, 0), mode="mirror")
    assert np.abs(TRANSFORMATIONS[name].apply(SMOOTH) - expected).max() <= 2.5  # OpenCV's kernel ends earlier
    assert np.abs(SMOOTH - expected).max() > 5


def test_a_shift_moves_right_and_down_and_repeats_the_border():
    moved = TRANSFORMATIONS["shift 8"].apply(DRAWN)
    assert np.array_equal(moved[8:, 8:], DRAWN[:-8, :-8])
    assert (moved[:8, 8:] == DRAWN[0, :-8]).all()
    assert np.array_equal(TRANSFORMATIONS["shift 1"].apply(DRAWN)[1:, 1:], DRAWN[:-1, :-1])


def test_reducing_loses_what_is_fine_and_more_the_smaller_it_gets():
    def lost(name):
        return float(np.square(TRANSFORMATIONS[name].apply(DRAWN).astype(float) - DRAWN).mean())

    assert 100 < lost("resize 0.75") < lost("resize 0.5")
    board = np.repeat(255 * (np.indices((24, 24)).sum(0) % 2)[..., None], 3, axis=2).astype(np.uint8)
    assert np.abs(TRANSFORMATIONS["resize 0.5"].apply(board).astype(int) - 128).max() <= 1  # none is left out
    means = np.abs(TRANSFORMATIONS["resize 0.5"].apply(SMOOTH).mean((0, 1)) - SMOOTH.mean((0, 1)))
    assert means.max() < 2  # what is coarse stays


@pytest.mark.parametrize(("name", "sigma"), [("noise 4", 4), ("noise 16", 16)])
def test_noise_has_its_spread_and_is_always_the_same(name, sigma):
    grey = np.full((64, 64, 3), 128, np.uint8)
    changed = TRANSFORMATIONS[name].apply(grey).astype(float) - 128
    assert changed.std() == pytest.approx(sigma, rel=0.05)
    assert abs(changed.mean()) < sigma / 20
    assert np.array_equal(TRANSFORMATIONS[name].apply(grey), TRANSFORMATIONS[name].apply(grey))


def test_without_colour_each_pixel_is_its_brightness():
    changed = TRANSFORMATIONS["grey"].apply(DRAWN)
    expected = DRAWN @ [0.299, 0.587, 0.114]  # Rec. ITU-R BT.601
    assert np.abs(changed - expected[..., None]).max() <= 1


def test_only_nothing_and_png_lose_nothing():
    same = [name for name, one in TRANSFORMATIONS.items() if np.array_equal(one.apply(DRAWN), DRAWN)]
    assert same == [name for name, one in TRANSFORMATIONS.items() if one.lossless] == ["none", "png"]


def test_each_of_the_three_pictures_is_judged_by_what_is_said_of_it(small, near_a_border):
    goal = find_goal(small, near_a_border)
    found = explorer.attack(small, near_a_border, epsilon=8 / 255)
    draws = (shuffled_control(small, near_a_border, found, goal, seed=seed) for seed in range(20))
    control = next(one for one in draws if one.success)  # noise that fools, where the clean picture doesn't
    rows = survival(small, found, control, goal)
    assert len(rows) == len(TRANSFORMATIONS)
    for row in rows:
        changed = [
            small.predict(from_array(row.transformation.apply(one.uint8)), 1)[0]
            for one in (found.original, found.adversarial, control.adversarial)
        ]
        assert [row.clean, row.adversarial, row.noise] == changed
        outcomes = [row.clean_outcome, row.outcome, row.noise_outcome]
        assert outcomes == ["recovered" if said == found.label else "fooled" for said, _ in changed]


def test_with_a_target_only_the_target_is_fooled(small, noisy):
    label = find_goal(small, noisy).label
    goal = find_goal(small, noisy, (label + 1) % len(small.labels))
    found = explorer.attack(small, noisy, target=goal.target, epsilon=24 / 255)
    rows = survival(small, found, shuffled_control(small, noisy, found, goal), goal)
    assert len(rows) == len(TRANSFORMATIONS)
    for row in rows:
        for said, outcome in ((row.clean, row.clean_outcome), (row.adversarial, row.outcome)):
            wanted = {found.target: "fooled", found.label: "recovered"}.get(said[0], "another class")
            assert outcome == wanted
