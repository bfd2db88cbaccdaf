"""Adversarial training held to what is known: linear models have a closed form, smaller attacks fool no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch
from scipy.optimize import linprog
from torch import Tensor, nn

from explorer.attacks import AttackError
from explorer.learning.datasets.digits import Digits, split_digits
from explorer.learning.robustness import robust_accuracy
from explorer.learning.robustness.adversarial_training import (
    ADVERSARIAL,
    NOISE,
    PLAIN,
    WAYS,
    AdversarialTraining,
    AdversarialTrainingEpoch,
    adversarial_examples,
    train_adversarially,
)
from explorer.learning.robustness.digit_models import digit_model
from explorer.learning.robustness.perturbations import noisy, perturb
from explorer.learning.robustness.robust_accuracy import (
    Accuracy,
    exactly_robust,
    is_correct,
    is_robust,
    robust_accuracies,
)

SMALL = AdversarialTraining(epsilon=0.15, steps=3, epochs=5)


RESTARTS, STEPS = robust_accuracy._RESTARTS, robust_accuracy._STEPS  # as visitors have them
FEW_EPSILONS = (0.0, 0.05, 0.15, 0.3)


@pytest.fixture(scope="module")
def quick_judge() -> Iterator[None]:
    """Attacked at four ε from one random start in ten steps: the judge itself is held by tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.learning.robustness.adversarial_training.EPSILONS", FEW_EPSILONS)
        patch.setattr("explorer.learning.robustness.robust_accuracy._RESTARTS", 1)
        patch.setattr("explorer.learning.robustness.robust_accuracy._STEPS", 10)
        yield


@pytest.fixture(scope="module")
def rounds(quick_judge: None) -> list[AdversarialTrainingEpoch]:
    return list(train_adversarially(SMALL, device="cpu"))


@pytest.fixture(scope="module")
def linear_models(quick_judge: None) -> AdversarialTrainingEpoch:
    """Three linear models, and their curves."""
    *_, last = train_adversarially(replace(SMALL, model="linear"), device="cpu")
    return last


def linear(seed: int = 0) -> nn.Sequential:
    return digit_model("linear", torch.Generator().manual_seed(seed)).eval().requires_grad_(False)


def exact_margins(model: nn.Sequential, digits: Digits, epsilon: float, *, box: bool) -> Tensor:
    """The smallest (w_y − w_j)·x' + b_y − b_j over j ≠ y and all x' within ε (and [0, 1]): (N,).

    Without the box it is the margin less ε‖w_y − w_j‖₁; within it each pixel goes to its own worst end.
    """
    x, w, b = digits.pictures.flatten(1), model[1].weight, model[1].bias
    away = w[digits.labels][:, None] - w[None]  # (N, 10, 64)
    low, high = (x - epsilon, x + epsilon) if not box else ((x - epsilon).clamp(0, 1), (x + epsilon).clamp(0, 1))
    worst = torch.where(away > 0, low[:, None], high[:, None])
    margins = (away * worst).sum(2) + b[digits.labels][:, None] - b[None]
    margins[torch.arange(len(x)), digits.labels] = torch.inf
    return margins.amin(1)


