"""Motion: still and constant volumes, mirrors, the direction that wins, and SciPy's own correlation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from explorer.filtering import motion
from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import KernelError
from explorer.pictures.images import from_array

PREFERRED = 1.0  # pixels a frame
NOISE = from_array(np.random.default_rng(3).uniform(size=(50, 70)).astype(np.float32))
CASES = [(kind, k) for kind in motion.MOVERS for k in motion.SIZES]


def mean(volume, detector, k) -> float:
    return float(motion.energy(volume, detector, k).mean())


@pytest.mark.parametrize(("kind", "k"), CASES)
def test_the_direction_of_the_motion_wins(kind, k):
    to_right, to_left = (motion.moving(kind, v, NOISE) for v in (PREFERRED, -PREFERRED))
    assert mean(to_right, "right", k) > 3 * mean(to_right, "left", k)
    assert mean(to_left, "left", k) > 3 * mean(to_left, "right", k)


@pytest.mark.parametrize(("kind", "k"), CASES)
def test_what_stands_still_gives_nothing(kind, k):
    preferred = mean(motion.moving(kind, PREFERRED, NOISE), "right", k)
    for still in (motion.moving(kind, 0, NOISE), np.full((12, 14, 12), 0.7, np.float32)):
        assert mean(still, "right", k) < 1e-6 * preferred
        assert mean(still, "left", k) < 1e-6 * preferred
    assert mean(np.full((12, 14, 12), 0.7, np.float32), "frame average", k) < 1e-6 * preferred


@pytest.mark.parametrize("kind", motion.MOVERS)
def test_a_mirror_swaps_right_and_left(kind):
    volume = motion.moving(kind, 1.5, NOISE)
    mirrored = motion.energy(volume[:, ::-1], "left", 7)
    np.testing.assert_allclose(motion.energy(volume, "right", 7), mirrored[:, ::-1], rtol=1e-3, atol=1e-6)
    for to_right, to_left in zip(motion.pair("right", 7), motion.pair("left", 7), strict=True):
        np.testing.assert_allclose(to_left[:, ::-1], to_right, atol=1e-7)


def test_the_energy_is_what_scipy_correlates():
    volume, k = motion.moving("dots", 1.0), 5
    inner = (slice(k // 2, -(k // 2)),) * 3
    expected = 0.0
    for kernel in motion.pair("right", k):
        slid = ndimage.correlate(volume.astype(float), kernel.astype(float), mode="nearest")
        np.testing.assert_allclose(convolve(volume, kernel, padding="replicate"), slid, atol=1e-5)
        expected = expected + slid[inner] ** 2
    np.testing.assert_allclose(motion.energy(volume, "right", k), expected, atol=1e-5)


@pytest.mark.parametrize("kind", motion.MOVERS)
@pytest.mark.parametrize("velocity", [-2, 1, 3])
def test_each_frame_is_the_last_one_shifted_around(kind, velocity):
    volume = motion.moving(kind, velocity, NOISE)
    assert volume.shape == (motion.HEIGHT, motion.WIDTH, motion.FRAMES)
    assert volume.min() >= 0
    assert volume.max() <= 1
    assert volume.std() > 0.05
    inner = slice(3, -3)  # what comes in of a picture is its mirror image
    np.testing.assert_allclose(volume[:, inner, 1:], np.roll(volume[:, :, :-1], velocity, 1)[:, inner], atol=1e-5)


def test_half_a_pixel_a_frame_is_a_pixel_in_two():
    for kind in motion.MOVERS:
        volume = motion.moving(kind, 0.5, NOISE)
        np.testing.assert_allclose(volume[:, 1:-1, 2:], np.roll(volume[:, :, :-2], 1, 1)[:, 1:-1], atol=1e-5)


def test_a_sliding_picture_brings_no_seam():
    ramp = from_array(np.tile(np.linspace(0, 1, 256, dtype=np.float32), (160, 1)))  # its ends differ most
    steepest = np.abs(np.diff(motion.moving("your picture", 0, ramp), axis=1)).max()
    for velocity in (-2.5, 1.0, 3.0):
        volume = motion.moving("your picture", velocity, ramp)
        assert np.abs(np.diff(volume, axis=1)).max() <= 1.01 * steepest
        assert np.ptp(volume[:, :, -1]) > 0.3  # it has moved, not faded


@pytest.mark.parametrize("k", motion.SIZES)
def test_bars_are_liked_best_when_they_go_by_as_often_as_the_kernels_wave(k):
    found = motion.tuning("bars", k)
    assert abs(found.best("right") - motion.PERIOD / k) <= 0.5
    assert found.best("left") == -found.best("right")


def test_the_tuning_curve_is_made_of_the_means_and_the_average_is_blind():
    found = motion.tuning("dots", 7)
    at = motion.VELOCITIES.index(1.0)
    assert found.means["right"][at] == pytest.approx(mean(motion.moving("dots", 1.0), "right", 7))
    assert found.at[found.means["right"].argmax()] in (0.5, 1.0, 1.5)
    blind = found.means["frame average"]
    np.testing.assert_allclose(blind, blind[::-1], rtol=0.1)
    assert blind.argmax() == motion.VELOCITIES.index(0.0)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: motion.moving("cars", 1), "bars, dots"),
        (lambda: motion.moving("bars", 4), "−3 to 3"),
        (lambda: motion.moving("bars", float("nan")), "−3 to 3"),
        (lambda: motion.moving("your picture", 1), "picture"),
        (lambda: motion.pair("right", 6), "5, 7 or 9"),
        (lambda: motion.pair("up", 5), "right, left"),
    ],
)
def test_what_is_refused(wrong, says):
    with pytest.raises(KernelError, match=says):
        wrong()
