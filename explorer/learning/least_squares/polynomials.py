"""Polynomials through points: by least squares, and beyond as many weights as points by the least norm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import ArrayLike, NDArray

from explorer.learning.errors import TrainingError
from explorer.learning.least_squares.minimum_norm import minimum_norm_fit

MOST_POINTS, MOST_DEGREE = 40, 200

Array = NDArray[np.float64]
#: functions on [−1, 1] from which points can be drawn
SHAPES: dict[str, Callable[[Array], Array]] = {
    "a wave": lambda x: 0.8 * np.sin(np.pi * x),
    "a step": lambda x: 0.8 * np.tanh(8 * x),
    "a bump": lambda x: 1.2 * np.exp(-8 * x**2) - 0.5,
    "a line": lambda x: 0.7 * x,
}


def legendre_features(x: ArrayLike, degree: int) -> Array:
    """Legendre's polynomials P₀ … P_d at places x (n,) in [−1, 1]: (n, d + 1), each of mean square 1 there.

    Powers of x are nearly alike, these are orthogonal; so the norm of weights measures how far a curve swings.
    Raises TrainingError on a degree outside 0 to 200.
    """
    if not 0 <= degree <= MOST_DEGREE:
        raise TrainingError(f"The degree is 0 to {MOST_DEGREE}, not {degree}.")
    return legendre.legvander(np.asarray(x, float), degree) * np.sqrt(2 * np.arange(degree + 1) + 1)


def fit_polynomial(points: ArrayLike, degree: int, *, ridge: float = 0.0) -> Array:
    """The weights (d + 1,) of Legendre's polynomials that fit points (n, 2), x in [−1, 1], best.

    With more weights than points many fit exactly: these are the shortest. Raises TrainingError without a point, or on
    one that has no place there.
    """
    xy = checked_points(points)
    return minimum_norm_fit(legendre_features(xy[:, 0], degree), xy[:, 1], ridge=ridge)


def sample_points(shape: str, count: int, noise: float, seed: int) -> Array:
    """Points (count, 2) of a function in SHAPES: x spread evenly over [−1, 1] with some chance, y with normal noise.

    noise: its σ. The same seed gives the same points.
    """
    random = np.random.default_rng(seed)
    x = np.linspace(-0.95, 0.95, count) + random.uniform(-0.5, 0.5, count) / max(count, 2)
    y = SHAPES[shape](x) + noise * random.standard_normal(count)
    return np.stack([x, y], 1)


def checked_points(points: ArrayLike) -> Array:
    """Points as an array (n, 2). Raises TrainingError on none, too many, or one outside of −1 ≤ x ≤ 1, |y| ≤ 10⁶."""
    try:
        xy = np.asarray(points, float).reshape(-1, 2)
    except (TypeError, ValueError):
        raise TrainingError("A point is two numbers, x and y.") from None
    if not 1 <= len(xy) <= MOST_POINTS:
        raise TrainingError(f"A curve wants 1 to {MOST_POINTS} points, not {len(xy)}.")
    if not (np.abs(xy[:, 0]) <= 1).all() or not (np.abs(xy[:, 1]) <= 1e6).all():
        raise TrainingError("A point has x from −1 to 1 and a finite y, up to a million.")
    return xy
