"""Least squares where there are more weights than examples: of all fits that are as good, the one of least norm."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.learning.errors import TrainingError

Array = NDArray[np.float64]


def minimum_norm_fit(features: ArrayLike, targets: ArrayLike, *, ridge: float = 0.0) -> Array:
    """The weights w (p,) or (p, k) with the least ‖X w − y‖² + ridge · ‖w‖², and of several such the shortest.

    features: X (n, p), n examples of p features; targets: y (n,) or (n, k). Without ridge it is X⁺ y (Penrose 1956):
    least squares where p ≤ n, and beyond that the shortest of all w that go through every target. Raises TrainingError
    on numbers that are not finite, shapes that don't fit, or a ridge below 0.
    """
    x, y = _checked(features, targets, ridge)
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    found: Array = vt.T @ (shrinkage(s, ridge, x.shape) * (u.T @ y).T).T
    return found


def shrinkage(s: Array, ridge: float | Array, shape: tuple[int, ...]) -> Array:
    """By what each direction of the data is multiplied: s / (s² + ridge), which without ridge is 1 / s.

    s: singular values (r,) of a matrix of the `shape` (n, p), the largest first; ridge: one, or several (k, 1). Those
    that rounding leaves of a zero count as zero, as in numpy.linalg.lstsq: nothing is known of their direction.
    """
    least = np.finfo(float).eps * max(shape) * s[:1]
    known = s > least
    shrunk: Array = np.where(known, s, 0) / (np.where(known, s, 1) ** 2 + ridge)
    return shrunk


def gradient_descent_fit(features: ArrayLike, targets: ArrayLike, *, steps: float) -> Array:
    """Where gradient descent on ‖X w − y‖² / 2 stands after `steps` steps from w = 0, each of 1 / s₁² (s₁: X's largest
    singular value).

    features: (n, p); targets: (n,). After t steps the direction of the singular value s has come to a share of
    1 − (1 − s²/s₁²)ᵗ, so that no loop is needed, and 10¹² steps cost what one costs. It never leaves the span of the
    examples: that is why it ends at the fit of least norm. Raises TrainingError as `minimum_norm_fit`, and on fewer
    than 0 steps.
    """
    x, y = _checked(features, targets, 0.0)
    if not steps >= 0:
        raise TrainingError(f"Gradient descent takes 0 steps or more, not {steps}.")
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    largest = s[0] if s[0] > 0 else 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(s < largest, np.exp(steps * np.log1p(-((s / largest) ** 2))), 0.0 if steps else 1.0)
    found: Array = vt.T @ ((1 - left) * shrinkage(s, 0.0, x.shape) * (u.T @ y))
    return found


def _checked(features: ArrayLike, targets: ArrayLike, ridge: float) -> tuple[Array, Array]:
    x, y = _numbers(features), _numbers(targets)
    if x.ndim != 2 or y.ndim not in (1, 2) or len(x) != len(y) or 0 in x.shape:
        raise TrainingError(
            f"A fit wants features (n, p) and n targets, at least one of each, not {x.shape} and {y.shape}."
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise TrainingError("A fit wants finite numbers: some of these are none, or infinite.")
    if not 0 <= ridge < np.inf:
        raise TrainingError(f"The ridge is 0 or a positive number, not {ridge}.")
    return x, y


def _numbers(values: Any) -> Array:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise TrainingError("A fit wants numbers, with as many in each row.") from None
