"""Feature maps put in order: by what each holds, or by its part in how two pictures differ."""

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


def difference_shares(maps: Maps, others: Maps) -> Scores:
    """Each map's part in how a layer differs between two pictures: (n,) that sum to 1, or zeros if it doesn't.

    Σ(a − b)² of a map over that of the whole layer: so maps that hardly answer to either picture count for little.
    """
    squares = np.square(maps - others, dtype=np.float64).sum((1, 2))
    whole = squares.sum()
    return squares / whole if whole else squares


def least_apart(maps: Maps, others: Maps) -> NDArray[np.int64]:
    """The numbers of the maps that two pictures move least for what they hold, Σ(a − b)² / Σ(a² + b²), least first.

    Only the half of the maps that holds most, Σ(a² + b²), is ranked: in the others little could differ.
    """
    held = (np.square(maps, dtype=np.float64) + np.square(others, dtype=np.float64)).sum((1, 2))
    apart = np.square(maps - others, dtype=np.float64).sum((1, 2))
    strong = np.argsort(-held, kind="stable")[: (len(held) + 1) // 2]
    strong = strong[held[strong] > 0]
    return strong[np.argsort(apart[strong] / held[strong], kind="stable")]
