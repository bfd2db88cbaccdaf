"""Weight sharing: the lecture's figures, and the matrix of a convolution against the convolution itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import correlate

from explorer.architecture.sharing import LECTURE, Sharing, convolution_matrix
from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import KernelError

RNG = np.random.default_rng(0)


def test_the_lectures_example() -> None:
    assert LECTURE.shared == 25
    assert LECTURE.connected == 451_584
    assert round(LECTURE.ratio) == 18_063
    assert LECTURE.sparse == 24 * 24 * 25


@pytest.mark.parametrize("groups", [1, 4])
def test_weights_are_those_of_torch(groups: int) -> None:
    torch = pytest.importorskip("torch")
    layer = torch.nn.Conv2d(8, 12, (3, 5), groups=groups, bias=False)
    found = Sharing((8, 10, 10), (12, 8, 6), (3, 5), groups)
    assert found.shared == layer.weight.numel()
    assert found.connected == 8 * 10 * 10 * 12 * 8 * 6
    assert found.sparse == found.shared * 8 * 6


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", ["valid", "zero", "reflect", "replicate"])
@pytest.mark.parametrize(("kernel", "shape"), [((3,), (9,)), ((4,), (6,)), ((3, 3), (6, 6)), ((2, 5), (7, 5))])
def test_matrix_times_picture_is_the_convolution(kernel, shape, padding, stride) -> None:
    weights, x = RNG.normal(size=kernel), RNG.normal(size=shape)
    matrix = convolution_matrix(weights, shape, padding=padding, stride=stride)
    expected = convolve(x, weights, padding=padding, stride=stride)
    assert matrix.shape == (expected.size, x.size)
    np.testing.assert_allclose(matrix @ x.ravel(), expected.ravel(), atol=1e-12)


def test_matrix_against_scipy() -> None:
    weights, x = RNG.normal(size=(3, 2)), RNG.normal(size=(5, 6))
    found = convolution_matrix(weights, x.shape) @ x.ravel()
    np.testing.assert_allclose(found, correlate(x, weights, mode="valid").ravel(), atol=1e-12)


def test_a_signals_matrix_is_a_band() -> None:
    assert convolution_matrix([1, -1], (4,)).tolist() == [[1, -1, 0, 0], [0, 1, -1, 0], [0, 0, 1, -1]]


@pytest.mark.parametrize(
    ("kernel", "shape", "rest", "says"),
    [
        ([1, 2], (4, 4), {}, "needs? one|both"),
        ([1, 2], (1,), {}, "larger than what it slides over"),
        ([1, 2], (100_000,), {}, "too large to show"),
        ([1, 2], (4,), {"padding": "wrap"}, "Padding must be one of"),
        ([1, 2], (4,), {"stride": 0}, "stride"),
        ([1, float("nan")], (4,), {}, "finite"),
    ],
)
def test_what_does_not_fit_is_said(kernel, shape, rest, says) -> None:
    with pytest.raises(KernelError, match=says):
        convolution_matrix(kernel, shape, **rest)
