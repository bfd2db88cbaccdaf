"""Is an attack sound: each check fails by its own number, and a masked gradient is found out."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import explorer
from explorer.attack_studies import checks
from explorer.attack_studies.checks import sanity_checks
from explorer.attacks import AttackError
from tests.support.small import noisy_picture


def test_checks_tell_a_sound_attack_from_a_masked_gradient(small):
    images = [noisy_picture(seed) for seed in range(4)]
    found = list(sanity_checks(small, images, epsilon=8 / 255, steps=6))
    assert len(found) == 6
    assert found[0].passed
    assert found[1].passed

    class Masked(nn.Module):
        """Its gradient is zero nearly everywhere, its errors are those of the small network."""

        def __init__(self):
            super().__init__()
            self.inner = small.module

        def forward(self, x):
            return self.inner((x * 16).round() / 16)

    masked = explorer.wrap_network(Masked(), input_size=32)
    told = {check.question: check.passed for check in sanity_checks(masked, images, epsilon=16 / 255, steps=6)}
    assert not told["Does a large ε fool every time?"]
    assert not told["Does the gradient get further than a search without it?"]
    with pytest.raises(AttackError, match="below one level"):
        next(sanity_checks(small, images, epsilon=0.5 / 255))


SOUND = {"few": 3, "once": 2, "double": 3, "large": 4, "again": 3, "blind": 1, "ahead": 0, "noisy": 0}


@pytest.mark.parametrize(
    ("odd", "failing"),
    [
        ({}, []),
        ({"once": 4}, ["Are many steps at least as good as one?"]),
        ({"double": 2}, ["Are more steps at least as good?"]),
        ({"large": 3}, ["Does a large ε fool every time?"]),
        ({"again": 1}, ["Does it work as well from a random start?"]),
        ({"blind": 4}, ["Does the gradient get further than a search without it?"]),
        ({"ahead": 2}, ["Does the gradient get further than a search without it?"]),
        ({"noisy": 3}, ["Does random noise do less?"]),
        (dict.fromkeys(("few", "once", "double", "again", "blind"), 0), []),  # nothing fools: noise can't do less
    ],
)
def test_each_check_fails_by_its_own_number(small, monkeypatch, odd, failing):
    counts = SOUND | odd
    attacked, judged = (iter([counts[name] for name in names]) for names in (
        ("once", "double", "large", "again"), ("few", "blind", "noisy")
    ))  # fmt: skip
    lead = torch.zeros(4)
    leads = iter([lead - (torch.arange(4) < counts["ahead"]).float(), lead])  # of the search, of the gradient
    monkeypatch.setattr(checks._Subjects, "by_gradient", lambda *_, **__: next(attacked))
    monkeypatch.setattr(checks._Subjects, "attacked", lambda *_, **__: None)
    monkeypatch.setattr(checks._Subjects, "fooled", lambda *_: next(judged))
    monkeypatch.setattr(checks._Subjects, "margins", lambda *_: next(leads))
    monkeypatch.setattr(checks, "square_attack", lambda *_, **__: None)
    pictures = [noisy_picture(seed) for seed in range(4)]
    found = list(sanity_checks(small, pictures, epsilon=4 / 255, steps=3))
    assert [check.question for check in found if not check.passed] == failing
    assert all(str(counts["few"]) in check.finding for check in (found[0], found[1], found[3], found[4]))
    with pytest.raises(AttackError, match="at least one picture"):
        next(sanity_checks(small, [], epsilon=4 / 255))


def test_each_question_is_one_to_which_a_sound_attack_answers_yes(small):
    """A tick beside "Does it depend on the start? Yes" said the opposite of what was found."""
    found = list(sanity_checks(small, [noisy_picture(seed) for seed in range(2)], epsilon=8 / 255, steps=1))
    assert len(found) == 6
    for check in found:
        assert check.question.split()[0] in ("Are", "Does")
        assert "depend" not in check.question
        assert "1 steps" not in check.finding
        assert "not" not in check.question


def test_the_checks_ask_what_they_say(small, monkeypatch):
    asked = []

    def fake(model, pictures, classes, **how):
        asked.append((len(pictures), how))
        return pictures

    monkeypatch.setattr(checks, "attack_batch", fake)
    pictures = [noisy_picture(seed) for seed in range(9)]
    found = list(sanity_checks(small, pictures, epsilon=4 / 255, steps=3))
    assert {count for count, _ in asked} == {checks.MOST} == {8}
    settings = [(how["steps"], round(255 * how["epsilon"]), how["step_size"]) for _, how in asked]
    assert settings == [(3, 4, None), (1, 4, 4 / 255), (6, 4, None), (3, 32, None), (3, 4, None)]
    assert [how.get("random_start", False) for _, how in asked] == [False] * 4 + [True]
    assert "3 steps fool 0 of 8" in found[0].finding


def test_checks_count_what_is_fooled_once_rounded(small, near_a_border):
    x = small.tensor(near_a_border)
    labels = small.module(x).argmax(1)
    subjects = checks._Subjects(small, x, labels, 0.0)
    assert subjects.fooled(1 - x, 0.0) == 0  # rounded to within nothing
    assert subjects.fooled(1 - x, 1.0) == int(small.module(1 - x).argmax(1) != labels)
    *_, noise = sanity_checks(small, [near_a_border], epsilon=8 / 255, steps=2)
    alone = explorer.random_perturbation(small, near_a_border, norm="linf", epsilon=8 / 255, seed=0)
    assert f"fools {int(alone.success)} of 1" in noise.finding
