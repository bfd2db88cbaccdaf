"""Double descent: the error on new examples falls, rises where as many weights as examples just fit them all, and falls
again (Belkin et al. 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.compute import one_blas_thread
from explorer.learning.errors import TrainingError
from explorer.learning.least_squares.minimum_norm import shrinkage
from explorer.learning.least_squares.polynomials import legendre_features

Array = NDArray[np.float64]
KINDS = {"fourier": "random Fourier", "relu": "random ReLU", "legendre": "Legendre polynomials"}
RIDGES = (0.0, *(float(f"{10**power:.3g}") for power in np.arange(-6, 2.01, 0.5)))  #: among which the best is sought
_INPUTS = 4  # numbers in an example; for polynomials one
_NEW = 100  # examples that the error is measured on
_MOST = 1000


@dataclass(frozen=True, eq=False)
class DoubleDescent:
    """Mean squared errors of fits with so many features each, (sizes, draws): `train` on the n examples, noise and all;
    `test` on new ones, against what is true without noise."""

    n: int
    sizes: tuple[int, ...]
    train: Array
    test: Array

    @property
    def peak(self) -> int:
        """The size at which the middle one of the draws errs most on new examples, of those from n/2 on."""
        middle = np.median(self.test, 1)
        return max((one for one in self.sizes if 2 * one >= self.n), key=lambda one: middle[self.sizes.index(one)])


def double_descent(
    *,
    n: int,
    sizes: Sequence[int],
    features: str = "fourier",
    noise: float = 0.2,
    ridge: float = 0.0,
    draws: int = 10,
    seed: int = 0,
) -> DoubleDescent:
    """Fit n noisy examples with each number of features in `sizes`, in so many draws of examples and features.

    features: "fourier", cos(wᵀx + b) with random w and b (Rahimi & Recht 2007), "relu", max(wᵀx + b, 0), or "legendre",
    polynomials of one number; noise: its σ, where what is true has a mean square of 1; ridge: as in `minimum_norm_fit`,
    for features of mean square 1/p each. The weights are those of least norm. The same seed gives the same bits.
    Raises TrainingError on numbers out of range.
    """
    _check(n, sizes, features, noise, ridge, draws)
    train, test = _errors_by_ridge(n, tuple(sizes), features, noise, (ridge,), draws, seed)[..., 0]
    return DoubleDescent(n, tuple(sizes), read_only(train), read_only(test))


def best_ridge(
    *, n: int, sizes: Sequence[int], features: str = "fourier", noise: float = 0.2, draws: int = 10, seed: int = 0
) -> tuple[DoubleDescent, tuple[float, ...]]:
    """As `double_descent`, with the ridge of RIDGES at each size that errs least on new examples, and which it is.

    Tuned so, more features never hurt in theory (Nakkiran et al. 2021): the peak is gone.
    """
    _check(n, sizes, features, noise, 0.0, draws)
    errors = _errors_by_ridge(n, tuple(sizes), features, noise, RIDGES, draws, seed)
    best = errors[1].mean(1).argmin(-1)
    train, test = np.take_along_axis(errors, best[None, :, None, None], 3)[..., 0]
    return DoubleDescent(n, tuple(sizes), read_only(train), read_only(test)), tuple(RIDGES[one] for one in best)


def sizes_around(n: int, *, most: int = 10) -> tuple[int, ...]:
    """Numbers of features from 1 to at most `most` · n, in ascending order and close to each other around n."""
    shares = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5, 2, 3, 4.5, 7, 10)
    return tuple(sorted({max(1, round(share * n)) for share in shares if share <= most}))


def most_features(kind: str) -> int:
    """The largest number of features of that kind: polynomials of a degree above 200 lose their digits."""
    return 201 if kind == "legendre" else 10 * _MOST


@dataclass(frozen=True, eq=False)
class _Decomposition:
    """The features of one draw at one size, X = U S Vᵀ (SVD), with what any fit to them is measured by.

    None of it depends on the noise's σ or on the ridge, so it serves for all of them.
    """

    u: Array  # (n, r)
    s: Array  # (r,)
    new: Array  # (new, r), new examples in the directions of V
    shape: tuple[int, int]
    truth: Array  # (n,), targets without noise
    new_truth: Array  # (new,)
    noise: Array  # (n,), of σ 1


def _errors_by_ridge(
    n: int, sizes: tuple[int, ...], kind: str, noise: float, ridges: Sequence[float], draws: int, seed: int
) -> Array:
    """Mean squared errors (2, sizes, draws, ridges), on the examples learned from and on new ones."""
    fits = _decompositions(n, sizes, kind, draws, seed)
    return np.array([[_errors(fit, noise, np.array(ridges)) for fit in row] for row in fits]).transpose(2, 0, 1, 3)


def _errors(fit: _Decomposition, noise: float, ridges: Array) -> tuple[Array, Array]:
    """Mean squared errors of one draw, (ridges,) each."""
    targets = fit.truth + noise * fit.noise
    weights = shrinkage(fit.s, ridges[:, None], fit.shape) * (fit.u.T @ targets)
    learned, new = targets - (fit.s * weights) @ fit.u.T, weights @ fit.new.T - fit.new_truth
    return np.mean(learned**2, 1), np.mean(new**2, 1)


@memoised
def _decompositions(
    n: int, sizes: tuple[int, ...], kind: str, draws: int, seed: int
) -> tuple[tuple[_Decomposition, ...], ...]:
    """By size and draw: the one thing that takes time, so it is done once for all noises and ridges."""
    with one_blas_thread:
        samples = [_sample(n, max(sizes), kind, np.random.default_rng([seed, draw])) for draw in range(draws)]
        return tuple(tuple(_decompose(*one, n, size) for one in samples) for size in sizes)


def _sample(n: int, most: int, kind: str, random: np.random.Generator) -> tuple[Array, Array, Array]:
    """All features of all examples, (n + new, most), what is true of them, and noise for the first n."""
    inputs = 1 if kind == "legendre" else _INPUTS
    x = random.uniform(-1, 1, (n + _NEW, inputs))
    direction = random.standard_normal(inputs)
    truth = np.sqrt(2) * np.sin(np.pi * x @ direction / np.linalg.norm(direction))
    noise = random.standard_normal(n)
    if kind == "legendre":
        return legendre_features(x[:, 0], most - 1), truth, noise
    w, b = random.standard_normal((inputs, most)), random.uniform(0, 2 * np.pi, most)
    if kind == "fourier":
        return np.sqrt(2) * np.cos(1.5 * x @ w + b), truth, noise
    return np.maximum(x @ w + np.cos(b), 0), truth, noise


def _decompose(features: Array, truth: Array, noise: Array, n: int, size: int) -> _Decomposition:
    x = features[:, :size] / np.sqrt(size)
    u, s, vt = np.linalg.svd(x[:n], full_matrices=False)
    return _Decomposition(u, s, x[n:] @ vt.T, (n, size), truth[:n], truth[n:], noise)


def _check(n: int, sizes: Sequence[int], features: str, noise: float, ridge: float, draws: int) -> None:
    if features not in KINDS:
        raise TrainingError(f"The features are {', '.join(KINDS)}, not {features!r}.")
    if not 2 <= n <= _MOST:
        raise TrainingError(f"The number of examples is 2 to {_MOST}, not {n}.")
    most = most_features(features)
    if not sizes or not all(1 <= size <= most for size in sizes):
        raise TrainingError(f"Sizes are whole numbers of features, 1 to {most}.")
    if not 0 <= noise <= 100:
        raise TrainingError(f"The noise is 0 to 100, not {noise}.")
    if not 0 <= ridge < np.inf:
        raise TrainingError(f"The ridge is 0 or a positive number, not {ridge}.")
    if not 1 <= draws <= _MOST:
        raise TrainingError(f"The number of draws is 1 to {_MOST}, not {draws}.")
