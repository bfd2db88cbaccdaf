"""Feature maps put in order: by what each holds, or by how much it differs between two pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Maps = NDArray[np.floating[Any]]
Scores = NDArray[np.float64]

ORDERS: Mapping[str, Callable[[Maps], Scores]] = {
    "number": lambda maps: -np.arange(len(maps), dtype=np.float64),
    "mean": lambda maps: maps.mean((1, 2), dtype=np.float64),
    "maximum": lambda maps: maps.max((1, 2)).astype(np.float64),
    "variance": lambda maps: maps.var((1, 2), dtype=np.float64),
}


def order(maps: Maps, by: str) -> NDArray[np.int64]:
    """The numbers of maps (n, h, w) with the largest of a measure in ORDERS first; ties by number."""
    return np.argsort(-ORDERS[by](maps), kind="stable")


def differences(maps: Maps, others: Maps) -> Scores:
    """How far each map of a picture is from that of another: (n,) 0 for equal ones, 1 if they share nothing.

    Σ|a − b| / Σ(|a| + |b|): relative to the two maps' own size, so that weak maps count too.
    """
    apart = np.abs(maps - others).sum((1, 2), dtype=np.float64)
    whole = (np.abs(maps) + np.abs(others)).sum((1, 2), dtype=np.float64)
    return np.divide(apart, whole, out=np.zeros_like(apart), where=whole > 0)
