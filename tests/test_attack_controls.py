"""Each control changes the very pixels that its attack changes, by as much."""

from __future__ import annotations

import numpy as np
import pytest

import explorer
from explorer.attacks import METHODS, AttackError, draw_controls, find_goal, shuffled_control, shuffled_perturbation
from explorer.pictures.images import from_array

HOW = {"pixels": {"pixels": 12}, "patch": {"pixels": 9}}


def picture(low: int, high: int) -> explorer.Image:
    return from_array(np.random.default_rng(3).integers(low, high, (32, 32, 3), np.uint8))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize(("low", "high"), [(0, 256), (0, 3), (120, 136)])
def test_the_control_has_the_support_and_the_size_of_what_it_controls(small, method, norm, low, high):
    image = picture(low, high)
    epsilon = 4 / 255 if norm == "linf" else 0.8
    goal = find_goal(small, image, None)
    found = explorer.attack(small, image, method=method, norm=norm, epsilon=epsilon, steps=5, **HOW.get(method, {}))
    for seed in range(3):
        control = shuffled_control(small, image, found, goal, seed=seed)
        assert np.array_equal((control.perturbation != 0).any(2), (found.perturbation != 0).any(2))
        assert control.l2 == pytest.approx(found.l2, rel=0.01, abs=1e-9)
        if method not in HOW:
            assert control.linf == pytest.approx(found.linf, rel=0.01, abs=1e-9)
        assert found.l2 == 0 or not np.array_equal(control.perturbation, found.perturbation)


def test_twenty_draws_are_each_judged_alone(small):
    image = picture(0, 256)
    goal = find_goal(small, image)
    found = explorer.attack(small, image, method="patch", pixels=20, steps=8)
    controls = draw_controls(small, found, goal, seed=5)
    alone = [shuffled_control(small, image, found, goal, seed=5 + draw) for draw in range(20)]
    assert [small.labels[one] for one in controls.predicted] == [one.after[0][0] for one in alone]
    assert controls.fooled == sum(one.success for one in alone)
    assert controls.changed == controls.fooled  # there is no target
    assert len({shuffled_perturbation(found, seed).tobytes() for seed in range(20)}) == 20
    with pytest.raises(AttackError, match="at least one draw"):
        draw_controls(small, found, goal, draws=0)


def test_fooled_is_what_the_attack_is_for(small):
    image = picture(0, 256)
    free = find_goal(small, image)
    target = (free.label + 1) % len(small.labels)
    aimed, third = find_goal(small, image, target), (free.label + 2) % len(small.labels)
    assert [free.outcome(said) for said in (free.label, target, third)] == ["recovered", "fooled", "fooled"]
    assert [aimed.outcome(said) for said in (free.label, target, third)] == ["recovered", "fooled", "another class"]
