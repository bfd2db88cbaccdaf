"""Spectra: known waves, Gaussians, and the convolution theorem."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.filtering import kernels
from explorer.filtering.kernels import KernelError
from explorer.filtering.spectra import FLOOR, as_square, frequencies, frequency_response, log_spectrum


def wave(shape, rows, columns):
    """A cosine with `rows` and `columns` periods on the picture."""
    y, x = np.indices(shape)
    return np.cos(2 * np.pi * (rows * y / shape[0] + columns * x / shape[1]))


def circular(picture, kernel):
    """Correlation of a picture that goes on at its other side."""
    total = np.zeros_like(picture)
    for (i, j), weight in np.ndenumerate(kernel):
        total += weight * np.roll(picture, (-i, -j), (0, 1))
    return total


@pytest.mark.parametrize("size", [1, 7, 8])
def test_zero_is_at_the_centre(size):
    assert frequencies(size)[size // 2] == 0
    assert np.allclose(np.diff(frequencies(size)), 1 / size)
    assert frequencies(size).min() >= -0.5


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (5, 4), (3, 7)])
@pytest.mark.parametrize("size", [8, 9])
def test_response_is_the_padded_dft(shape, size):
    kernel = np.random.default_rng(2).normal(size=shape)
    expected = np.abs(np.fft.fftshift(np.fft.fft2(kernel, (size, size))))
    np.testing.assert_allclose(frequency_response(kernel, size=size), expected, atol=1e-12)


def test_dilated_response_is_that_of_the_spread_kernel():
    kernel = np.random.default_rng(3).normal(size=(3, 2))
    spread = np.zeros((7, 4))
    spread[::3, ::3] = kernel
    np.testing.assert_allclose(frequency_response(kernel, dilation=3), frequency_response(spread), atol=1e-12)


def test_response_of_what_everybody_knows():
    assert np.allclose(frequency_response(kernels.identity()), 1)
    difference = frequency_response(kernels.difference(), size=64)
    np.testing.assert_allclose(difference, np.broadcast_to(2 * np.abs(np.sin(np.pi * frequencies(64))), (64, 64)))
    middle = frequency_response(kernels.sobel())[64, 64]
    assert middle == pytest.approx(0, abs=1e-12)  # blind to flat areas


@pytest.mark.parametrize("sigma", [1.0, 2.0, 3.5])
def test_a_gaussian_answers_as_a_gaussian(sigma):
    """exp(−r²/σ²) has the transform exp(−π²σ²f²); taken at whole pixels only, it repeats with period 1 (Poisson)."""
    kernel = kernels.gaussian(sigma, 2 * int(np.ceil(4 * sigma)) + 1)
    along = sum(np.exp(-((np.pi * sigma * (frequencies(64) + period)) ** 2)) for period in range(-3, 4))
    expected = np.outer(along, along) / along[32] ** 2
    np.testing.assert_allclose(frequency_response(kernel, size=64), expected, atol=1e-5)


def test_half_a_turn_changes_no_frequency():
    kernel = np.random.default_rng(4).normal(size=(3, 5))
    np.testing.assert_allclose(frequency_response(kernel), frequency_response(kernel[::-1, ::-1]))


@pytest.mark.parametrize(("rows", "columns"), [(3, 0), (0, 5), (2, 4)])
def test_a_wave_has_two_places(rows, columns):
    spectrum = log_spectrum(0.25 + 0.5 * wave((16, 24), rows, columns))
    expected = np.full((16, 24), np.log10(FLOOR))
    expected[8, 12] = np.log10(0.25)
    expected[8 + rows, 12 + columns] = expected[8 - rows, 12 - columns] = np.log10(0.25)
    np.testing.assert_allclose(spectrum, expected, atol=1e-6)


@pytest.mark.parametrize("shape", [(32, 32), (31, 31)])
def test_after_is_before_times_response(shape):
    picture = np.random.default_rng(5).random(shape)
    kernel = kernels.unsharp(1.5, 2.0)
    after = log_spectrum(circular(picture, kernel))
    expected = log_spectrum(picture) + np.log10(frequency_response(kernel, size=shape[0]))
    np.testing.assert_allclose(after, expected, atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (5, 5)])
def test_small_and_black_pictures(shape):
    assert np.all(log_spectrum(np.zeros(shape)) == np.log10(FLOOR))


def test_square_keeps_zero_at_the_centre_and_flat_maps_flat():
    values = np.zeros((40, 90))
    values[20, 45] = 1
    square = as_square(values, 20)
    assert np.unravel_index(square.argmax(), square.shape) == (10, 10)
    assert square.mean() == pytest.approx(values.mean())
    assert as_square(np.eye(2), 4).tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]
    assert np.all(as_square(np.full((5, 300), 0.5), 64) == 0.5)


def test_other_shapes_are_refused():
    with pytest.raises(KernelError, match="rows and columns"):
        frequency_response([1, -1])
    with pytest.raises(KernelError, match="rows and columns"):
        log_spectrum(np.zeros((4, 4, 3)))
    with pytest.raises(KernelError, match="rows and columns"):
        log_spectrum(np.zeros((0, 4)))
