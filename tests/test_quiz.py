"""Match the convolution: every round has exactly one right answer, and says why."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from scipy.signal import correlate

from explorer.one_dimension.quiz import APART, COUNT, LEVELS, QuizError, judge, make_round, margin
from explorer.one_dimension.quiz_material import LENGTH, NamedKernel

SEEDS = range(60)


@pytest.mark.parametrize("level", LEVELS)
def test_every_round_has_exactly_one_right_answer(level):
    for seed in SEEDS:
        made = make_round(seed, level)
        assert sorted(s for s, _ in made.answer) == sorted(k for _, k in made.answer) == list(range(COUNT))
        for number, right in enumerate(made.answer):
            shown = made.results[number] / np.linalg.norm(made.results[number])
            for pair in product(range(COUNT), repeat=2):
                other = made.result(pair) / (np.linalg.norm(made.result(pair)) or 1)
                assert (np.linalg.norm(shown - other) < 1e-9) == (pair == right), (seed, number, pair)
                assert pair == right or np.linalg.norm(shown - other) >= APART[level]


def test_results_are_scipys_correlation_with_the_ends_repeated():
    made = make_round(3, 2)
    for result, (s, k) in zip(made.results, made.answer, strict=True):
        weights = np.array(made.kernels[k].weights)
        before = weights.size - 1 if made.kernels[k].causal else (weights.size - 1) // 2
        padded = np.pad(made.signals[s], (before, weights.size - 1 - before), mode="edge")
        np.testing.assert_allclose(result, correlate(padded, weights, "valid"), atol=1e-9)
        assert result.shape == (LENGTH,)


def test_a_round_is_the_same_again_and_another_seed_is_another_round():
    one, again, other = make_round(7, 1), make_round.__wrapped__(7, 1), make_round(8, 1)
    assert one.answer == again.answer
    np.testing.assert_array_equal(one.results, again.results)
    assert not np.array_equal(one.results, other.results)


def test_orders_of_the_results_vary():
    assert len({make_round(seed, 1).answer for seed in SEEDS}) > 40


def test_two_kernels_alike_leave_no_margin():
    signals = [np.sin(np.arange(LENGTH) / (3 + i)) for i in range(4)]
    box = NamedKernel("box", (0.5, 0.5), "")
    alike = [box, NamedKernel("twice", (1.0, 1.0), ""), NamedKernel("a", (1.0,), ""), NamedKernel("b", (1.0, -1.0), "")]
    assert margin(signals, alike, [(0, 0), (1, 1), (2, 2), (3, 3)]) == pytest.approx(0, abs=1e-9)


def test_only_the_right_pair_is_right_and_each_has_a_reason():
    made = make_round(0, 1)
    for number, right in enumerate(made.answer):
        for pair in product(range(COUNT), repeat=2):
            verdict = judge(made, number, pair)
            assert verdict.right == (pair == right)
            assert made.kernels[right[1]].effect in verdict.reason
    right = made.answer[0]
    assert judge(made, 0, ((right[0] + 1) % 4, right[1])).reason.startswith("Right kernel, wrong signal.")
    assert judge(made, 0, (right[0], (right[1] + 1) % 4)).reason.startswith("Right signal, wrong kernel.")
    both = judge(made, 0, ((right[0] + 1) % 4, (right[1] + 1) % 4))
    assert both.reason.startswith("Wrong signal and wrong kernel.")
    perfect = [p for p in permutations(made.answer) if all(judge(made, i, pair).right for i, pair in enumerate(p))]
    assert perfect == [made.answer]


@pytest.mark.parametrize("wrong", [(0, 4), (0, 0), (-1, 1)])
def test_rounds_that_are_none_get_a_sentence(wrong):
    with pytest.raises(QuizError, match="a level from 1 to 3"):
        make_round(*wrong)
    with pytest.raises(QuizError, match="numbered from 0 to 3"):
        judge(make_round(0, 1), 4, (0, 0))
