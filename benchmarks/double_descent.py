"""The curve of double descent for another n, with the best ridge at each size, beside a loop over NumPy's lstsq."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Figure, interleave, timed
from explorer.cache import memo
from explorer.compute import one_blas_thread
from explorer.learning.least_squares.double_descent import _sample, best_ridge, double_descent, sizes_around

EXAMPLES, DRAWS, NOISE, ROUNDS = (40, 60), 10, 0.2, 7
MOST_MS = 300.0  # until the curve follows the slider


def figures() -> Iterator[Figure]:
    for n in EXAMPLES:
        same = np.allclose(ours(n), by_lstsq(n), rtol=1e-5)
        times = interleave(timed(partial(ours, n)), timed(partial(by_lstsq, n)), rounds=ROUNDS)
        yield Figure(f"double descent: n = {n}, all ridges; lstsq, none", *times, 2.0, same and times[0] <= MOST_MS,
                     "" if same else "other errors")  # fmt: skip


def ours(n: int) -> NDArray[np.float64]:
    """What the screen asks for when n is moved; errors on new examples (sizes, draws) of the fits without ridge."""
    memo.forget()
    best_ridge(n=n, sizes=sizes_around(n), noise=NOISE, draws=DRAWS)
    return double_descent(n=n, sizes=sizes_around(n), noise=NOISE, draws=DRAWS).test


def by_lstsq(n: int) -> NDArray[np.float64]:
    """The same errors by one call for each size and draw, which find nothing of the ridges."""
    sizes = sizes_around(n)
    with one_blas_thread:
        drawn = [_sample(n, sizes[-1], "fourier", np.random.default_rng([0, draw])) for draw in range(DRAWS)]
        return np.array([[_error(*one, n, size) for one in drawn] for size in sizes])


def _error(
    features: NDArray[np.float64], truth: NDArray[np.float64], noise: NDArray[np.float64], n: int, size: int
) -> float:
    x = features[:, :size] / np.sqrt(size)
    weights = np.linalg.lstsq(x[:n], truth[:n] + NOISE * noise, rcond=None)[0]
    return float(np.mean((x[n:] @ weights - truth[n:]) ** 2))
