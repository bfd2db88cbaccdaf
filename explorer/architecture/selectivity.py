"""How much filters prefer one orientation: 0 for noise and blobs, 1 for stripes."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SIZE = 32  # of the DFT: filters of up to as many pixels are measured


def orientation_selectivity(filters: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """One number from 0 to 1 for each filter (n, channels, k, k), k ≤ 32: how its answers to gratings concentrate.

    It is |Σ P(f) exp(2iθ_f)| / Σ P(f), over the frequencies f ≠ 0 up to ½ cycle per pixel with orientation θ_f, where
    P is the filter's power spectrum, summed over its channels: one minus the circular variance of its tuning to
    orientation (Ringach, Shapley & Hawken 2002, J. Neurosci. 22, eq. 1). Gratings give 1, what looks the same when
    turned by 90° gives 0, and so does a filter without any such power.
    """
    power = np.square(np.abs(np.fft.fft2(filters, s=(_SIZE, _SIZE)))).sum(1)
    turns = _double_angles()
    total = (power * np.abs(turns)).sum((1, 2))
    resultant = np.abs((power * turns).sum((1, 2)))
    return np.divide(resultant, total, out=np.zeros(len(filters)), where=total > 1e-12 * power.max((1, 2), initial=0))


def mean_selectivity(filters: NDArray[np.floating[Any]]) -> float:
    """The selectivity of filters (n, channels, k, k) together: their mean weighted by energy, 0 when there is none.

    Filters that weight decay has put out then don't count.
    """
    energy = np.square(filters, dtype=np.float64).sum((1, 2, 3))
    return float((orientation_selectivity(filters) * energy).sum() / energy.sum()) if energy.any() else 0.0


@cache
def _double_angles() -> NDArray[np.complex128]:
    """exp(2iθ) at each frequency of the DFT inside the circle of ½ cycle per pixel, 0 at frequency 0 and outside."""
    down, across = np.meshgrid(*[np.fft.fftfreq(_SIZE)] * 2, indexing="ij")
    radius = np.hypot(down, across)
    return np.where((radius > 0) & (radius <= 0.5), np.exp(2j * np.arctan2(down, across)), 0)
