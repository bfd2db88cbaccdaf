"""Ensembles of small networks: each as it would be alone, the same bits from one seed, and what shipped runs hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

import explorer
from explorer.learning.augmentation.digits import augment
from explorer.learning.datasets.digits import Digits, split_digits
from explorer.learning.ensembles.compare import compare, split_data
from explorer.learning.ensembles.experiments import RESIDUAL_DEPTHS, SEEDS, SHIPPED, deep_network, network_of_budget
from explorer.learning.ensembles.network import Ensemble
from explorer.learning.ensembles.runs import CURVES, FILE, shipped_run
from explorer.learning.ensembles.settings import CHANGES, STRENGTHS, EnsembleSettings, parameters
from explorer.learning.ensembles.training import cross_entropies, optimizer_of, train_ensemble
from explorer.learning.optimization.optimizers import OPTIMIZERS

QUICK = EnsembleSettings(layers=(16, 16), epochs=2, learned=200)
FULL = replace(QUICK, batch_norm=True, dropout=0.3, residual=True, augmented=0.5)


@pytest.mark.parametrize("activation", ["ReLU", "sigmoid", "tanh"])
def test_it_computes_what_torchs_layers_compute(activation):
    settings = EnsembleSettings(layers=(5, 5, 5), activation=activation, batch_norm=True, residual=True)
    ensemble = Ensemble(4, 3, settings, (0, 7))
    x = torch.randn(2, 11, 4, generator=torch.Generator().manual_seed(0))
    logits, sums = ensemble(x)
    act = {"ReLU": functional.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}[activation]
    for one in range(2):
        values = x[one]
        for number in range(3):
            z = functional.linear(values, ensemble.weights[number][one].T, ensemble.biases[number][one, 0])
            z = functional.batch_norm(z, None, None, training=True)
            torch.testing.assert_close(sums[number][one], z, atol=1e-5, rtol=1e-4)
            values = values + act(z) if number else act(z)
        wanted = functional.linear(values, ensemble.weights[3][one].T, ensemble.biases[3][one, 0])
        torch.testing.assert_close(logits[one], wanted, atol=1e-5, rtol=1e-4)


def test_a_network_learns_as_it_would_alone():
    (*_, both) = train_ensemble(*split_digits(), FULL, seeds=(3, 8))
    (*_, alone) = train_ensemble(*split_digits(), FULL, seeds=(8,))
    assert both.loss[1] == pytest.approx(alone.loss[0], rel=1e-3)
    assert both.held_out[1] == pytest.approx(alone.held_out[0], abs=0.01)
    assert both.loss[0] != pytest.approx(alone.loss[0], rel=1e-3)


@pytest.mark.parametrize("settings", [QUICK, FULL, replace(QUICK, shuffled=True)])
def test_one_seed_gives_the_same_bits(settings):
    first, again = (list(train_ensemble(*split_digits(), settings, seeds=(5, 6))) for _ in range(2))
    assert [one.number for one in first] == [0, 1, 2]
    for one, other in zip(first, again, strict=True):
        for name in (*CURVES, "gradients", "means", "histograms", "changed"):
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


def test_looking_at_the_layers_changes_nothing():
    """What is measured between two passes leaves chance and running means alone."""
    learned, held_out = split_digits()
    from explorer.learning.ensembles.training import Trainer, _measure

    watched, unwatched = (Trainer(learned.first(200), FULL, (1,)) for _ in range(2))
    _measure(watched, held_out, 0, 0.0)
    for trainer in (watched, unwatched):
        trainer.train_epoch()
    for one, other in zip(watched.ensemble.parameters(), unwatched.ensemble.parameters(), strict=True):
        assert torch.equal(one, other)
    statistics = [one.ensemble.running_statistics[0] for one in (watched, unwatched)]
    assert all(torch.equal(one, other) for one, other in zip(*statistics, strict=True))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_each_optimizer_learns(optimizer):
    settings = replace(QUICK, optimizer=optimizer, rate=0.1 if optimizer in ("SGD", "momentum") else 0.005, epochs=4)
    epochs = list(train_ensemble(*split_digits(), settings))
    assert epochs[-1].loss[0] < 0.8 * epochs[0].loss[0]


def test_each_networks_gradient_is_its_own():
    ensemble = Ensemble(4, 3, EnsembleSettings(layers=(5,)), (0, 1))
    x, labels = torch.randn(2, 6, 4), torch.randint(0, 3, (2, 6))
    (gradient,) = torch.autograd.grad(cross_entropies(ensemble(x)[0], labels)[0], [ensemble.weights[0]])
    assert gradient[0].abs().sum() > 0
    assert gradient[1].abs().sum() == 0
    assert isinstance(optimizer_of(ensemble, EnsembleSettings(optimizer="Adam")), torch.optim.Adam)


def test_what_is_left_out_is_made_up_for_and_each_network_leaves_out_others():
    ensemble = Ensemble(4, 3, EnsembleSettings(layers=(5,), dropout=0.4), (0, 1))
    left = ensemble._dropout(torch.ones(2, 200, 50))
    assert left.unique().tolist() == pytest.approx([0, 1 / 0.6])
    assert left.mean((1, 2)).tolist() == pytest.approx([1, 1], abs=0.05)
    assert not torch.equal(left[0], left[1])


def test_a_change_of_strength_0_is_none_and_a_flip_mirrors():
    pictures = split_digits()[0].pictures[:40]
    source = torch.Generator().manual_seed(0)
    torch.testing.assert_close(augment(pictures, 0.0, CHANGES[:4], source), pictures, atol=1e-5, rtol=1e-4)
    flipped = augment(pictures, 1.0, ("flip",), source)
    same = [torch.allclose(a, b, atol=1e-5) for a, b in zip(flipped, pictures, strict=True)]
    mirrored = [torch.allclose(a, b.flip(-1), atol=1e-5) for a, b in zip(flipped, pictures, strict=True)]
    assert all(a or b for a, b in zip(same, mirrored, strict=True))
    assert 5 < sum(mirrored) < 35
    dark = augment(pictures, 1.0, ("darken",), source)
    assert (dark <= pictures + 1e-5).all()
    assert dark.sum() < 0.9 * pictures.sum()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"rate": 0.0}, "rate"), ({"rate": 1e9}, "rate"), ({"rate": float("nan")}, "rate"),
        ({"dropout": 1.0}, "dropout"),
        ({"layers": (0,)}, "layers"), ({"layers": (8,) * 200}, "layers"), ({"activation": "step"}, "activation"),
        ({"optimizer": "luck"}, "optimizer"), ({"epochs": 0}, "epochs"), ({"batch": 1}, "batch"),
        ({"changes": ("melt",)}, "changed"), ({"augmented": 2.0}, "augmented"),
    ],
)  # fmt: skip
def test_settings_that_do_not_do_are_said(settings, said):
    with pytest.raises(explorer.TrainingError, match=said):
        train_ensemble(*split_digits(), replace(QUICK, **settings))


def test_examples_that_do_not_do_are_said():
    learned, held_out = split_digits()
    with pytest.raises(explorer.TrainingError, match="two classes"):
        train_ensemble(Digits(learned.pictures[:5], torch.zeros(5, dtype=torch.long)), held_out, QUICK)
    with pytest.raises(explorer.TrainingError, match="two examples"):
        train_ensemble(learned.first(1), held_out, QUICK)
    with pytest.raises(explorer.TrainingError, match="networks learn at once"):
        train_ensemble(learned, held_out, QUICK, seeds=())
    with pytest.raises(explorer.TrainingError, match="digits or spirals"):
        split_data("cats")


def test_two_points_are_enough_and_batch_normalization_survives_them():
    learned, held_out = split_data("spirals")
    two = learned.first(2)
    (*_, last) = train_ensemble(two, held_out, replace(QUICK, batch_norm=True, learned=0))
    assert np.isfinite(last.loss).all()


def test_a_loss_that_overflows_is_said_and_the_next_one_goes_on():
    wild = replace(QUICK, layers=(64,) * 5, optimizer="SGD", rate=3.0, learned=0)
    with pytest.raises(explorer.TrainingError, match="smaller learning rate"):
        list(train_ensemble(*split_digits(), wild))
    steps = list(compare({"wild": wild, "tame": QUICK}, seeds=(0,)))
    assert ("wild", None) in steps
    assert steps[-1][0] == "tame"
    assert steps[-1][1].number == 2


def test_widths_share_the_same_number_of_parameters():
    for data, inputs, classes in (("spirals", 2, 2), ("digits", 64, 10)):
        counts = [parameters(inputs, network_of_budget(data, depth).layers, classes) for depth in (1, 2, 4, 8)]
        assert max(counts) < 1.07 * min(counts)
    ensemble = Ensemble(64, 10, EnsembleSettings(layers=(7, 5)), (0,))
    assert sum(one.numel() for one in ensemble.parameters()) == parameters(64, (7, 5), 10)


def test_what_comes_with_the_app_is_all_there_and_small():
    assert FILE.stat().st_size < 1e6
    broken_off = []
    for data, settings in SHIPPED:
        run = shipped_run(data, settings)
        assert run is not None
        assert run.curves["loss"].shape[1] == len(SEEDS)
        if len(run) != settings.epochs + 1:
            broken_off.append((data, settings.optimizer, settings.rate))
        elif data == "digits":
            assert run.changed.shape == (len(CHANGES), len(STRENGTHS), len(SEEDS))
    assert broken_off == [("digits", "SGD", 3.0)]  # its loss grows beyond all numbers in the first epoch
    assert shipped_run("digits", replace(QUICK, rate=0.0123)) is None


def test_what_comes_with_the_app_can_be_made_again():
    settings = network_of_budget("digits", 1)
    (*_, last) = train_ensemble(*split_digits(), settings, seeds=SEEDS)
    run = shipped_run("digits", settings)
    np.testing.assert_allclose(last.held_out, run.last("held_out"), atol=0.01)


def test_the_lecture_holds_in_what_comes_with_the_app():
    plain, added = (shipped_run("digits", deep_network(64, residual=one)) for one in (False, True))
    assert added.last("held_out").min() > plain.last("held_out").max() + 0.5
    assert plain.layers["gradients"][0][0] > 1000 * plain.layers["gradients"][0][-2]
    assert all(
        shipped_run("digits", deep_network(depth, residual=True)).last("held_out").min() > 0.8
        for depth in RESIDUAL_DEPTHS
    )
    wide, deeper = (shipped_run("spirals", network_of_budget("spirals", depth)) for depth in (1, 3))
    assert deeper.last("held_out").min() > wide.last("held_out").max()
