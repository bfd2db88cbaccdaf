"""The film of the sliding window: a frame for each value, the window where the sum is taken, the rest still white."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.filtering.convolution import convolve
from explorer.filtering.sliding import CELL, sliding

AMBER = (255, 190, 40)


def framed(picture) -> tuple[float, float, float, float]:
    """The frame's top, left, bottom, right, in cells."""
    rows, columns = np.nonzero((picture == AMBER).all(-1))
    return tuple(round(n / CELL, 0) for n in (rows.min(), columns.min(), rows.max(), columns.max()))


@pytest.mark.parametrize(
    ("padding", "stride", "dilation", "first", "last"),
    [
        ("valid", 1, 1, (0, 0, 3, 2), (2, 4, 5, 6)), ("valid", 2, 1, (0, 0, 3, 2), (2, 4, 5, 6)),
        ("zero", 1, 1, (0, 0, 3, 2), (4, 5, 7, 7)), ("valid", 1, 2, (0, 0, 5, 3), (0, 3, 5, 6)),
    ],
)  # fmt: skip
def test_the_window_stands_where_each_sum_is_taken(padding, stride, dilation, first, last):
    x = np.arange(30.0).reshape(5, 6) % 7
    result = convolve(x, np.ones((3, 2)), padding=padding, stride=stride, dilation=dilation)
    frames = [*sliding(x, result, (3, 2), padding=padding, stride=stride, dilation=dilation)]
    assert len(frames) == result.size
    assert (framed(frames[0]), framed(frames[-1])) == (first, last)


def test_of_the_result_only_what_was_summed_is_there():
    x = np.arange(25.0).reshape(5, 5)
    frames = [*sliding(x, convolve(x, np.eye(3)), (3, 3))]
    for number, frame in enumerate(frames):
        result = frame[CELL : 4 * CELL, -3 * CELL :]
        cells = result.reshape(3, CELL, 3, CELL, 3).swapaxes(1, 2).reshape(9, -1)
        assert [bool((cell != 255).any()) for cell in cells] == [place <= number for place in range(9)]