def test_a_two_class_margin_falls_by_epsilon_times_the_l1_norm():
    """Far from the box's ends, at x = ½, the attack reaches the closed form in one step."""
    weight = torch.tensor([[0.5, -2.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 2, bias=False)).requires_grad_(False)
    model[1].weight.data = weight
    x = torch.full((1, 1, 2, 2), 0.5)
    found = perturb(model, x, torch.tensor([0]), 0.1, steps=1)
    before, after = (float(model(one)[0, 0] - model(one)[0, 1]) for one in (x, found))
    assert before - after == pytest.approx(0.1 * 3.5)


@pytest.mark.parametrize("epsilon", [0.05, 0.15])
def test_on_a_linear_model_attacks_find_the_exact_worst_case(epsilon, linear_models):
    _, held_out = split_digits()
    for way in WAYS:
        model = linear_models.models[way]
        exact = exactly_robust(model, held_out, epsilon)
        assert exact is not None
        margins = exact_margins(model, held_out, epsilon, box=True)
        assert torch.equal(exact, margins > 0)
        judged = is_robust(model, held_out, epsilon)
        assert not (exact & ~judged).any()  # nobody can fool what provably stands
        assert not (judged & ~exact & (margins.abs() > 1e-4)).any()  # and all that can be fooled are
        assert exact.sum() > (exact_margins(model, held_out, epsilon, box=False) > 0).sum()
        point = next(point for point in linear_models.points if point.epsilon == epsilon)
        assert point.exact[way] == Accuracy(int(exact.sum()), 600)


def test_the_exact_worst_case_is_that_of_a_linear_program():
    model, digits = linear(), split_digits()[1].first(12)
    weight, bias = model[1].weight.double().numpy(), model[1].bias.double().numpy()
    exact = exactly_robust(model, digits, 0.1)
    for x, y, stands in zip(digits.pictures.double().flatten(1).numpy(), digits.labels.tolist(), exact, strict=True):
        bounds = list(zip(np.maximum(0, x - 0.1), np.minimum(1, x + 0.1), strict=True))
        margins = [
            linprog(weight[y] - weight[j], bounds=bounds).fun + bias[y] - bias[j] for j in range(10) if j != y
        ]  # fmt: skip
        assert bool(stands) == (min(margins) > 0)


def test_nothing_is_exact_of_a_model_that_is_not_linear(rounds):
    digits = split_digits()[1].first(3)
    assert exactly_robust(digit_model("small CNN", torch.Generator().manual_seed(0)), digits, 0.1) is None
    assert all(point.exact == {} for point in rounds[-1].points)


def test_a_stronger_judge_agrees(rounds, monkeypatch):
    """Ten restarts from other seeds, each class in turn, 100 steps: what withstood ours withstands nearly all of it."""
    monkeypatch.setattr("explorer.learning.robustness.robust_accuracy._RESTARTS", RESTARTS)
    monkeypatch.setattr("explorer.learning.robustness.robust_accuracy._STEPS", STEPS)
    model, digits = rounds[-1].models[ADVERSARIAL], split_digits()[1].first(200)
    stands = is_robust(model, digits, 0.2)
    left = digits.at(stands.nonzero()[:, 0])
    source, fallen = torch.Generator().manual_seed(99), torch.zeros(len(left.labels), dtype=torch.bool)
    for offset in range(1, 10):
        start = (left.pictures + 0.2 * (torch.rand(left.pictures.shape, generator=source) * 2 - 1)).clamp(0, 1)
        found = perturb(model, left.pictures, left.labels, 0.2, steps=100, start=start,
                        targets=(left.labels + offset) % 10)  # fmt: skip
        fallen |= ~is_correct(model, left, found)
    assert int(fallen.sum()) <= 1


def test_a_single_step_is_of_one_and_a_quarter_epsilon_and_so_ends_within():
    digits = Digits(torch.full((200, 1, 8, 8), 0.5), torch.zeros(200, dtype=torch.int64))
    found = adversarial_examples(linear(), digits, replace(SMALL, steps=1), torch.Generator().manual_seed(0))
    change = (found - digits.pictures).abs() / SMALL.epsilon
    assert float(change.max()) == pytest.approx(1)
    # from u even in ±1 a step of 1.25 ends on the border unless u is more than a quarter on the other side
    assert float((change < 0.999).float().mean()) == pytest.approx(0.375, abs=0.02)


def test_the_hardened_model_is_the_more_robust_where_it_was_trained(rounds):
    last = rounds[-1]
    assert last.quick[ADVERSARIAL].value > last.quick[PLAIN].value + 0.15
    assert last.quick[ADVERSARIAL].value > last.quick[NOISE].value
    assert min(last.clean[way].value for way in WAYS) > 0.8


def test_one_step_overfits_to_its_own_attack_and_several_do_not():
    """Wong et al. 2020, section 5: what resists the one step it learned from need not resist more."""
    gaps = {}
    for steps in (1, 5):
        *_, last = islice(train_adversarially(AdversarialTraining(epsilon=0.3, steps=steps), device="cpu"), 3)
        gaps[steps] = last.own.value - last.quick[ADVERSARIAL].value
    assert gaps[1] > 0.15
    assert gaps[5] < 0.08


def test_the_curves_begin_at_the_clean_accuracy_and_never_rise(rounds):
    last = rounds[-1]
    assert [point.epsilon for point in last.points] == sorted(FEW_EPSILONS, reverse=True)
    for way in WAYS:
        assert last.points[-1].attacked[way] == last.points[-1].noisy[way] == last.clean[way]
        values = [point.attacked[way].correct for point in last.points]
        assert values == sorted(values)
        assert all(point.attacked[way].value <= point.noisy[way].value + 0.01 for point in last.points)


def test_noise_of_the_same_size_fools_far_fewer(rounds):
    point = next(point for point in rounds[-1].points if point.epsilon == SMALL.epsilon)
    assert point.noisy[PLAIN].value > point.attacked[PLAIN].value + 0.3


def test_the_same_seed_gives_the_same_bits(rounds):
    again = list(islice(train_adversarially(SMALL, device="cpu"), 2))
    assert (again[1].loss, again[1].clean, again[1].quick) == (rounds[1].loss, rounds[1].clean, rounds[1].quick)
    other = next(train_adversarially(replace(SMALL, epochs=2), seed=1, device="cpu"))
    assert other.loss != rounds[0].loss


def test_without_an_epsilon_all_three_learn_the_same():
    only = next(train_adversarially(replace(SMALL, epsilon=0, epochs=1), device="cpu"))
    assert only.loss[NOISE] == pytest.approx(only.loss[PLAIN])
    assert only.loss[ADVERSARIAL] == pytest.approx(only.loss[PLAIN])


@pytest.mark.parametrize("epsilon", [0.0, 0.07, 0.3, 1.0])
def test_attack_and_noise_stay_within_epsilon_and_the_range(epsilon):
    digits = split_digits()[1].first(50)
    attacked = perturb(linear(), digits.pictures, digits.labels, epsilon, steps=4)
    tossed = noisy(digits.pictures, epsilon, torch.Generator().manual_seed(0))
    for found in (attacked, tossed):
        assert float((found - digits.pictures).abs().max()) <= epsilon + 1e-6
        assert 0 <= float(found.min()) <= float(found.max()) <= 1
    inside = (digits.pictures > epsilon) & (digits.pictures < 1 - epsilon)
    np.testing.assert_allclose((tossed - digits.pictures)[inside].abs(), epsilon, atol=1e-6)


def test_the_attack_does_not_lower_the_loss():
    digits = split_digits()[1]
    model = linear()
    loss = nn.CrossEntropyLoss(reduction="none")
    found = perturb(model, digits.pictures, digits.labels, 0.1, steps=5)
    assert (loss(model(found), digits.labels) >= loss(model(digits.pictures), digits.labels) - 1e-6).all()


def test_what_withstands_an_epsilon_withstands_the_smaller_ones():
    digits = split_digits()[1].first(60)
    points = list(robust_accuracies({"it": linear()}, digits, epsilons=(0.02, 0.1, 0.0, 0.1)))
    assert [point.epsilon for point in points] == [0.1, 0.02, 0.0]
    shares = [point.attacked["it"].correct for point in points]
    assert shares == sorted(shares)
    assert shares[-1] == int(is_correct(linear(), digits, digits.pictures).sum())


def test_digits_are_split_without_overlap_and_always_alike():
    learned, held_out = split_digits()
    assert (len(learned.labels), len(held_out.labels)) == (1197, 600)
    assert (float(learned.pictures.min()), float(learned.pictures.max())) == (0, 1)
    assert set(held_out.labels.tolist()) == set(range(10))


def test_a_share_has_wilsons_interval():
    assert Accuracy(5, 10).interval == pytest.approx((0.2366, 0.7634), abs=1e-4)  # Newcombe 1998's method 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"epsilon": 1.5}, "ε is from 0 to 1"),
        ({"epsilon": float("nan")}, "ε is from 0 to 1"),
        ({"steps": 0}, "at least one step"),
        ({"epochs": 0}, "at least one step and one epoch"),
        ({"model": "large"}, "one of small CNN, linear, not 'large'"),
        ({"rate": 0.0}, "learning rate"),
    ],
)
def test_settings_that_do_not_do_are_told_at_once(wrong, said):
    with pytest.raises(AttackError, match=said):
        train_adversarially(replace(SMALL, **wrong))
