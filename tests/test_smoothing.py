"""Noise of the strength asked for, filters against SciPy, and what a window cuts off."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from explorer.filtering import smoothing
from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import KernelError, gaussian, sobel, uniform
from explorer.filtering.separable import in_passes, separate
from explorer.pictures.images import ImageError, from_array
from explorer.pictures.reduced import LUMA

RNG = np.random.default_rng(0)
PICTURE = from_array(ndimage.gaussian_filter(RNG.random((60, 80, 3)), (3, 3, 0)).astype(np.float32))
NOISE = smoothing.noisy(PICTURE, "Gaussian", 30.0)
FLAT = from_array(np.full((120, 120, 3), 0.5, np.float32))


def test_noise_has_the_strength_asked_for():
    levels = 255 * (smoothing.noisy(FLAT, "Gaussian", 20.0).pixels - 0.5)
    assert levels.std() == pytest.approx(20, rel=0.03)
    lost = smoothing.noisy(FLAT, "salt and pepper", 0.2).pixels
    assert np.isin(lost, (0, 1)).mean() == pytest.approx(0.2, abs=0.01)
    shot = smoothing.noisy(FLAT, "shot", 50.0).pixels
    assert shot.std() == pytest.approx(np.sqrt(0.5 / 50), rel=0.03)  # Poisson: the variance is the mean


def test_noise_is_seeded_and_refuses_what_cannot_be():
    assert smoothing.noisy(FLAT, "shot", 9.0, 1) == smoothing.noisy(FLAT, "shot", 9.0, 1)
    assert smoothing.noisy(FLAT, "shot", 9.0, 1) != smoothing.noisy(FLAT, "shot", 9.0, 2)
    with pytest.raises(ImageError, match="one of Gaussian"):
        smoothing.noisy(FLAT, "pink", 1.0)
    with pytest.raises(ImageError, match="from 0 to 1"):
        smoothing.noisy(FLAT, "salt and pepper", 2.0)


@pytest.mark.parametrize("size", [3, 7])
def test_filters_are_scipys(size):
    eight_bits = from_array(PICTURE.uint8)
    median = ndimage.median_filter(eight_bits.pixels, (size, size, 1), mode="nearest")
    np.testing.assert_allclose(smoothing.smooth(eight_bits, "median", size), median, atol=1e-6)
    uniform = ndimage.uniform_filter(PICTURE.pixels, (size, size, 0), mode="nearest")
    np.testing.assert_allclose(smoothing.smooth(PICTURE, "uniform", size), uniform, atol=1e-5)
    deviation = size / smoothing.SPAN / np.sqrt(2)  # the lecture's σ is √2 standard deviations
    blurred = ndimage.gaussian_filter(
        PICTURE.pixels, deviation, radius=(size // 2, size // 2, 0), axes=(0, 1, 2), mode="nearest"
    )
    np.testing.assert_allclose(smoothing.smooth(PICTURE, "Gaussian", size), blurred, atol=1e-5)


@pytest.mark.parametrize("size", smoothing.SIZES[1:])
def test_two_of_the_filters_are_convolutions(size):
    for name, kernel in (("uniform", uniform(size)), ("Gaussian", gaussian(size / smoothing.SPAN, size))):
        whole = convolve(PICTURE.pixels, kernel, padding="replicate")
        np.testing.assert_allclose(smoothing.smooth(PICTURE, name, size), whole, atol=1e-6)


@pytest.mark.parametrize(("height", "width"), [(60, 80), (7, 9), (5, 30), (3, 4)])
def test_quality_is_scikit_images(height, width):
    clean, noise = (from_array(one.pixels[:height, :width]) for one in (PICTURE, NOISE))
    found = smoothing.quality(clean, noise.pixels)
    psnr = peak_signal_noise_ratio(clean.pixels, noise.pixels, data_range=1)
    window = min(7, *(n - 1 + n % 2 for n in (height, width)))
    before, after = (one.pixels.astype(np.float64) @ LUMA for one in (clean, noise))
    ssim = structural_similarity(before, after, data_range=1, win_size=window)
    assert (found.psnr, found.ssim) == pytest.approx((psnr, ssim), abs=1e-6)


@pytest.mark.parametrize(("name", "size", "match"), [("box", 3, "one of uniform"), ("median", 4, "odd number")])
def test_other_filters_are_refused(name, size, match):
    with pytest.raises(KernelError, match=match):
        smoothing.smooth(PICTURE, name, size)


def test_curves_begin_with_the_noisy_picture_and_know_their_best():
    noise = smoothing.noisy(PICTURE, "Gaussian", 30.0)
    curve = smoothing.quality_curve(PICTURE, noise, "uniform")
    error = np.mean((PICTURE.pixels - noise.pixels) ** 2)
    assert curve.qualities[0].psnr == pytest.approx(-10 * np.log10(error), abs=1e-3)
    size, value = curve.best("psnr")
    assert value == max(quality.psnr for quality in curve.qualities)
    assert size > 1
    median = smoothing.quality_curve(PICTURE, smoothing.noisy(PICTURE, "salt and pepper", 0.2), "median")
    uniform = smoothing.quality_curve(PICTURE, smoothing.noisy(PICTURE, "salt and pepper", 0.2), "uniform")
    assert median.best("psnr")[1] > uniform.best("psnr")[1] + 3


def test_the_same_picture_is_perfect_and_one_pixel_has_no_structure():
    assert smoothing.quality(PICTURE, PICTURE.pixels) == smoothing.Quality(np.inf, 1.0)
    dot = from_array(np.zeros((1, 1, 3), np.float32))
    assert np.isnan(smoothing.quality(dot, dot.pixels + np.float32(0.5)).ssim)


@pytest.mark.parametrize(("sigma", "size"), [(8.0, 17), (8.0, 31), (5.0, 9)])
def test_what_a_window_loses_is_the_sum_outside(sigma, size):
    far = np.arange(-100, 101)
    weights = np.exp(-(far**2) / sigma**2)
    inside = weights[np.abs(far) <= size // 2].sum() / weights.sum()
    assert smoothing.lost_share(sigma, size) == pytest.approx(1 - inside**2, abs=4e-3)  # whole pixels, not an integral


def test_a_larger_window_loses_less_and_the_profile_shows_it():
    shares = [smoothing.lost_share(2.0, k) for k in range(1, 12)]
    assert shares == sorted(shares, reverse=True)
    assert smoothing.lost_share(1.0, 2) == pytest.approx(0.29, abs=0.005)
    whole, cut = smoothing.profile(4.0, 5)
    assert np.count_nonzero(cut) == 5
    assert cut.max() > whole.max()
    with pytest.raises(KernelError, match="above 0"):
        smoothing.lost_share(0.0, 3)


def test_scale_space_is_scipys_and_loses_spots():
    strip = smoothing.scale_space(PICTURE, (0.0, 2.0, 8.0))
    assert strip[0] == PICTURE
    expected = ndimage.gaussian_filter(PICTURE.pixels, 2 / np.sqrt(2), radius=(6, 6, 0), axes=(0, 1, 2), mode="nearest")
    np.testing.assert_allclose(strip[1].pixels, expected, atol=1e-5)
    counts = [smoothing.count_maxima(one) for one in strip]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_peaks_are_counted():
    values = np.zeros((20, 20), np.float32)
    values[4, 4] = values[10, 15] = 1
    assert smoothing.count_maxima(from_array(values)) == 2
    assert smoothing.count_maxima(FLAT) == 0


@pytest.mark.parametrize(("kernel", "terms"), [(gaussian(2.0), 1), (sobel(), 1), (np.eye(3), 3), (np.zeros((2, 3)), 0)])
def test_passes_give_what_the_whole_gives(kernel, terms):
    parts = separate(kernel)
    assert parts.terms == terms
    assert parts.products == (np.size(kernel), terms * sum(np.shape(kernel)))
    whole = convolve(PICTURE.pixels, kernel, padding="replicate")
    np.testing.assert_allclose(in_passes(PICTURE.pixels, parts), whole, atol=2e-5)


def test_a_signal_is_not_separated():
    with pytest.raises(KernelError, match="rows and columns"):
        separate([1, -1])
