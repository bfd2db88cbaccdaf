"""Convolution against SciPy, NumPy and torch over random settings, and the lecture's own numbers."""

import numpy as np
import pytest
import torch
from scipy import ndimage, signal
from torch.nn import functional

from explorer.filtering.convolution import PADDINGS, convolve, output_shape, sum_over_colours
from explorer.filtering.kernels import KernelError

RNG = np.random.default_rng(0)
LECTURE_X = [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]]
LECTURE_W = [[0, 1, 2], [2, 2, 0], [0, 1, 2]]
MODES = {"zero": "constant", "reflect": "reflect", "replicate": "edge"}


def expected(x, w, padding, stride, dilation, flip):
    """The definition by way of SciPy: pad, spread the weights, correlate where the window fits, take every s-th."""
    w = np.flip(w) if flip else w
    spread = np.zeros([dilation * (k - 1) + 1 for k in w.shape])
    spread[(slice(None, None, dilation),) * w.ndim] = w
    if padding != "valid":
        x = np.pad(x, [((k - 1) // 2, k // 2) for k in spread.shape], mode=MODES[padding])
    return signal.correlate(x, spread, mode="valid", method="direct")[(slice(None, None, stride),) * w.ndim]


def test_lectures_example_to_the_digit():
    assert convolve(LECTURE_X, LECTURE_W).tolist() == [[12, 12, 17], [10, 17, 19], [9, 6, 14]]


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_any_setting_equals_scipy(axes, seed):
    rng = np.random.default_rng([axes, seed])
    w = rng.normal(size=rng.integers(1, 6, axes))
    dilation, stride = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    x = rng.normal(size=[dilation * (k - 1) + rng.integers(2, 9) for k in w.shape])
    padding, flip = PADDINGS[seed % 4], bool(seed % 3 == 0)
    ours = convolve(x, w, padding=padding, stride=stride, dilation=dilation, flip=flip)
    theirs = expected(x, w, padding, stride, dilation, flip)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
    assert ours.shape == output_shape(x.shape, w.shape, padding=padding, stride=stride, dilation=dilation)


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (2, 5), (12, 12), (17, 31)])
def test_colour_picture_is_convolved_channel_by_channel(size):
    rng = np.random.default_rng(1)
    x, w = rng.random((48, 52, 3), dtype=np.float32), rng.normal(size=size)
    ours = convolve(x, w, padding="zero")
    assert ours.dtype == np.float32
    assert ours.shape == x.shape
    theirs = np.stack([expected(x[..., c], w, "zero", 1, 1, False) for c in range(3)], -1)
    np.testing.assert_allclose(ours, theirs, atol=3e-4)


@pytest.mark.parametrize("channels", [1, 3, 4, 5, 600])
def test_volume_equals_torch_and_ndimage(channels):
    rng = np.random.default_rng(2)
    x, w = rng.normal(size=(9, 8, channels)), rng.normal(size=(3, 2, min(channels, 3)))
    theirs = torch.nn.functional.conv3d(torch.tensor(x)[None, None], torch.tensor(w)[None, None])[0, 0].numpy()
    np.testing.assert_allclose(convolve(x, w), theirs, atol=1e-9)
    odd = rng.normal(size=(3, 3, 3))
    np.testing.assert_allclose(convolve(x, odd, padding="zero"), ndimage.correlate(x, odd, mode="constant"), atol=1e-9)


def test_many_channels_are_as_each_alone():
    x, w = np.random.default_rng(5).normal(size=(6, 7, 300)), np.ones((3, 2))
    np.testing.assert_allclose(convolve(x, w)[..., 257], convolve(x[..., 257], w), atol=1e-12)


def test_signal_equals_numpy():
    rng = np.random.default_rng(3)
    x, w = rng.normal(size=50), rng.normal(size=7)
    np.testing.assert_allclose(convolve(x, w), np.correlate(x, w, "valid"), atol=1e-12)
    np.testing.assert_allclose(convolve(x, w, flip=True), np.convolve(x, w, "valid"), atol=1e-12)


@pytest.mark.parametrize("padding", ["zero", "reflect", "replicate"])
def test_kernel_larger_than_the_picture(padding):
    rng = np.random.default_rng(4)
    x, w = rng.normal(size=(2, 3)), rng.normal(size=(7, 9))
    np.testing.assert_allclose(convolve(x, w, padding=padding), expected(x, w, padding, 1, 1, False), atol=1e-9)


def test_whole_numbers_and_flags_are_summed_without_overflow():
    x = np.full((5, 5), 200, np.uint8)
    assert convolve(x, np.ones((3, 3))).tolist() == [[1800.0] * 3] * 3
    assert convolve(np.ones((3, 3), bool), np.ones((3, 3))).item() == 9


@pytest.mark.parametrize(
    ("x", "w", "settings", "says"),
    [
        (np.ones((3, 3)), np.ones((4, 4)), {}, "4 × 4 but there are only 3 × 3"),
        (np.ones((5, 5)), np.ones((3, 3)), {"dilation": 3}, "7 × 7 but there are only 5 × 5"),
        (np.ones((5, 5)), [[1, float("nan")]], {}, "finite"),
        (np.ones((5, 5)), [[1, float("inf")]], {}, "finite"),
        (np.ones((5, 5)), [["one", "two"]], {}, "text"),
        (np.ones((5, 5)), [[1, 2], [3]], {}, "full grid"),
        (np.ones((5, 5)), [], {}, "at least one number"),
        (np.ones((5, 5)), np.ones((1, 1, 1, 1)), {}, "one to three axes"),
        (np.ones((5, 5)), np.ones(3), {}, "1 axes can't slide over an array of 2"),
        (np.ones((5, 5)), np.ones((3, 3)), {"stride": 0}, "stride"),
        (np.ones((5, 5)), np.ones((3, 3)), {"stride": 1.5}, "stride"),
        (np.ones((5, 5)), np.ones((3, 3)), {"dilation": -1}, "dilation"),
        (np.ones((5, 5)), np.ones((3, 3)), {"padding": "same"}, "valid, zero, reflect, replicate"),
        (np.ones((0, 5)), np.ones((3, 3)), {"padding": "zero"}, "nothing to convolve"),
        (np.ones((5, 5), complex), np.ones((3, 3)), {}, "real numbers"),
    ],
)
def test_impossible_settings_say_why(x, w, settings, says):
    with pytest.raises(KernelError, match=says):
        convolve(x, w, **settings)


@pytest.mark.parametrize("stride", [1, 2])
def test_a_filter_over_colours_is_a_volume_that_fits_the_colours_once(stride):
    x, kernel = RNG.normal(size=(9, 11, 3)), RNG.normal(size=(3, 4, 3))
    volume = convolve(x, kernel, stride=stride)[..., 0]  # along colour it has one place
    np.testing.assert_allclose(sum_over_colours(x, kernel, stride=stride), volume, atol=1e-12)


def test_a_filter_over_colours_is_what_a_networks_first_layer_does():
    x, kernel = RNG.normal(size=(9, 11, 3)), RNG.normal(size=(3, 5, 3))
    planes, filters = (torch.from_numpy(a).permute(2, 0, 1)[None] for a in (x, kernel))
    padded = functional.pad(planes, (4, 4, 2, 2), mode="replicate")
    expected = functional.conv2d(padded, filters, stride=2, dilation=(2, 2))[0, 0]
    actual = sum_over_colours(x, kernel, padding="replicate", stride=2, dilation=2)
    np.testing.assert_allclose(actual, expected, atol=1e-12)


def test_a_flipped_filter_keeps_each_grid_with_its_colour():
    x, kernel = RNG.normal(size=(5, 6, 3)), RNG.normal(size=(2, 3, 3))
    turned = sum_over_colours(x, kernel[::-1, ::-1], padding="reflect")
    np.testing.assert_allclose(sum_over_colours(x, kernel, padding="reflect", flip=True), turned)


@pytest.mark.parametrize("shapes", [((4, 4), (3, 3, 3)), ((4, 4, 3), (3, 3)), ((4, 4, 3), (3, 3, 2))])
def test_a_filter_over_colours_needs_as_many_grids(shapes):
    with pytest.raises(KernelError, match="a grid for each channel"):
        sum_over_colours(*map(np.ones, shapes))
