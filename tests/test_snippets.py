"""The snippets: run as they are, each gives the array that Explorer computes."""

from __future__ import annotations

import os
from contextlib import chdir, redirect_stdout

import numpy as np
import pytest
from PIL import Image

from explorer.filtering.convolution import PADDINGS, convolve, sum_over_colours
from explorer.filtering.kernels import KernelError
from explorer.filtering.snippets import Recipe, numpy_snippet, torch_snippet

WRITERS = {"numpy": numpy_snippet, "torch": torch_snippet}
SIZES = [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (1, 2), (2, 5), (5, 3), (4, 1)]
GREY = np.array([0.299, 0.587, 0.114])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a picture.png of noise, 17 rows and 23 columns, and its values."""
    place = tmp_path_factory.mktemp("snippets")
    pixels = np.random.default_rng(0).integers(0, 256, (17, 23, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(place / "picture.png")
    return place, pixels / 255


def result_of(code, place):
    """What a snippet leaves in `result`, run where its picture lies, its print left out."""
    names = {}
    with chdir(place), open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        exec(compile(code, "snippet.py", "exec"), names)
    return names["result"]


def kernel(size, seed=1):
    return np.random.default_rng(seed).normal(size=size).astype(np.float32)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("size", SIZES)
def test_gives_what_explorer_computes(folder, size, padding, writer):
    place, picture = folder
    for stride, dilation, flip in [(1, 1, False), (2, 1, True), (3, 2, False), (1, 3, True)]:
        choices = {"padding": padding, "stride": stride, "dilation": dilation, "flip": flip}
        code = WRITERS[writer](Recipe(kernel(size), **choices))
        expected = convolve(picture, kernel(size), **choices)
        np.testing.assert_allclose(result_of(code, place), expected, atol=1e-4, err_msg=f"{choices}\n{code}")


@pytest.mark.parametrize("writer", WRITERS)
def test_grey_scale_and_bias(folder, writer):
    place, picture = folder
    code = WRITERS[writer](Recipe(kernel((3, 2)), padding="reflect", scale=-2.5, bias=0.25, grey=True))
    expected = -2.5 * convolve(picture @ GREY, kernel((3, 2)), padding="reflect") + 0.25
    np.testing.assert_allclose(result_of(code, place), expected, atol=1e-4)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("padding", ["zero", "reflect", "replicate"])
def test_a_picture_smaller_than_the_kernel(tmp_path, padding, writer):
    pixels = np.array([[[10, 20, 30], [200, 100, 0]]], np.uint8)
    Image.fromarray(pixels).save(tmp_path / "picture.png")
    expected = convolve(pixels / 255, kernel((5, 4)), padding=padding)
    code = WRITERS[writer](Recipe(kernel((5, 4)), padding=padding))
    np.testing.assert_allclose(result_of(code, tmp_path), expected, atol=1e-4)


@pytest.mark.parametrize("writer", WRITERS)
def test_the_lectures_example_stands_in_the_code(tmp_path, writer):
    x = [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]]
    code = WRITERS[writer](Recipe([[0, 1, 2], [2, 2, 0], [0, 1, 2]], numbers=x))
    assert "    [3, 3, 2, 1, 0],\n" in code
    assert "picture.png" not in code
    assert result_of(code, tmp_path).tolist() == [[12, 12, 17], [10, 17, 19], [9, 6, 14]]


@pytest.mark.parametrize("writer", WRITERS)
def test_says_nothing_that_does_nothing(writer):
    code = WRITERS[writer](Recipe(kernel((3, 3))))
    for word in ("pad(", "flip", "::-1", "dilation", "spread", "* result", "::1"):
        assert word not in code


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("padding", PADDINGS)
def test_a_filter_over_the_colours(folder, padding, writer):
    place, picture = folder
    for stride, dilation, flip in [(1, 1, False), (2, 3, True)]:
        choices = {"padding": padding, "stride": stride, "dilation": dilation, "flip": flip}
        code = WRITERS[writer](Recipe(kernel((3, 2, 3)), scale=0.5, bias=-1, **choices))
        expected = 0.5 * sum_over_colours(picture, kernel((3, 2, 3)), **choices) - 1
        np.testing.assert_allclose(result_of(code, place), expected, atol=1e-4, err_msg=f"{choices}\n{code}")


@pytest.mark.parametrize(
    ("weights", "choices", "sentence"),
    [
        ([1, 2, 3], {}, "rows and columns"),
        ([[np.nan]], {}, "finite"),
        ([[1]], {"padding": "mirror"}, "Padding is one of"),
        (np.ones((3, 3, 2)), {}, "rows and columns"),
        (np.ones((3, 3, 3)), {"grey": True}, "picture with colours"),
    ],
)
def test_refuses_what_is_no_convolution(weights, choices, sentence):
    with pytest.raises(KernelError, match=sentence):
        Recipe(weights, **choices)
