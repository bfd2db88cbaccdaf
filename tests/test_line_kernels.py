"""Kernels for signals, each against its formula and what it is for."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import KernelError
from explorer.one_dimension import line_kernels as kernels
from explorer.one_dimension import signals

X = np.random.default_rng(0).normal(size=80)


@pytest.mark.parametrize("made", [kernels.box(7), kernels.gaussian(3), kernels.exponential(0.7)])
def test_means_sum_to_one_and_keep_what_is_flat(made):
    assert made.sum() == pytest.approx(1)
    np.testing.assert_allclose(convolve(np.full(90, 0.3), made), 0.3)


@pytest.mark.parametrize("made", [kernels.difference(), kernels.laplacian(), kernels.matched(X)])
def test_what_sees_changes_only_sums_to_zero(made):
    assert made.sum() == pytest.approx(0, abs=1e-12)


def test_the_gaussian_falls_as_the_lecture_says_and_reaches_two_sigma():
    made = kernels.gaussian(3)
    assert len(made) == 13
    assert made[6 + 3] / made[6] == pytest.approx(np.exp(-1))


def test_difference_and_second_difference_are_numpys():
    np.testing.assert_allclose(convolve(X, kernels.difference()), -np.diff(X))
    np.testing.assert_allclose(convolve(X, kernels.laplacian()), np.diff(X, 2))


def test_the_exponential_mean_follows_its_recursion():
    decay, made = 0.6, kernels.exponential(0.6)
    mean, past = 0.0, []
    for value in X:
        mean = decay * mean + (1 - decay) * value
        past.append(mean)
    np.testing.assert_allclose(convolve(X, made), past[len(made) - 1 :], atol=0.05)


def test_an_echo_comes_later():
    pulse = np.zeros(30)
    pulse[5] = 1
    heard = convolve(pulse, kernels.echo(10, 0.5))  # result i stands for place i + 10
    assert np.flatnonzero(heard).tolist() == [5]
    assert heard[5] == 0.5  # the pulse itself was before the first place where the kernel fits
    pulse[15] = 1
    assert convolve(pulse, kernels.echo(10, 0.5))[5] == 1.5


def test_a_matched_filter_answers_one_where_its_shape_was():
    values = signals.heartbeat(noise=0.0).values
    made = kernels.matched(values, 25)
    answer = convolve(values, made)
    best = int(np.lib.stride_tricks.sliding_window_view(values, 25).var(1).argmax())
    assert answer[best] == pytest.approx(1)
    assert answer.argmax() == best


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: kernels.box(0), "whole number from 1 on, not 0"),
        (lambda: kernels.gaussian(0), "σ must be above 0"),
        (lambda: kernels.exponential(1), "between 0 and 1, not 1"),
        (lambda: kernels.echo(2.5), "whole number"),
        (lambda: kernels.matched(np.ones(9), 3), "no shape to look for"),
    ],
)
def test_impossible_kernels_get_a_sentence(wrong, says):
    with pytest.raises(KernelError, match=says):
        wrong()
