"""Named kernels: what each formula promises."""

import numpy as np
import pytest

from explorer.filtering import kernels
from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import COLOUR_KERNELS, KERNELS, KernelError, blue_against_yellow, red_against_green

AVERAGES = ("identity", "uniform", "Gaussian", "sharpen", "unsharp mask", "emboss")
EDGES = ("Sobel", "Prewitt", "Scharr", "Laplacian", "Laplacian of Gaussian", "difference", "edge at an angle")
BLIND = (*EDGES, "line at an angle", "Gabor")


@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_is_a_finite_float32_grid(name):
    kernel = KERNELS[name]()
    assert kernel.dtype == np.float32
    assert kernel.ndim == 2
    assert np.isfinite(kernel).all()


@pytest.mark.parametrize("name", AVERAGES)
def test_keeps_the_brightness_of_flat_areas(name):
    assert KERNELS[name]().sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", BLIND)
def test_is_blind_to_flat_areas(name):
    assert KERNELS[name]().sum() == pytest.approx(0, abs=1e-5)


def test_gaussian_is_the_lectures_formula():
    kernel = kernels.gaussian(1.5, 7)
    ratio = kernel[3, 5] / kernel[3, 3]
    assert ratio == pytest.approx(np.exp(-(2**2) / 1.5**2), rel=1e-5)
    assert len(kernels.gaussian(2.0)) == 9  # reaches 2σ each way


def test_lectures_sobel():
    assert kernels.sobel().tolist() == [[1, 0, -1], [2, 0, -2], [1, 0, -1]]


@pytest.mark.parametrize("make", [kernels.edge, kernels.line, kernels.gabor])
@pytest.mark.parametrize("angle", [0, 30, 45, 90, 120])
def test_answers_most_to_stripes_at_its_own_angle(make, angle):
    y, x = np.mgrid[:41, :41] - 20.0

    def strength(stripes_deg):
        a = np.deg2rad(stripes_deg)
        phase = 2 * np.pi * (x * np.sin(a) + y * np.cos(a)) / 6
        return np.hypot(convolve(np.cos(phase), make(angle)), convolve(np.sin(phase), make(angle)))[0, 0]

    angles = np.arange(0, 180, 15)
    assert angles[np.argmax([strength(a) for a in angles])] == angle


def test_laplacian_of_gaussian_finds_dark_spots():
    picture = np.ones((21, 21))
    picture[10, 10] = 0
    response = convolve(picture, kernels.laplacian_of_gaussian(1.5), padding="replicate")
    assert np.unravel_index(response.argmax(), response.shape) == (10, 10)


def test_random_repeats_with_its_seed_only():
    assert np.array_equal(kernels.random(5, seed=1), kernels.random(5, seed=1))
    assert not np.array_equal(kernels.random(5, seed=1), kernels.random(5, seed=2))


@pytest.mark.parametrize(
    "make",
    [
        lambda: kernels.gaussian(0),
        lambda: kernels.edge(45, -1),
        lambda: kernels.gabor(0, 0),
        lambda: kernels.laplacian_of_gaussian(-2),
    ],
)
def test_sizes_that_make_no_sense_say_so(make):
    with pytest.raises(KernelError, match="above 0"):
        make()


@pytest.mark.parametrize("name", COLOUR_KERNELS)
def test_a_filter_over_colours_is_blind_to_grey(name):
    kernel = COLOUR_KERNELS[name]()
    assert kernel.shape == (3, 3, 3)
    np.testing.assert_allclose(kernel.sum(-1), 0, atol=1e-6)


def test_red_against_green_answers_to_red():
    assert (red_against_green() * [1, 0, 0]).sum() == pytest.approx(1)
    assert (blue_against_yellow() * [1, 1, 0]).sum() == pytest.approx(-1)
