"""How sure a counted share is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import fmean, variance

_Z = 1.959964  # of the normal distribution, for 95 %


@lru_cache(4096)  # SciPy takes a millisecond, and a screen asks for dozens of the same
def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Where the true share lies with 95 % confidence, by Wilson's score (1927, eq. 4).

    Within [0, 1] also for no hits or only hits; all of [0, 1] without a try. Raises ValueError unless
    0 ≤ hits ≤ tries.
    """
    from scipy.stats import binomtest  # 0.2 s, which a screen without a count need not wait for

    _require(hits, tries)
    if tries == 0:
        return 0.0, 1.0
    interval = binomtest(hits, tries).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def wilson_by_cluster(hits: Sequence[int], tries: int) -> tuple[float, float]:
    """As `wilson`, for clusters (pictures) of which each was tried `tries` times: `hits` has one count per cluster.

    Tries on one picture resemble each other, so they count for less than as many pictures: Wilson's score with the
    effective sample size p (1 − p) / var(p̂), var from the spread between clusters, corrected for its degrees of freedom
    (Korn & Graubard 1998, section 2); never more than all tries, and all clusters alike count as that many tries only.
    Raises ValueError as `wilson` does.
    """
    from scipy.stats import t

    for one in hits:
        _require(one, tries)
    clusters = len(hits)
    if clusters * tries == 0:
        return 0.0, 1.0
    shares = [one / tries for one in hits]
    p = fmean(shares)
    spread = variance(shares) / clusters if clusters > 1 else 0.0
    size = float(clusters)
    if spread > 0:
        shrink = (_Z / float(t.ppf(0.975, clusters - 1))) ** 2
        size = min(clusters * tries, shrink * p * (1 - p) / spread)
    middle = (p + _Z**2 / (2 * size)) / (1 + _Z**2 / size)
    half = _Z * math.sqrt(p * (1 - p) / size + _Z**2 / (4 * size**2)) / (1 + _Z**2 / size)
    return max(0.0, middle - half), min(1.0, middle + half)


def _require(hits: int, tries: int) -> None:
    if not 0 <= hits <= tries:
        raise ValueError(f"Of {tries} tries {hits} can't be hits: give a number from 0 to {tries}.")
