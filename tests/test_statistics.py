"""Wilson's interval, beside its formula written out and beside published values."""

from __future__ import annotations

import math

import pytest

from explorer.statistics import wilson


@pytest.mark.parametrize(
    ("hits", "tries", "low", "high"),
    [(0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (5, 10, 0.2366, 0.7634), (0, 0, 0, 1), (1, 100, 0.0018, 0.0545)],
)
def test_values_as_in_newcombe_1998(hits, tries, low, high):
    assert wilson(hits, tries) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(("hits", "tries"), [(45, 50), (1, 3), (0, 7)])
def test_the_formula_written_out(hits, tries):
    p, z = hits / tries, 1.959964
    middle = (p + z**2 / (2 * tries)) / (1 + z**2 / tries)
    half = z * math.sqrt(p * (1 - p) / tries + z**2 / (4 * tries**2)) / (1 + z**2 / tries)
    assert wilson(hits, tries) == pytest.approx((middle - half, middle + half), abs=1e-6)


def test_misses_mirror_hits():
    low, high = wilson(3, 20)
    assert wilson(17, 20) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("hits", "tries"), [(-1, 4), (5, 4), (1, 0)])
def test_more_hits_than_tries_are_refused(hits, tries):
    with pytest.raises(ValueError, match="can't be hits"):
        wilson(hits, tries)
