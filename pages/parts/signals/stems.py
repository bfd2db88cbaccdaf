"""A kernel that slides along a signal: a component whose stems the visitor drags, and what its hand has settled."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pages.parts.widgets.component import component, values_sent

MOST_WEIGHTS = 61
_LARGEST = 1e6

Weights = tuple[float, ...]


def slide(
    values: ArrayLike,
    weights: ArrayLike,
    *,
    name: str,
    padding: str,
    causal: bool,
    place: int | None,
    key: str,
    on_settled: Callable[[], None],
    on_placed: Callable[[], None],
) -> None:
    """Show how `weights` slide along `values`, the window at first at `place` (None: a quarter of the way).

    causal: the result stands at the kernel's last weight.

    `on_settled` is called when the visitor has changed a weight, `on_placed` when the window was left at a place.
    """
    data = {
        "signal": [float(f"{v:.5g}") for v in np.asarray(values, float)], "kernel": list(rounded(weights)),
        "name": name, "padding": padding, "causal": causal, "place": place,
        "taken": values_sent(key, "settled").get("at", 0),
    }  # fmt: skip
    component("signal")(data=data, key=key, on_settled_change=on_settled, on_placed_change=on_placed)


def rounded(weights: ArrayLike) -> Weights:
    """Weights to six digits: as many as the component sends and a link holds."""
    return tuple(float(f"{weight:.6g}") for weight in np.asarray(weights, float))


def settled(key: str) -> Weights | None:
    """What the visitor's hand has left in the component, None for nothing (or what no hand could send)."""
    return _weights(values_sent(key).get("kernel"))


def placed(key: str) -> int | None:
    """Where the visitor has left the window, from 0; None for nowhere (or what no hand could send)."""
    place = values_sent(key, "placed").get("place")
    return place if isinstance(place, int) and place >= 0 else None


def write(weights: Weights) -> str:
    """Weights as a link has them: 0.25_0.5_0.25."""
    return "_".join(f"{weight:.6g}" for weight in weights)


def read(text: str) -> Weights:
    """The weights in a link. Raises ValueError when it was garbled."""
    weights = _weights(text.split("_"))
    if weights is None:
        raise ValueError(f"{text!r} is no row of weights.")
    return weights


def _weights(given: Any) -> Weights | None:
    try:
        weights = tuple(float(value) for value in given)
    except (TypeError, ValueError):
        return None
    fine = 1 <= len(weights) <= MOST_WEIGHTS and all(math.isfinite(w) and abs(w) <= _LARGEST for w in weights)
    return weights if fine else None
