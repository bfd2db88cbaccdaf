"""Attacks made for one network and shown to another, beside noise as large."""

from __future__ import annotations

from dataclasses import replace

import pytest

import explorer
from explorer.attack_studies.transfer import TransferResult, transfer
from explorer.attacks import AttackError, AttackSettings, find_goal, run_attack, shuffled_control
from explorer.pictures.crops import resize_crop

HOW = AttackSettings(epsilon=16 / 255, steps=4)


@pytest.mark.parametrize("how", [HOW, AttackSettings("patch", "l2", steps=4, pixels=12)])
def test_transfer_fills_a_square_and_rows_of_the_control(small, noisy, how):
    other = explorer.wrap_network(small.module.body, input_size=32, name="other")
    networks = [("a", small), ("b", other)]
    found = list(transfer(networks, noisy, how, draws=3))
    assert [(v.made_for, v.shown_to) for v in found[:4]] == [(m, on) for m in ("a", "b") for on in ("a", "b")]
    assert [(v.made_for, v.shown_to) for v in found[4:]] == [(None, on) for on in ("a", "b") for _ in range(3)]
    attack = run_attack(small, noisy, find_goal(small, noisy), how)  # the attack on the screen, whichever it is
    assert found[0].predicted == attack.after[0]
    assert found[0].clean == attack.before[0]
    assert (found[0].outcome == "fooled") == attack.success
    drawn = [shuffled_control(small, noisy, attack, find_goal(small, noisy), seed=draw) for draw in range(3)]
    assert [v.predicted for v in found[4:7]] == [one.after[0] for one in drawn]
    with pytest.raises(AttackError, match="at least one network"):
        next(transfer([], noisy, how))


def test_a_strange_target_is_left_out(small, noisy):
    other = explorer.wrap_network(small.module, input_size=48, labels=[f"thing {i}" for i in range(10)], name="other")
    target = small.labels[(find_goal(small, noisy).label + 1) % 10]
    found = list(transfer([("a", small), ("b", other)], noisy, HOW, target=target, draws=1))
    aimed = explorer.attack(small, noisy, epsilon=16 / 255, target=target, steps=4)
    free = explorer.attack(other, noisy, epsilon=16 / 255, steps=4)
    noise = shuffled_control(small, noisy, aimed, find_goal(small, noisy, target))
    for verdict, (one, network) in zip(
        found, [(one, network) for one in (aimed, free, noise) for network in (small, other)], strict=True
    ):
        said = [
            network.predict(resize_crop(shown, network.input_size, network.input_size), 1)[0]
            for shown in (one.adversarial, one.original)
        ]
        assert [verdict.predicted, verdict.clean] == said
    assert [one.target for one in found] == [target, None, None, None, target, None]
    with pytest.raises(AttackError, match="from 0 on"):
        next(transfer([("a", small)], noisy, replace(HOW, epsilon=-1)))


@pytest.mark.parametrize(
    ("said", "target", "outcome"),
    [
        (("cat", 0.4), None, "recovered"), (("dog", 0.4), None, "fooled"), (("dog", 0.4), "dog", "fooled"),
        (("dog", 0.4), "bee", "another class"), (("cat", 0.1), "bee", "recovered"),
    ],
)  # fmt: skip
def test_fooled_means_what_it_means_on_the_other_screens(said, target, outcome):
    assert TransferResult("a", "b", said, ("cat", 0.9), target).outcome == outcome
