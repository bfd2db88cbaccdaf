"""The film of both passes: what each step makes known is what its frame shows anew."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import explorer
from explorer.learning.backpropagation.pictures import passes

SIZES = [(2, 3, 3, 1), (1, 5), (4, 1, 2)]


@pytest.mark.parametrize("sizes", SIZES)
def test_a_frame_for_each_layer_forward_and_back_and_each_another(sizes):
    random = np.random.default_rng(0)
    weights = [random.standard_normal(pair) for pair in zip(sizes[1:], sizes, strict=False)]
    found = explorer.backpropagate(weights, np.ones(sizes[0]), target=np.zeros(sizes[-1]), loss="squared")
    frames = [*passes(weights, found)]
    assert len(frames) == 2 * len(sizes)
    assert {frame.shape for frame in frames} == {(80 * max(sizes) + 80, 560, 3)}
    assert all((one != other).any() for one, other in pairwise(frames))


def test_derivatives_are_written_on_the_way_back_only_from_the_last_layer_on():
    weights = [np.ones((3, 2)), np.ones((1, 3))]
    frames = passes(weights, explorer.backpropagate(weights, [1.0, 2.0]))
    firsts = []  # the column at which what is written in red begins
    for frame in frames:
        (columns,) = (abs(frame.astype(int) - (160, 32, 32)).sum(-1) < 40).any(0).nonzero()
        firsts.append(int(columns[0]) if len(columns) else 560)
    assert firsts[:3] == [560] * 3
    assert 560 > firsts[3] > 450 > firsts[4] > 200 > firsts[5]
