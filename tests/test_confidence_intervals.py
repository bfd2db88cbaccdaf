"""Wilson's interval, beside its formula written out and beside published values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.confidence_intervals import wilson, wilson_by_cluster


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


@pytest.mark.parametrize("spread", [0.1, 0.5, 3.0])
@pytest.mark.parametrize("share", [0.15, 0.3, 0.6])
def test_the_interval_by_cluster_covers_the_truth_where_pictures_differ(share, spread):
    """Each of 21 pictures has a chance of its own, drawn around the true share (beta-binomial); 4 tries of each."""
    source = np.random.default_rng(0)
    chances = source.beta(share * spread, (1 - share) * spread, (500, 21))
    samples = source.binomial(4, chances)
    covered = pooled = 0
    for hits in samples.tolist():
        low, high = wilson_by_cluster(hits, 4)
        covered += low <= share <= high
        low, high = wilson(sum(hits), 84)
        pooled += low <= share <= high
    assert covered / 500 >= 0.93
    if spread < 1:
        assert pooled / 500 < 0.85  # what it mends: as if all 84 were pictures


def test_alike_clusters_count_as_so_many_tries():
    assert wilson_by_cluster([0] * 21, 4) == pytest.approx(wilson(0, 21), abs=1e-5)
    assert wilson_by_cluster([4] * 21, 4) == pytest.approx(wilson(21, 21), abs=1e-5)
    assert wilson_by_cluster([], 4) == (0, 1)
    low, high = wilson_by_cluster([0] * 14 + [4] * 6 + [0], 4)
    assert low < wilson(24, 84)[0]
    assert high > wilson(24, 84)[1]
    with pytest.raises(ValueError, match="can't be hits"):
        wilson_by_cluster([5], 4)
