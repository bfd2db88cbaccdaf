"""Attacks made for one network and shown to another, beside noise as large."""

from __future__ import annotations

import pytest

import explorer
from explorer.attack_studies.transfer import Verdict, transfer
from explorer.attacks import AttackError, find_goal
from explorer.pictures.images import resize_crop


def test_transfer_fills_a_square_and_a_row_of_noise(small, noisy):
    other = explorer.wrap_network(small.module.body, input_size=32, name="other")
    networks = [("a", small), ("b", other)]
    found = list(transfer(networks, noisy, norm="linf", epsilon=16 / 255, steps=4))
    assert [(v.made_for, v.on) for v in found] == [(m, on) for m in ("a", "b", None) for on in ("a", "b")]
    attack = explorer.attack(small, noisy, epsilon=16 / 255, steps=4)
    assert found[0].said == attack.after[0]
    assert found[0].clean == attack.before[0]
    assert found[0].fooled == attack.success
    with pytest.raises(AttackError, match="at least one network"):
        next(transfer([], noisy, norm="linf", epsilon=0.1))


def test_transfers_control_is_noise_and_a_strange_target_is_left_out(small, noisy):
    other = explorer.wrap_network(small.module, input_size=48, labels=[f"thing {i}" for i in range(10)], name="other")
    target = small.labels[(find_goal(small, noisy).label + 1) % 10]
    found = transfer([("a", small), ("b", other)], noisy, norm="linf", epsilon=16 / 255, target=target, steps=4)
    aimed = explorer.attack(small, noisy, epsilon=16 / 255, target=target, steps=4)
    free = explorer.attack(other, noisy, epsilon=16 / 255, steps=4)
    noise = explorer.random_perturbation(small, noisy, norm="linf", epsilon=16 / 255)
    for verdict, (one, network) in zip(
        found, [(one, network) for one in (aimed, free, noise) for network in (small, other)], strict=True
    ):
        said = [
            network.predict(resize_crop(shown, network.input_size, network.input_size), 1)[0]
            for shown in (one.adversarial, one.original)
        ]
        assert [verdict.said, verdict.clean] == said
    with pytest.raises(AttackError, match="from 0 on"):
        next(transfer([("a", small)], noisy, norm="linf", epsilon=-1))


def test_less_sure_of_the_same_word_is_not_fooled():
    assert not Verdict("a", "b", ("cat", 0.4), ("cat", 0.9)).fooled
    assert Verdict("a", "b", ("dog", 0.4), ("cat", 0.9)).fooled
