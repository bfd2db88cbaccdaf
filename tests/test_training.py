"""A small network learns: from noise, the same from the same seed, and nothing from shuffled labels."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from explorer.architecture.selectivity import mean_selectivity
from explorer.compute import compute_slot, cores
from explorer.learning.errors import TrainingError
from explorer.learning.exemplar_cnn import shipped_runs
from explorer.learning.exemplar_cnn.epochs import Epoch, read_epochs, save_epochs
from explorer.learning.exemplar_cnn.network import network_like, small_network
from explorer.learning.exemplar_cnn.shipped_runs import RUNS, SEEDS, SHUFFLED, TRUE, selectivities, shipped
from explorer.learning.exemplar_cnn.training import TrainingSettings, as_network, train
from explorer.pictures.samples import sample

SMALL = TrainingSettings(filters=8, patches=16, views=8, epochs=12)
IMAGES = (sample("coffee"), sample("brick"))


@pytest.fixture(scope="module")
def learned() -> list[Epoch]:
    return list(train(IMAGES, SMALL, device="cpu"))


def test_it_learns_and_tells_other_views_of_the_same_patches_apart(learned):
    assert [epoch.number for epoch in learned] == list(range(13))
    assert learned[-1].loss < 0.5 * learned[0].loss
    assert learned[-1].accuracy > 0.6
    assert learned[-1].held_out > 0.35 > 3 * learned[0].held_out
    assert all(a.seconds < b.seconds for a, b in pairwise(learned))


def test_an_untrained_network_guesses(learned):
    """The loss of even odds among 16 classes is log 16; weak noise is near it."""
    assert learned[0].accuracy < 0.2
    assert learned[0].loss == pytest.approx(np.log(16), abs=0.7)


def test_the_same_seed_gives_the_same_bits_whatever_else_draws_random_numbers(learned):
    torch.manual_seed(123)
    again = list(train(IMAGES, SMALL, device="cpu"))
    for one, other in zip(learned, again, strict=True):
        assert (one.loss, one.accuracy, one.held_out) == (other.loss, other.accuracy, other.held_out)
        assert all(torch.equal(one.state[name], other.state[name]) for name in one.state)


def test_another_seed_begins_elsewhere(learned):
    first = next(train(IMAGES, SMALL, seed=1, device="cpu"))
    assert not np.array_equal(first.filters, learned[0].filters)


def test_epochs_are_snapshots_that_nobody_can_change(learned):
    assert not np.array_equal(learned[0].filters, learned[1].filters)
    assert not torch.equal(learned[0].state["0.weight"], learned[1].state["0.weight"])
    with pytest.raises(ValueError, match="read-only"):
        learned[0].filters[0, 0, 0, 0] = 1
    assert not any(value.requires_grad for value in learned[-1].state.values())


def test_with_shuffled_labels_nothing_is_learned_about_other_views(learned):
    control = list(train(IMAGES, replace(SMALL, shuffled=True), device="cpu"))
    assert np.array_equal(control[0].filters, learned[0].filters)
    assert control[-1].held_out < 0.2 < 0.35 < learned[-1].held_out
    assert control[-1].loss > 1.2 * learned[-1].loss


def test_without_batch_normalization_it_begins_from_the_same_filters(learned):
    bare = next(train(IMAGES, replace(SMALL, batch_norm=False), device="cpu"))
    assert np.array_equal(bare.filters, learned[0].filters)
    assert not any("running_mean" in name for name in bare.state)


def test_weight_decay_alone_shrinks_the_first_filters():
    """Without a difference between the classes the gradient is small: each of n steps leaves 1 − rate · decay."""
    lone = TrainingSettings(filters=4, patches=2, views=4, epochs=2, rate=1e-6, decay=10)
    epochs = list(train(IMAGES, replace(lone, rate=0.01), device="cpu"))
    weak = list(train(IMAGES, replace(lone, rate=0.01, decay=0), device="cpu"))
    ratio = np.linalg.norm(epochs[-1].filters) / np.linalg.norm(weak[-1].filters)
    assert ratio < 0.9


def test_closing_it_ends_it_and_leaves_no_thread_and_no_turn_taken():
    before = threading.active_count()
    steps = train(IMAGES, replace(SMALL, epochs=1000), device="cpu")
    next(steps)
    next(steps)
    steps.close()
    assert threading.active_count() == before
    with pytest.raises(StopIteration):
        next(steps)
    for _ in range(cores() + 1):  # were a turn still held, the last would wait for ever
        with compute_slot():
            pass


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"filters": 0}, "number of filters is 1 to 256, not 0"),
        ({"patches": 1}, "number of patches is 2 to 2000, not 1"),
        ({"views": 65}, "number of views is 1 to 64, not 65"),
        ({"epochs": 0}, "number of epochs is 1 to 1000, not 0"),
        ({"rate": 0.0}, "learning rate is above 0"),
        ({"rate": float("nan")}, "learning rate is above 0"),
        ({"decay": -1.0}, "weight decay is 0 to 10, not -1"),
    ],
)
def test_settings_that_do_not_do_are_told_at_once(wrong, said):
    with pytest.raises(TrainingError, match=said):
        train(IMAGES, replace(SMALL, **wrong))


def test_a_loss_that_runs_away_is_told_and_what_was_reached_stays(monkeypatch):
    steps = train([sample("coffee")], TrainingSettings(filters=2, patches=4, views=2, epochs=3), seed=0, device="cpu")
    assert next(steps).number == 0
    monkeypatch.setattr("explorer.learning.exemplar_cnn.training._train_epoch", lambda *_: (float("nan"), 0.0))
    with pytest.raises(TrainingError, match="smaller learning rate"):
        next(steps)


def test_an_epoch_becomes_a_network_that_says_the_same(learned):
    network = as_network(learned[-1], side=32)
    assert network.labels[3] == "patch 3"
    assert len(network.labels) == 16
    module = small_network(8, 16, True)
    module.load_state_dict(dict(learned[-1].state))
    x = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(network.module(x), module.eval()((x - 0.5) / 0.25))
    assert as_network(learned[-1]).predict(sample("coffee"))[0][0].startswith("patch ")


@pytest.mark.parametrize("norm", [True, False])
def test_its_layers_are_called_by_what_they_do(norm, learned):
    state = learned[-1].state if norm else small_network(8, 16, False).state_dict()
    names = [layer.name for layer in as_network(replace(learned[-1], state=state), side=32).layers]
    blocks = [[f"conv{n}", *[f"norm{n}"] * norm, f"relu{n}"] for n in (1, 2, 3)]
    assert names == [*blocks[0], *blocks[1], "pool", *blocks[2], "mean", "flatten", "classifier"]


def test_a_network_without_batch_normalization_is_known_by_its_weights():
    module = small_network(5, 7, False)
    same = network_like(module.state_dict())
    x = torch.rand(1, 3, 40, 40)
    torch.testing.assert_close(same(x), module(x))


def test_filters_alone_make_no_network(learned):
    with pytest.raises(TrainingError, match="only the filters were kept"):
        as_network(replace(learned[-1], state={}))


def test_epochs_survive_a_file(learned, tmp_path):
    save_epochs(learned, tmp_path / "run.npz")
    for one, other in zip(learned, read_epochs(tmp_path / "run.npz"), strict=True):
        assert (one.number, one.loss, one.accuracy, one.held_out) == (
            other.number, other.loss, other.accuracy, other.held_out,
        )  # fmt: skip
        limits = np.abs(one.filters).max((1, 2, 3), keepdims=True)
        assert (np.abs(one.filters - other.filters) <= limits / 253).all()
        assert one.selectivity == pytest.approx(other.selectivity, abs=0.01)
        assert not other.filters.flags.writeable


def test_the_shipped_run_learned_oriented_filters_and_its_control_by_heart():
    true, control = shipped(TRUE), shipped(SHUFFLED)
    assert mean_selectivity(true[-1].filters) > 2 * mean_selectivity(true[0].filters)
    assert true[-1].held_out > 0.4
    assert control[-1].accuracy > 0.5
    assert control[-1].held_out < 0.03
    np.testing.assert_array_equal(control[0].filters, true[0].filters)


def test_what_labels_add_is_seen_from_every_seed_at_the_same_epoch():
    true, shuffled = selectivities(TRUE), selectivities(SHUFFLED)
    assert true.shape == shuffled.shape == (len(SEEDS), RUNS[TRUE].epochs + 1)
    np.testing.assert_array_equal(true[:, 0], shuffled[:, 0])  # the same noise
    assert len(set(true[:, 0])) == len(SEEDS)
    assert true[0] == pytest.approx([epoch.selectivity for epoch in shipped(TRUE)], abs=0.02)
    assert true[:, -1].min() > shuffled[:, -1].max()


def test_the_repeats_are_written_as_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped_runs, "PHOTOGRAPHS", ("coffee",))
    monkeypatch.setattr(
        shipped_runs, "RUNS", {run: replace(RUNS[run], filters=2, patches=4, views=1) for run in (TRUE, SHUFFLED)}
    )
    shipped_runs.write_repeats(tmp_path, seeds=(3, 5), epochs=1)
    monkeypatch.setattr(shipped_runs, "FOLDER", tmp_path)
    found = shipped_runs.selectivities.__wrapped__(SHUFFLED)
    assert found.shape == (2, 2)
    settings = replace(RUNS[SHUFFLED], filters=2, patches=4, views=1, epochs=1)
    alone = [e.selectivity for e in train([sample("coffee")], settings, seed=5, device="cpu")]
    assert found[1].tolist() == alone


def test_the_shipped_weights_are_those_of_the_shipped_history():
    last = shipped(TRUE)[-1]
    weights = last.state["0.weight"].numpy()
    assert (np.abs(weights - last.filters) <= np.abs(weights).max((1, 2, 3), keepdims=True) / 253).all()
    assert as_network(last, side=64).layers[0].shape[0] == RUNS[TRUE].filters
