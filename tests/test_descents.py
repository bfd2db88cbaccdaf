"""Optimizers written out, beside torch's own; surfaces' gradients beside differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import explorer
from explorer.learning.optimization.descents import SURFACES, descend
from explorer.learning.optimization.optimizers import OPTIMIZERS

TORCHS = {
    "SGD": lambda w, rate: torch.optim.SGD(w, rate),
    "momentum": lambda w, rate: torch.optim.SGD(w, rate, momentum=0.9),
    "RMSprop": torch.optim.RMSprop,
    "Adam": torch.optim.Adam,
}


@pytest.mark.parametrize("surface", SURFACES)
def test_a_gradient_is_what_differences_say(surface):
    found, tiny = SURFACES[surface], 1e-6
    for w in np.random.default_rng(0).uniform(-1.5, 1.5, (5, 2)):
        steps = tiny * np.eye(2)
        wanted = [(found.loss(w + step) - found.loss(w - step)) / (2 * tiny) for step in steps]
        np.testing.assert_allclose(found.gradient(w), wanted, atol=1e-5)
    assert np.abs(found.gradient(np.array(found.minimum))).max() < 1e-12


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_way_is_torchs(optimizer):
    w = torch.tensor([-1.6, 1.2], dtype=torch.float64, requires_grad=True)
    theirs = TORCHS[optimizer]([w], 0.005)
    way = [w.detach().numpy().copy()]
    for _ in range(40):
        w.grad = torch.from_numpy(SURFACES["a bent valley"].gradient(w.detach().numpy()))
        theirs.step()
        way.append(w.detach().numpy().copy())
    ours = descend("a bent valley", optimizer, rate=0.005, start=(-1.6, 1.2), steps=40)
    np.testing.assert_allclose(ours, way, atol=1e-9)


def test_one_that_flies_off_ends_early_with_finite_places():
    way = descend("a bent valley", "SGD", rate=1.0, start=(-1.6, 1.2), steps=100)
    assert len(way) < 101
    assert np.isfinite(way).all()


def test_noise_of_one_seed_is_the_same():
    how = {"rate": 0.01, "start": (1.0, 1.0), "steps": 20, "noise": 1.0}
    first, again, other = (descend("a bowl", "Adam", seed=seed, **how) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes() != other.tobytes()


@pytest.mark.parametrize(
    "how", [{"rate": 0.0}, {"rate": 1e9}, {"rate": float("nan")}, {"steps": 0}, {"noise": -1.0}, {"surface": "a hill"}]
)
def test_numbers_out_of_range_are_said(how):
    usual = {"surface": "a bowl", "optimizer": "SGD", "rate": 0.1, "start": (1.0, 1.0), "steps": 3}
    with pytest.raises(explorer.TrainingError):
        descend(**(usual | how))
