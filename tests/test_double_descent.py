"""The error's second descent: its peak at as many features as examples, and the ridge that takes it away."""

from __future__ import annotations

import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import explorer
from explorer.cache import memo
from explorer.learning.least_squares import double_descent
from explorer.learning.least_squares.double_descent import _sample, best_ridge, sizes_around

HOW = {"noise": 0.3, "draws": 10}


@pytest.mark.parametrize("features", ["fourier", "relu", "legendre"])
@pytest.mark.parametrize("n", [20, 40])
@pytest.mark.parametrize("seed", range(4))
def test_the_peak_is_at_as_many_features_as_examples(features, n, seed):
    sizes = sizes_around(n, most=5)
    found = explorer.double_descent(n=n, sizes=sizes, features=features, seed=seed, **HOW)
    assert abs(found.peak - n) <= 0.1 * n
    assert found.test.shape == found.train.shape == (len(sizes), 10)
    middle = np.median(found.test, 1)
    at_peak = middle[sizes.index(found.peak)]
    assert at_peak > 5 * middle[: sizes.index(n)].min()
    assert at_peak > 5 * middle[-1]


@pytest.mark.parametrize("seed", range(4))
def test_from_n_on_the_examples_fit_exactly(seed):
    found = explorer.double_descent(n=20, sizes=(10, 20, 40), seed=seed, **HOW)
    assert (found.train[0] > 1e-3).all()
    assert (found.train[1:] < 1e-12).all()


@pytest.mark.parametrize("features", ["fourier", "relu", "legendre"])
@pytest.mark.parametrize("seed", range(4))
def test_the_best_ridge_leaves_no_peak(features, seed):
    n = 40
    sizes = sizes_around(n, most=5)
    bare = explorer.double_descent(n=n, sizes=sizes, features=features, seed=seed, **HOW)
    tuned, ridges = best_ridge(n=n, sizes=sizes, features=features, seed=seed, **HOW)
    assert len(ridges) == len(sizes)
    assert (tuned.test.mean(1) <= bare.test.mean(1) + 1e-12).all()
    at = [sizes.index(size) for size in sizes if 0.8 * n <= size <= 1.25 * n]
    assert tuned.test.mean(1)[at].max() < 1.5 * max(tuned.test.mean(1)[0], tuned.test.mean(1)[-1])
    assert tuned.test.mean(1)[at].max() < bare.test.mean(1)[at].max() / 5


def test_noise_raises_the_peak():
    quiet, loud = (
        np.median(explorer.double_descent(n=30, sizes=(30,), noise=noise, draws=30).test) for noise in (0.0, 1.0)
    )
    assert loud > 2 * quiet


@pytest.mark.parametrize("kind", ["fourier", "relu", "legendre"])
def test_an_error_is_that_of_numpys_own_fit(kind):
    sizes = (5, 14, 15, 16, 40)
    found = explorer.double_descent(n=15, sizes=sizes, features=kind, noise=0.2, draws=1, seed=3)
    features, truth, noise = _sample(15, 40, kind, np.random.default_rng([3, 0]))
    for place, size in enumerate(sizes):
        x = features[:, :size] / np.sqrt(size)
        w = np.linalg.lstsq(x[:15], truth[:15] + 0.2 * noise, rcond=None)[0]
        assert found.test[place, 0] == pytest.approx(np.mean((x[15:] @ w - truth[15:]) ** 2), rel=1e-6)


def test_the_decompositions_of_so_small_matrices_have_one_thread(monkeypatch):
    seen, fit = [], double_descent._decompose

    def watched(*what):
        seen.extend(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas")
        return fit(*what)

    monkeypatch.setattr(double_descent, "_decompose", watched)
    with threadpool_limits(2, "blas"):
        memo.forget()
        explorer.double_descent(n=6, sizes=(3, 6), draws=1)
    assert set(seen) == {1}


def test_one_seed_gives_the_same_bits():
    how = {"n": 12, "sizes": (3, 12, 60), "seed": 5, **HOW}
    first = explorer.double_descent(**how)
    memo.forget()
    again = explorer.double_descent(**how)
    assert first.test.tobytes() == again.test.tobytes()
    assert explorer.double_descent(**{**how, "seed": 6}).test.tobytes() != first.test.tobytes()


def test_a_change_of_noise_or_ridge_is_cheap():
    how = {"n": 40, "sizes": sizes_around(40), "draws": 10}
    explorer.double_descent(**how, noise=0.1)
    start = time.thread_time()
    explorer.double_descent(**how, noise=0.4, ridge=0.1)
    best_ridge(**how, noise=0.4)
    assert time.thread_time() - start < 0.3


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"n": 1}, "examples"), ({"sizes": ()}, "Sizes"), ({"sizes": (0,)}, "Sizes"),
        ({"features": "cubic"}, "features"),
        ({"noise": np.nan}, "noise"), ({"ridge": -1}, "ridge"), ({"ridge": np.inf}, "ridge"), ({"draws": 0}, "draws"),
        ({"features": "legendre", "sizes": (500,)}, "Sizes"), ({"noise": 1e9}, "noise"),
    ],
)  # fmt: skip
def test_numbers_out_of_range_are_said(how, said):
    with pytest.raises(explorer.TrainingError, match=said):
        explorer.double_descent(**({"n": 10, "sizes": (5,)} | how))
