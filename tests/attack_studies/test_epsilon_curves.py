"""Curves over ε: they start clean, never fall, stay within ε, and count their control draw by draw."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import explorer
from explorer.attack_studies import epsilon_curves
from explorer.attack_studies.epsilon_curves import epsilon_curve
from explorer.attacks import AttackError, AttackSettings, find_goal, run_attack, shuffled_control


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("target", [None, 3])
def test_a_curve_starts_clean_never_falls_and_stays_within_epsilon(small, noisy, norm, target):
    goal = find_goal(small, noisy, target)
    sizes = [0.0, 4 / 255, 2 / 255, 16 / 255] if norm == "linf" else [0.0, 2.0, 0.5]
    points = list(epsilon_curve(small, noisy, goal, AttackSettings(norm=norm, steps=4), sizes=sizes, draws=5))
    assert [p.size for p in points] == sorted(sizes)
    clean = dict(small.predict(noisy, 10))
    assert points[0].attack_label == pytest.approx(clean[points[0].found.label], abs=1e-6)
    assert points[0].noise_label == pytest.approx(np.full(5, points[0].attack_label), abs=1e-6)
    assert points[0].noise_fooled == 0
    heights = [-p.attack_label if target is None else p.attack_target for p in points]
    assert heights == sorted(heights)
    for point in points:
        assert (point.found.linf if norm == "linf" else point.found.l2) <= point.size * (1 + 1e-5)
        assert len(point.noise_label) == point.draws == 5
    assert not np.array_equal(points[-1].noise_label, points[0].noise_label)
    with pytest.raises(AttackError, match="at least one size"):
        next(epsilon_curve(small, noisy, goal, AttackSettings(norm=norm), sizes=[]))


def test_a_curves_draws_are_counted_one_by_one(small, noisy):
    goal = find_goal(small, noisy)
    (point,) = epsilon_curve(small, noisy, goal, AttackSettings(steps=3, seed=2), sizes=[128 / 255], draws=20)
    start = small.tensor(noisy)
    found = []
    for first, count in ((0, 16), (16, 4)):  # in batches of 16, each with a seed of its own
        coin = torch.randn((count, *start.shape[1:]), generator=torch.Generator().manual_seed(2 + first)).sign()
        levels = ((start * 255).round() + 128 * coin).clamp(0, 255)
        found.append(small.module(levels / 255).softmax(1))
    shares = torch.cat(found)
    np.testing.assert_allclose(point.noise_label, shares[:, goal.label], atol=1e-5)
    assert point.noise_fooled == int((shares.argmax(1) != goal.label).sum())
    assert 0 < point.noise_fooled < 20
    assert point.interval[0] < point.noise_fooled / 20 < point.interval[1]
    with pytest.raises(AttackError, match="not 1 and 0"):
        next(epsilon_curve(small, noisy, goal, AttackSettings(), sizes=[0.1], draws=0))


def test_a_curve_keeps_the_best_when_a_larger_epsilon_finds_less(small, noisy, monkeypatch):
    strong, none = (explorer.attack(small, noisy, epsilon=size) for size in (16 / 255, 0.0))
    found = iter([strong, none])
    monkeypatch.setattr(epsilon_curves, "run_attack", lambda *_: next(found))
    first, second = epsilon_curve(
        small, noisy, find_goal(small, noisy), AttackSettings(), sizes=[16 / 255, 32 / 255], draws=1
    )
    assert first.found is second.found is strong
    assert second.attack_label == first.attack_label < 0.9 * dict(strong.before)[strong.label]


@pytest.mark.parametrize("method", ["pixels", "patch"])
def test_of_a_patch_or_few_pixels_the_curve_is_that_very_attacks(small, noisy, method):
    goal = find_goal(small, noisy)
    how = AttackSettings(method, "l2", steps=4)
    points = list(epsilon_curve(small, noisy, goal, how, sizes=[4, 12], draws=3))
    assert [point.size for point in points] == [4, 12]
    first = run_attack(small, noisy, goal, AttackSettings(method, "l2", steps=4, pixels=4))
    assert points[0].found.adversarial == first.adversarial
    for point in points:
        drawn = [shuffled_control(small, noisy, point.found, goal, seed=draw) for draw in range(3)]
        assert point.noise_fooled == sum(one.success for one in drawn)
        if point.found.changed:
            assert [(one.perturbation != 0).any(2).tolist() for one in drawn] == [
                (point.found.perturbation != 0).any(2).tolist()
            ] * 3  # fmt: skip


def test_a_method_that_finds_its_size_itself_has_no_curve(small, noisy):
    with pytest.raises(AttackError, match="finds its size itself"):
        next(epsilon_curve(small, noisy, find_goal(small, noisy), AttackSettings("deepfool"), sizes=[1.0]))


def test_with_a_target_noise_fools_only_by_reaching_it(small, near_a_border):
    far = int(small.module(small.tensor(near_a_border))[0].argmin())  # not what noise makes of it
    (free,) = epsilon_curve(
        small, near_a_border, find_goal(small, near_a_border), AttackSettings(steps=1), sizes=[8 / 255], draws=20
    )
    (aimed,) = epsilon_curve(
        small, near_a_border, find_goal(small, near_a_border, far), AttackSettings(steps=1), sizes=[8 / 255], draws=20
    )
    assert free.noise_fooled == free.noise_changed == aimed.noise_changed > 0
    assert aimed.noise_fooled == 0
