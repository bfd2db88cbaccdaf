"""Each control says what follows from it, by the visitor's own numbers, whichever way they fall."""

from __future__ import annotations

import math
import re

import pytest

from pages.parts.adversarial import conclusions as of_attacks
from pages.parts.network import conclusions
from tests.support.whole_app import app, shown


@pytest.mark.parametrize(
    ("together", "said"), [(0.9, "where something is, not what"), (0.6, "only what differs"), (-0.2, "about daisy")]
)
def test_a_map_that_is_the_same_for_another_class_is_not_about_the_class(together: float, said: str):
    assert said in conclusions.of_another_class(together, "daisy")


@pytest.mark.parametrize(
    ("together", "trained", "said"),
    [
        (0.7, True, "proves little"),
        (0.7, False, "proves little"),
        (0.1, True, "was learned"),
        (0.1, False, "chance"),
        (math.nan, True, "can't be compared"),
    ],
)
def test_a_map_that_random_weights_give_as_well_proves_little(together: float, trained: bool, said: str):
    assert said in conclusions.of_other_weights(together, trained=trained)


@pytest.mark.parametrize(
    ("ours", "theirs", "trained", "said"),
    [
        (0.2, 0.6, True, "overlook this change was **learned**"),
        (0.6, 0.2, False, "overlook this change was **learned**"),
        (0.6, 0.2, True, "**notice**"),
        (0.3, 0.35, True, "**architecture**"),
    ],
)
def test_what_random_weights_do_as_well_was_not_learned(ours: float, theirs: float, trained: bool, said: str):
    assert said in conclusions.of_a_change(ours, theirs, trained=trained)


@pytest.mark.parametrize(
    ("ours", "theirs", "said"), [(0.8, 0.2, "was learned"), (0.1, 0.5, "nearer"), (0.3, 0.3, "tells nothing")]
)
def test_two_pictures_are_apart_by_learning_or_not(ours: float, theirs: float, said: str):
    assert said in conclusions.of_two_pictures(ours, theirs, trained=True)
    assert said in conclusions.of_two_pictures(theirs, ours, trained=False)


def test_an_attack_that_goes_no_farther_than_noise_owes_it_to_its_size():
    assert "8 times as far: so it is the direction" in of_attacks.from_distances(0.8, 0.1)
    assert "so it is the direction" in of_attacks.from_distances(0.8, 0.0)
    assert "its size moves the network as much" in of_attacks.from_distances(0.12, 0.1)


@pytest.mark.parametrize(
    ("interval", "control", "said"),
    [((0.5, 0.8), (0.1, 0.3), "apart"), ((0.2, 0.8), (0.1, 0.3), "overlap"), ((0.0, 0.1), (0.2, 0.4), "adds nothing")],
)
def test_rates_are_told_apart_by_their_intervals(interval, control, said):
    assert said in of_attacks.from_rates(interval, control, "the patch", "something in the way")


def test_a_shuffled_change_that_outlasts_as_much_proves_nothing():
    assert "after 1 of 12 at most, unshuffled after 7: so what survives" in of_attacks.from_survival([3, 7], [0, 1], 12)
    assert "proves nothing" in of_attacks.from_survival([1, 1], [0, 1], 12)


def test_noise_that_harms_as_much_is_said():
    assert "direction" in of_attacks.from_noise(0.98, 0.95, 0.05)
    assert "nearly as much" in of_attacks.from_noise(0.98, 0.4, 0.05)


@pytest.mark.parametrize(
    ("screen", "query", "said"),
    [
        ("where", {"picture": "cat"}, r"(proves little|was learned)"),
        ("invariance", {"change_kind": "Another picture"}, r"apart, with random weights"),
        ("circuits", {}, r"with random weights the strongest account for \d+"),
    ],
)
def test_the_screens_say_it(screen: str, query: dict[str, str], said: str):
    assert re.search(said, shown(app(screen, query=query)))
