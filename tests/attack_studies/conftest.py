"""Pictures that every study is tried on: one of noise, and one near a border between two classes."""

from __future__ import annotations

import pytest

import explorer
from explorer.attacks import find_goal, shuffled_control
from tests.support.small import noisy_picture


@pytest.fixture(scope="package")
def noisy():
    return noisy_picture(3)


@pytest.fixture(scope="package")
def fooled(small, noisy):
    """An attack, its control, and the goal."""
    goal = find_goal(small, noisy)
    found = explorer.attack(small, noisy, epsilon=16 / 255)
    return found, shuffled_control(small, noisy, found, goal, seed=4), goal


@pytest.fixture(scope="package")
def near_a_border(small):
    """A picture that a few levels of noise make another class of, as the smallest change leaves it."""
    drawn = noisy_picture(13)
    return explorer.attack(small, drawn, method="minimal", steps=60).adversarial
