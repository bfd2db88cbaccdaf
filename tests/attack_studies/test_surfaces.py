"""The loss around a picture: that of the network at each point, along the attack and along noise as long."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.attack_studies.surfaces import loss_surface
from explorer.attacks import AttackError, find_goal
from explorer.pictures.images import from_array


def test_the_surface_is_the_loss_at_its_points(small, noisy):
    goal = find_goal(small, noisy)
    found = explorer.attack(small, noisy, epsilon=8 / 255)
    rows = list(loss_surface(small, noisy, found, goal, points=3, reach=1.0))
    assert [row.along for row in rows] == [-1, 0, 1]

    def loss(x):
        return float(nn.functional.cross_entropy(small.module(x), torch.tensor([goal.label])))

    assert rows[1].loss[1] == pytest.approx(loss(small.tensor(noisy)), rel=1e-4)
    assert rows[2].loss[1] == pytest.approx(loss(small.tensor(found.adversarial)), rel=1e-3)
    assert rows[2].label[1] == pytest.approx(np.exp(-rows[2].loss[1]), rel=1e-5)
    with pytest.raises(AttackError, match="larger ε"):
        next(loss_surface(small, noisy, explorer.attack(small, noisy, epsilon=0), goal))


class Probe(nn.Module):
    """Keeps what it is shown."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner, self.seen = inner, list[torch.Tensor]()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen.append(x.detach().clone())
        return self.inner(x)


def test_the_random_direction_of_a_surface_is_as_long_as_the_attacks(small):
    grey = from_array(np.random.default_rng(1).integers(100, 156, (32, 32, 3), np.uint8))  # far from 0 and 1
    network = explorer.wrap_network(Probe(small.module), input_size=32)
    probe = next(one for one in network.module.modules() if isinstance(one, Probe))  # a copy was wrapped
    found = explorer.attack(network, grey, epsilon=4 / 255)
    probe.seen.clear()
    list(loss_surface(network, grey, found, find_goal(network, grey), points=3, reach=1.0))
    down, level, up = probe.seen[-3:]
    start, change = network.tensor(found.original)[0], torch.tensor(found.perturbation).permute(2, 0, 1)
    torch.testing.assert_close(level[1], start)
    torch.testing.assert_close(up[1] - start, change)
    torch.testing.assert_close(down[1] - start, -change)
    noise = level[2] - start
    torch.testing.assert_close(level[0] - start, -noise)
    assert float(noise.norm()) == pytest.approx(found.l2, rel=1e-4)
    assert abs(float((noise * change).sum())) < 0.2 * found.l2**2  # another direction
    white = from_array(np.full((32, 32, 3), 255, np.uint8))
    probe.seen.clear()
    list(loss_surface(network, white, found, find_goal(network, grey), points=3))
    assert max(float(x.max()) for x in probe.seen) <= 1
    with pytest.raises(AttackError, match="at least 2 points"):
        next(loss_surface(network, grey, found, find_goal(network, grey), points=1))
