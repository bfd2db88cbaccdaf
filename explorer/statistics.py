"""How sure a counted share is."""

from __future__ import annotations


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Where the true share lies with 95 % confidence, by Wilson's score (1927, eq. 4).

    Within [0, 1] also for no hits or only hits; all of [0, 1] without a try. Raises ValueError unless
    0 ≤ hits ≤ tries.
    """
    from scipy.stats import binomtest  # 0.2 s, which a screen without a count need not wait for

    if not 0 <= hits <= tries:
        raise ValueError(f"Of {tries} tries {hits} can't be hits: give a number from 0 to {tries}.")
    if tries == 0:
        return 0.0, 1.0
    interval = binomtest(hits, tries).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)
