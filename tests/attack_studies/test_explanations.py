"""Why it works: the linear view, and how far the layers part."""

from __future__ import annotations

import numpy as np
import pytest
from torch import nn

import explorer
from explorer.attack_studies.explanations import layer_distances, linearization, main_layers
from explorer.attacks import find_goal, shuffled_control
from explorer.pictures.images import from_array
from tests.support.small import linear_classifier


@pytest.fixture(scope="module")
def linear():
    """A network that is linear, so that every promise of its gradient is kept exactly."""
    return linear_classifier()


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_a_linear_network_gains_what_its_gradient_promises(linear, norm):
    network, image, weights = linear
    goal = find_goal(network, image)
    view = linearization(network, image, goal, norm=norm, epsilon=0.02)
    w = weights[network.class_index(view.rival)] - weights[goal.label]
    assert view.l1 == pytest.approx(float(w.abs().sum()), rel=1e-5)
    assert view.l2 == pytest.approx(float(w.norm()), rel=1e-5)
    assert view.predicted == pytest.approx(0.02 * (view.l1 if norm == "linf" else view.l2))
    assert view.measured == pytest.approx(view.predicted, rel=1e-3)
    assert 0.5 < view.measured_noise.std() / view.noise < 1.6  # of 16 draws
    assert view.margin < 0
    assert view.gradient.shape == (16, 16, 3)


def test_layers_part_by_their_distance(small, noisy):
    goal = find_goal(small, noisy)
    found = explorer.attack(small, noisy, epsilon=16 / 255)
    control = shuffled_control(small, noisy, found, goal)
    moves = layer_distances(small, found, control)
    names = [layer.name for layer in small.layers]
    assert [m.layer for m in moves] == sorted((m.layer for m in moves), key=names.index)
    for move in moves[:2]:
        clean, changed = (explorer.feature_maps(small, p, move.layer) for p in (found.original, found.adversarial))
        expected = np.linalg.norm(changed - clean) / np.linalg.norm(clean)
        assert move.adversarial == pytest.approx(expected, rel=1e-4)
        means = changed.mean((1, 2)) - clean.mean((1, 2))
        np.testing.assert_allclose(move.channels, means, atol=1e-5)
        assert move.most_moved(1) == [int(np.abs(means).argmax())]
    still = explorer.attack(small, noisy, epsilon=0)
    assert all(m.adversarial == m.noise == 0 for m in layer_distances(small, still, still))


def test_the_linear_views_rival_is_the_target_and_its_noise_is_drawn_anew(small, noisy):
    label = find_goal(small, noisy).label
    last = int(small.module(small.tensor(noisy))[0].argmin())  # not the one that the network names second
    aimed = linearization(small, noisy, find_goal(small, noisy, last), norm="linf", epsilon=0.1)
    free = linearization(small, noisy, find_goal(small, noisy), norm="linf", epsilon=0.1)
    logits = small.module(small.tensor(noisy))[0]
    assert aimed.rival == small.labels[last]
    assert aimed.margin == pytest.approx(float(logits[last] - logits[label]), abs=1e-4)
    assert free.rival == small.predict(noisy, 2)[1][0]
    assert len(np.unique(free.measured_noise)) == 16


def test_a_block_that_ends_as_its_last_part_does_is_told_once():
    nested = nn.Sequential(nn.Sequential(nn.Conv2d(3, 4, 1)), nn.Flatten(), nn.Linear(4 * 8 * 8, 3))
    network = explorer.wrap_network(nested, input_size=8)
    picture = from_array(np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8))
    found = explorer.attack(network, picture, epsilon=16 / 255)
    moves = layer_distances(network, found, found)
    assert [layer.name for layer in main_layers(network)] == ["0.0", "0", "1", "2"]
    assert [move.layer for move in moves] == ["0.0", "1", "2"]


def test_layers_tell_the_controls_way_too(small, fooled):
    found, control, _ = fooled
    moves = layer_distances(small, found, control)
    assert [move.layer for move in moves] == [
        "0",
        "1",
        *(f"2.{n}" for n in ("first", "bn", "relu", "second")),
        *"23456",
    ]
    for move in moves[:2]:
        clean, changed = (explorer.feature_maps(small, p, move.layer) for p in (found.original, control.adversarial))
        assert move.noise == pytest.approx(np.linalg.norm(changed - clean) / np.linalg.norm(clean), rel=1e-4)
        np.testing.assert_allclose(move.noise_channels, changed.mean((1, 2)) - clean.mean((1, 2)), atol=1e-5)
    ranked = moves[0].most_moved(3)
    assert list(np.abs(moves[0].channels)[ranked]) == sorted(np.abs(moves[0].channels), reverse=True)[:3]


def test_main_layers_are_few_shallow_and_end_with_the_last():
    deep = explorer.wrap_network(
        nn.Sequential(*[nn.Sequential(nn.Sequential(nn.Conv2d(3, 3, 1))) for _ in range(30)], nn.Flatten(),
                      nn.Linear(3 * 8 * 8, 2)), input_size=8,
    )  # fmt: skip
    names = [layer.name for layer in main_layers(deep)]
    assert len(names) == 24
    assert all(name.count(".") <= 1 for name in names)
    assert names[-1] == deep.layers[-1].name
