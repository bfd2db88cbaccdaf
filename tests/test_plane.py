"""Networks in the plane: points, the draw, training against PyTorch's, tables, and what is said of bad input."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch

import explorer
from explorer.learning.optimization.optimizers import OPTIMIZERS
from explorer.learning.plane import network, training
from explorer.learning.plane.points import ARRANGEMENTS, SIDE, held_out_mask, plane_points, spiral
from explorer.learning.plane.seeded import Seeded
from explorer.learning.plane.table import read_points

FUNCTIONS = {"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
TORCH = {"SGD": torch.optim.SGD, "momentum": torch.optim.SGD, "RMSprop": torch.optim.RMSprop, "Adam": torch.optim.Adam}


def trained(**how: Any) -> list[explorer.PlaneEpoch]:
    points, labels = plane_points("moons", 40, noise=0.1)
    return list(explorer.train_plane(points, labels, **({"epochs": 5} | how)))


def test_the_draw_is_even_normal_and_its_streams_are_not_alike():
    random = Seeded(5)
    even = np.array([random.uniform() for _ in range(10_000)])
    assert even.min() > 0
    assert even.max() < 1
    assert np.histogram(even, 10, (0, 1))[0] == pytest.approx([1000] * 10, rel=0.12)
    random = Seeded(3)
    normal = np.array([random.normal() for _ in range(10_000)])
    assert (normal.mean(), normal.std()) == pytest.approx((0, 1), abs=0.04)
    streams = np.array([[Seeded(seed, stream).uniform() for seed in range(800)] for stream in range(5)])
    assert np.abs(np.corrcoef(streams) - np.eye(5)).max() < 0.12
    near, far = Seeded(1), Seeded(1 + 2**31)  # one bit apart
    assert 8 < (near.state ^ far.state).bit_count() < 24
    assert sorted(Seeded(1).order(50)) == list(range(50))
    assert Seeded(1).order(50) != Seeded(2).order(50)


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_an_arrangement_lies_in_the_plane_and_more_points_change_no_seed(name):
    points, labels = plane_points(name, 301, seed=4)
    assert points.shape == (301, 2)
    assert abs(int(labels.sum()) - 150) <= 1
    assert np.abs(points).max() < 1.3 * SIDE
    assert (points == plane_points(name, 301, seed=4)[0]).all()
    if name != "spirals":  # without noise there is one spiral
        assert not (points == plane_points(name, 301, seed=5)[0]).all()
    mask = held_out_mask(301, 0.3, seed=4)
    assert (held_out_mask(302, 0.3, seed=4)[:301] == mask).all()
    assert mask.mean() == pytest.approx(0.3, abs=0.08)


def test_two_spirals_are_half_a_turn_apart():
    shares = np.linspace(0, 1, 9)
    first, second = (spiral(shares, label, begins=0.2, reaches=2.5, turns=1.75) for label in (0, 1))
    np.testing.assert_allclose(first, -second, atol=1e-12)
    np.testing.assert_allclose(np.hypot(*first), np.linspace(0.2, 2.5, 9))
    np.testing.assert_allclose(first[:, -1], [0, -2.5], atol=1e-12)  # after 1¾ turns


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    ("layers", "activation"), [((4,), "sigmoid"), ((3, 5), "tanh"), ((6, 2, 3, 4), "relu"), ((), "tanh")]
)
def test_a_batch_of_all_points_moves_weights_as_pytorch_does(optimizer, layers, activation):
    points, labels = plane_points("circles", 50)
    how = {"layers": layers, "activation": activation, "optimizer": optimizer, "rate": 0.02, "decay": 0.01}
    ours = list(explorer.train_plane(points, labels, batch=50, epochs=12, seed=3, **how))
    sizes = (2, *layers, 1)
    parts: list[torch.nn.Module] = []
    for rows, columns, W in zip(sizes[1:], sizes, ours[0].weights, strict=False):
        linear = torch.nn.Linear(columns, rows).double()
        linear.weight.data, linear.bias.data = torch.tensor(W), torch.zeros(rows, dtype=torch.float64)
        parts += [linear, FUNCTIONS[activation]()]
    net = torch.nn.Sequential(*parts[:-1])
    more = {"momentum": 0.9} if optimizer == "momentum" else {}
    moving = TORCH[optimizer](net.parameters(), lr=0.02, weight_decay=0.01, **more)
    for epoch in ours:
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            net(torch.tensor(points))[:, 0], torch.tensor(labels).double()
        )
        assert epoch.loss == pytest.approx(loss.item(), abs=1e-9)
        moving.zero_grad()
        loss.backward()
        moving.step()


def test_one_seed_gives_the_same_bits_and_another_others():
    first, again, other = trained(), trained(), trained(seed=1)
    for one, two in zip(first, again, strict=True):
        assert all(
            (W == V).all() for W, V in zip((*one.weights, *one.biases), (*two.weights, *two.biases), strict=True)
        )
        assert (one.loss, one.accuracy) == (two.loss, two.accuracy)
    assert first[0].loss != other[0].loss
    with pytest.raises(ValueError, match="read-only"):
        first[0].weights[0][0, 0] = 1


@pytest.mark.parametrize("layers", [(), (3,), (4, 1, 16)])
def test_the_parameters_are_counted_and_split_as_the_network_has_them(layers):
    net = network.PlaneNetwork(layers, "tanh", 0)
    assert network.parameter_count(layers) == net.flat.size
    parts = [part for pair in zip(*network.split_parameters(net.flat, layers), strict=True) for part in pair]
    np.testing.assert_array_equal(np.concatenate([part.ravel() for part in parts]), net.flat)
    assert [part.shape for part in parts[:2]] == [((*layers, 1)[0], 2), ((*layers, 1)[0],)]


def test_the_start_is_glorots_and_the_order_is_none_of_the_starts_numbers():
    weights = [trained(layers=(16, 4), epochs=0, seed=seed)[0].weights for seed in range(20)]
    for layer, limit in enumerate(np.sqrt(6 / np.array([18, 20, 5]))):
        largest = max(np.abs(one[layer]).max() for one in weights)
        assert 0.9 * limit < largest <= limit
    assert Seeded(0, training._ORDER).order(40) != Seeded(0, network._START).order(40)


def test_it_learns_and_what_is_held_out_is_not_learned_from():
    points, labels = plane_points("circles", 200, noise=0.1)
    held = held_out_mask(200, 0.3)
    epochs = list(explorer.train_plane(points, labels, held_out=held, epochs=100))
    assert epochs[-1].accuracy > 0.97
    assert epochs[-1].held_out_accuracy > 0.9
    moved = points.copy()
    moved[held] += 1
    others = list(explorer.train_plane(moved, labels, held_out=held, epochs=3))
    assert others[3].loss == epochs[3].loss
    assert others[3].held_out_loss != epochs[3].held_out_loss
    assert np.isnan(trained()[0].held_out_loss)


def test_a_weight_set_by_hand_is_learned_on_from():
    plain, edited = trained(), trained(edits={2: {0: 0.75}, 0: {1: -1.5}})
    assert edited[0].weights[0][0, 1] == -1.5
    assert edited[2].weights[0][0, 0] == 0.75
    assert edited[3].weights[0][0, 0] != plain[3].weights[0][0, 0]


@pytest.mark.parametrize(("how", "says"), [
    ({"layers": (4,) * 5}, "0 to 4 layers"), ({"layers": (17,)}, "1 to 16 units"), ({"layers": (0,)}, "1 to 16 units"),
    ({"activation": "swish"}, "no activation 'swish'"), ({"optimizer": "LBFGS"}, "no optimizer 'LBFGS'"),
    ({"rate": 0}, "above 0 and at most 100, not 0"), ({"rate": 1e9}, "at most 100"),
    ({"rate": float("nan")}, "not nan"),
    ({"batch": 0}, "1 to 500 points"), ({"decay": -1}, "0 to 1"), ({"epochs": 10**9}, "0 to 3000"),
    ({"edits": {0: {0: float("nan")}}}, "set by hand is finite, in one of the places 0 to 16: not nan in place 0"),
    ({"edits": {3: {99: 1.0}}}, "in place 99"),
    ({"held_out": [True] * 40}, "all of one class"), ({"held_out": [False]}, "40 points need as many marks"),
])  # fmt: skip
def test_a_setting_that_does_not_do_gets_a_sentence(how, says):
    points, labels = plane_points("moons", 40)
    with pytest.raises(explorer.TrainingError, match=says):
        explorer.train_plane(points, labels, **how)  # before the first epoch is asked for


@pytest.mark.parametrize(("points", "labels", "says"), [
    ([[0, 0]], [0], "At least two points"), ([[0, 0], [1, 1]], [1, 1], "all of one class"),
    ([[0, 0], [np.nan, 1]], [0, 1], "isn't finite"), ([[0, 0], [1, 1]], [0, 2], "0 or 1"),
    ([["a", 0], [1, 1]], [0, 1], "pairs of numbers"), ([[0, 0, 0], [1, 1, 1]], [0, 1], "At least two points"),
    ([[0, 0], [1]], [0, 1], "pairs of numbers"), ([], [], "At least two points"),
])  # fmt: skip
def test_points_that_do_not_do_get_a_sentence(points, labels, says):
    with pytest.raises(explorer.TrainingError, match=says):
        explorer.train_plane(points, labels)


def test_two_points_are_enough_and_an_overflow_is_said():
    assert list(explorer.train_plane([[0, 0], [1, 1]], [0, 1], epochs=50))[-1].accuracy == 1
    runs = explorer.train_plane([[1e300, 1], [-1e300, 1]], [0, 1], layers=(), optimizer="SGD", rate=100, epochs=9)
    with pytest.raises(explorer.TrainingError, match=r"In epoch \d the loss grows beyond what 64 bits hold"):
        list(islice(runs, 9))


def test_what_is_asked_of_points_and_of_a_share_is_checked():
    for how, says in (({"name": "rings"}, "no arrangement"), ({"count": 1}, "2 to 500"), ({"noise": 2}, "0 to 1")):
        with pytest.raises(explorer.TrainingError, match=says):
            plane_points(**({"name": "moons"} | how))
    with pytest.raises(explorer.TrainingError, match=r"0 to 0\.9"):
        held_out_mask(9, 1.0)


@pytest.mark.parametrize("text", [
    "a,b,c\n1,2,yes\n3,6,no\n2,4,no\n", "1;2;1\n3;6;0\n2;4;0\n", "1\t2\tb\n3\t6\ta\n2\t4\ta\n",
    "x;y;c\n1,0;2,0;k\n3,0;6,0;h\n2,0;4,0;h\n",
])  # fmt: skip
def test_a_table_in_any_dialect_fills_the_plane(text):
    points, labels = read_points(text.encode(), "mine.csv")
    np.testing.assert_allclose(points, [[-1.2, -2.4], [1.2, 2.4], [0, 0]])
    assert labels.tolist() == [1, 0, 0]


@pytest.mark.parametrize(("content", "says"), [
    (b"", "is empty"), (b"\0\1\2", "no text"), (b"one,two\n1,2\n", "fewer than three cells"),
    (b"once upon a time\n", "0 rows of numbers"), (b"1,2,a\n3,4,a\n", "1 labels in its third column"),
    (b"1,2,a\n3,4,b\n5,6,c\n", "3 labels"), (b"x,y,c\nQ,2,a\n3,4,b\n", "no two numbers in its row 1"),
    (b"1,nan,a\n3,4,b\n", "no two numbers"), (b"1,2,a\n1,2,b\n", "all in one place"), (b"1,2,a\n", "1 rows"),
    (b"1,2,a\n3,4,b\n" * 300, "600 rows"), (b"x" * 6_000_000, "larger than 5 MB"),
    (b"1e308,2,a\n-1e308,4,b\n", "too far apart"),
])  # fmt: skip
def test_a_table_that_holds_no_points_gets_a_sentence(content, says):
    with pytest.raises(explorer.TrainingError, match=says) as caught:
        read_points(content, "../mine.csv")
    assert str(caught.value).startswith("“mine.csv”")
    assert str(caught.value).endswith(".")
