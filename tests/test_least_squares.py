"""Fits of least norm beside numpy's own, and gradient descent that ends there."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from explorer.learning.least_squares.minimum_norm import gradient_descent_fit
from explorer.learning.least_squares.polynomials import fit_polynomial, legendre_features, sample_points

SHAPES = [(9, 4), (9, 9), (9, 30), (1, 1), (1, 7), (40, 41)]


def drawn(n: int, p: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng([n, p])
    return random.standard_normal((n, p)), random.standard_normal(n)


@pytest.mark.parametrize(("n", "p"), SHAPES)
def test_it_is_what_lstsq_and_pinv_give(n, p):
    x, y = drawn(n, p)
    found = explorer.minimum_norm_fit(x, y)
    np.testing.assert_allclose(found, np.linalg.lstsq(x, y, rcond=None)[0], atol=1e-8)
    np.testing.assert_allclose(found, np.linalg.pinv(x) @ y, atol=1e-8)
    both = np.stack([y, -2 * y], 1)
    np.testing.assert_allclose(explorer.minimum_norm_fit(x, both), np.linalg.pinv(x) @ both, atol=1e-8)


def test_a_direction_of_which_nothing_is_known_stays_out():
    x, y = drawn(9, 4)
    twice = np.concatenate([x, x[:, :2]], 1)  # of rank 4 in 6 columns
    found = explorer.minimum_norm_fit(twice, y)
    np.testing.assert_allclose(found, np.linalg.lstsq(twice, y, rcond=None)[0], atol=1e-8)
    assert explorer.minimum_norm_fit(np.zeros((3, 2)), [1, 2, 3]).tolist() == [0, 0]


@pytest.mark.parametrize(("n", "p"), SHAPES)
@pytest.mark.parametrize("ridge", [1e-4, 0.3, 20.0])
def test_with_a_ridge_it_solves_the_normal_equations(n, p, ridge):
    x, y = drawn(n, p)
    wanted = np.linalg.solve(x.T @ x + ridge * np.eye(p), x.T @ y)
    np.testing.assert_allclose(explorer.minimum_norm_fit(x, y, ridge=ridge), wanted, atol=1e-8)


@pytest.mark.parametrize(("n", "p"), [(9, 4), (9, 30)])
@pytest.mark.parametrize("steps", [0, 1, 2, 100])
def test_gradient_descent_is_where_a_loop_would_be(n, p, steps):
    x, y = drawn(n, p)
    w, rate = np.zeros(p), 1 / np.linalg.norm(x, 2) ** 2
    for _ in range(steps):
        w -= rate * x.T @ (x @ w - y)
    np.testing.assert_allclose(gradient_descent_fit(x, y, steps=steps), w, atol=1e-10)


def test_gradient_descent_ends_at_the_fit_of_least_norm():
    points = sample_points("a wave", 9, 0.2, 0)
    features = legendre_features(points[:, 0], 40)
    ended = gradient_descent_fit(features, points[:, 1], steps=1e9)
    np.testing.assert_allclose(ended, explorer.minimum_norm_fit(features, points[:, 1]), atol=1e-8)
    np.testing.assert_allclose(ended, fit_polynomial(points, 40), atol=1e-8)


def test_legendres_polynomials_have_a_mean_square_of_one_and_are_orthogonal():
    x, weights = np.polynomial.legendre.leggauss(60)
    features = legendre_features(x, 30)
    np.testing.assert_allclose(features.T @ (weights[:, None] / 2 * features), np.eye(31), atol=1e-12)


@pytest.mark.parametrize(
    ("features", "targets", "how", "said"),
    [
        ([[1.0, np.nan]], [1.0], {}, "finite"),
        ([[1.0], [2.0]], [1.0, np.inf], {}, "finite"),
        ([[1.0, 2.0]], [1.0, 2.0], {}, "n targets"),
        ([], [], {}, "at least one"),
        ([["a"]], [1.0], {}, "numbers"),
        ([[1.0]], [1.0], {"ridge": -1.0}, "ridge"),
        ([[1.0]], [1.0], {"ridge": np.nan}, "ridge"),
    ],
)
def test_what_can_not_be_fitted_is_said(features, targets, how, said):
    with pytest.raises(explorer.TrainingError, match=said):
        explorer.minimum_norm_fit(features, targets, **how)


@pytest.mark.parametrize("points", [[], [[0.0, np.nan]], [[2.0, 0.0]], [[0.0, 1e9]], [["x", 0]], [[0.0]]])
def test_points_that_are_none_are_said(points):
    with pytest.raises(explorer.TrainingError, match="point"):
        fit_polynomial(points, 3)


def test_a_degree_out_of_range_and_steps_below_zero_are_said():
    with pytest.raises(explorer.TrainingError, match="degree"):
        fit_polynomial([[0.0, 1.0]], 10_000)
    with pytest.raises(explorer.TrainingError, match="steps"):
        gradient_descent_fit([[1.0]], [1.0], steps=-1)
