"""Orientation selectivity against what is known: stripes, plaids, blobs, noise."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.architecture.selectivity import mean_selectivity, orientation_selectivity


def grating(cycles: float, angle_deg: float, size: int = 32) -> np.ndarray:
    """One filter (1, 1, size, size) of stripes."""
    down, across = np.meshgrid(*[np.arange(size) - size // 2] * 2, indexing="ij")
    angle = np.deg2rad(angle_deg)
    return np.cos(2 * np.pi * cycles / size * (across * np.cos(angle) + down * np.sin(angle)))[None, None]


@pytest.mark.parametrize("cycles", [1, 4, 15])
def test_a_whole_grating_has_one_orientation(cycles):
    assert orientation_selectivity(grating(cycles, 0))[0] == pytest.approx(1)
    assert orientation_selectivity(grating(cycles, 90))[0] == pytest.approx(1)


@pytest.mark.parametrize("share", [0, 0.25, 0.5, 1])
def test_two_gratings_at_right_angles_differ_by_their_powers(share):
    """Powers p and 1 − p at angles 0 and 90 give |p − (1 − p)|."""
    plaid = np.sqrt(share) * grating(4, 0) + np.sqrt(1 - share) * grating(4, 90)
    assert orientation_selectivity(plaid)[0] == pytest.approx(abs(2 * share - 1), abs=1e-9)


def test_three_gratings_60_degrees_apart_have_none():
    """Its orientations' double angles are at 0, 120 and 240: they cancel, up to what cutting a wave off leaks."""
    star = sum(grating(6, angle) * np.hanning(32)[:, None] * np.hanning(32) for angle in (0, 60, 120))
    assert orientation_selectivity(star)[0] < 0.01


def test_blobs_flat_and_empty_filters_have_none():
    away = np.arange(9) - 4
    blob = np.exp(-(away[:, None] ** 2 + away**2) / 4)[None, None]
    whole = np.ones((1, 3, 32, 32))
    np.testing.assert_allclose(orientation_selectivity(blob), 0, atol=1e-9)
    np.testing.assert_array_equal(orientation_selectivity(whole), 0)
    np.testing.assert_array_equal(orientation_selectivity(np.zeros((2, 3, 9, 9))), 0)


def test_turning_a_filter_by_90_degrees_or_scaling_it_changes_nothing():
    filters = np.random.default_rng(0).normal(size=(20, 3, 9, 9))
    expected = orientation_selectivity(filters)
    assert (expected > 0).all()
    np.testing.assert_allclose(orientation_selectivity(np.rot90(filters, axes=(2, 3))), expected)
    np.testing.assert_allclose(orientation_selectivity(-7 * filters), expected)


def test_power_adds_over_channels():
    across, down, nothing = grating(4, 0), grating(4, 90), np.zeros((1, 1, 32, 32))
    assert orientation_selectivity(np.concatenate([across, down, nothing], 1))[0] == pytest.approx(0, abs=1e-9)


def test_the_mean_is_weighted_by_energy():
    filters = np.concatenate([3 * grating(4, 0), grating(4, 0) + grating(4, 90), np.zeros((1, 1, 32, 32))])
    assert mean_selectivity(filters) == pytest.approx(9 / (9 + 2))
    assert mean_selectivity(np.zeros((3, 3, 9, 9))) == 0
