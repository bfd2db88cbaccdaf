"""Backpropagation against torch's own derivatives and finite differences, and what it says of bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import explorer
from explorer.learning.backpropagation.activations import ACTIVATIONS
from explorer.learning.backpropagation.passes import Backpropagation

TORCH = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "identity": lambda sums: sums}
LECTURE = (2, 3, 3, 1)  # (a, b) → (c, d, e) → (f, g, h) → z


def network(sizes: tuple[int, ...], seed: int) -> dict[str, Any]:
    """Random weights, biases and an input of a network with so many nodes a layer."""
    rng = np.random.default_rng(seed)
    pairs = list(zip(sizes[1:], sizes, strict=False))
    return {"weights": [rng.normal(size=pair) for pair in pairs], "x": rng.normal(size=sizes[0]),
            "biases": [rng.normal(size=rows) for rows, _ in pairs]}  # fmt: skip


def by_torch(weights, x, biases, activation, output, target, loss) -> tuple[float, list[list[np.ndarray]]]:
    """The loss, and by torch.autograd the derivatives that are compared: v̄, v, W and b."""
    leaves = [[torch.tensor(one, requires_grad=True) for one in many] for many in (weights, biases)]
    value = torch.tensor(x, requires_grad=True)
    sums, values = [], [value]
    for number, (W, b) in enumerate(zip(*leaves, strict=True)):
        sums.append(W @ values[-1] + b)
        values.append(TORCH[output if number == len(weights) - 1 else activation](sums[-1]))
    if loss is None:
        reached = values[-1][-1]
    elif loss == "squared":
        reached = ((values[-1] - torch.tensor(target)) ** 2).sum() / 2
    else:
        entropy = torch.nn.functional.binary_cross_entropy
        reached = entropy(values[-1], torch.tensor(target), reduction="sum")
    wanted = (sums, values, *leaves)
    flat = torch.autograd.grad(reached, [one for many in wanted for one in many])
    found = iter(flat)
    return reached.item(), [[next(found).numpy() for _ in many] for many in wanted]


@pytest.mark.parametrize("loss", [None, "squared", "cross-entropy"])
@pytest.mark.parametrize("output", ACTIVATIONS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_derivative_is_torchs(activation, output, loss):
    if loss == "cross-entropy" and output != "sigmoid":
        pytest.skip("needs probabilities")
    for seed in range(6):
        rng = np.random.default_rng(100 + seed)
        sizes = LECTURE if not seed else tuple(int(n) for n in rng.integers(1, 7, rng.integers(2, 6)))
        given, target = network(sizes, seed), rng.uniform(size=sizes[-1]) if loss else None
        found = explorer.backpropagate(**given, activation=activation, output=output, target=target, loss=loss)
        reached, theirs = by_torch(**given, activation=activation, output=output, target=target, loss=loss)
        assert found.loss == pytest.approx(reached, abs=1e-10)
        ours = found.sum_derivatives, found.derivatives, found.weight_derivatives, found.bias_derivatives
        for mine, others in zip(ours, theirs, strict=True):
            for one, other in zip(mine, others, strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("loss", [None, "squared", "cross-entropy"])
def test_every_weight_derivative_is_a_slope(loss):
    given, target = network((3, 4, 2), 5), [0.25, 1.0] if loss else None

    def at(weights) -> Backpropagation:
        return explorer.backpropagate(weights, given["x"], biases=given["biases"], activation="tanh",
                                      output="sigmoid", target=target, loss=loss)  # fmt: skip

    found, step = at(given["weights"]), 1e-5
    for layer, W in enumerate(given["weights"]):
        for place in np.ndindex(W.shape):
            ends = []
            for sign in (1, -1):
                moved = [one.copy() for one in given["weights"]]
                moved[layer][place] += sign * step
                ends.append(at(moved).loss)
            assert found.weight_derivatives[layer][place] == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-8)


def test_the_lectures_two_claims():
    given = network(LECTURE, 1)
    found = explorer.backpropagate(given["weights"], given["x"])
    assert [v.size for v in found.values] == list(LECTURE)
    assert found.loss == found.values[-1][0]
    for i, W in enumerate(given["weights"]):
        np.testing.assert_allclose(found.sums[i], W @ found.values[i])
        np.testing.assert_allclose(found.derivatives[i], W.T @ found.sum_derivatives[i])
        assert found.weight_derivatives[i].shape == W.shape
        np.testing.assert_allclose(found.weight_derivatives[i], np.outer(found.sum_derivatives[i], found.values[i]))


def test_a_saturated_output_keeps_its_derivatives():
    found = explorer.backpropagate([[[50.0]]], [1.0], output="sigmoid", target=[0.0], loss="cross-entropy")
    assert found.loss == pytest.approx(50)
    assert found.sum_derivatives[0][0] == pytest.approx(1)
    right = explorer.backpropagate([[[50.0]]], [1.0], output="sigmoid", target=[1.0], loss="cross-entropy")
    assert right.loss == pytest.approx(np.exp(-50))
    assert right.sum_derivatives[0][0] == pytest.approx(-np.exp(-50))


def test_nothing_that_was_given_is_changed():
    given = network(LECTURE, 2)
    before = [W.copy() for W in given["weights"]]
    found = explorer.backpropagate(**given, activation="identity")
    found.values[0][:] = 9
    assert given["x"][0] != 9
    assert all((old == W).all() for W, old in zip(given["weights"], before, strict=True))


BAD = {
    "none": ({"weights": []}, "at least one matrix"),
    "NaN": ({"weights": [[[np.nan, 1.0]]]}, "Weight matrix 0 holds a number that isn't finite"),
    "infinite input": ({"x": [1.0, np.inf]}, "The input holds a number that isn't finite"),
    "words": ({"weights": [[["one", 2]]]}, "no number"),
    "ragged": ({"weights": [[[1.0, 2.0], [1.0]]]}, "unlike length"),
    "a row": ({"weights": [[1.0, 2.0]]}, "needs 2 axes"),
    "empty input": ({"x": []}, "at least one number"),
    "unfit": ({"x": [1.0, 2.0, 3.0]}, "2 columns, but 3 values come in"),
    "unfit within": ({"weights": [[[1.0, 2.0]], [[1.0, 2.0]]]}, "Weight matrix 1 has 2 columns, but 1 values"),
    "too few biases": ({"biases": []}, "as many biases, not 0"),
    "bias too long": ({"biases": [[1.0, 2.0]]}, "Bias 0 has 2 numbers"),
    "activation": ({"activation": "swish"}, "no activation 'swish'"),
    "output": ({"output": "softmax"}, "no activation 'softmax'"),
    "target alone": ({"target": [1.0]}, "give both"),
    "loss alone": ({"loss": "squared"}, "give both"),
    "loss": ({"loss": "hinge", "target": [1.0]}, "no loss 'hinge'"),
    "target too long": ({"loss": "squared", "target": [1.0, 2.0]}, "The target has 2 numbers"),
    "no probability": ({"loss": "cross-entropy", "target": [1.0]}, "output='sigmoid'"),
    "no share": ({"loss": "cross-entropy", "target": [2.0], "output": "sigmoid"}, "targets from 0 to 1"),
    "overflow": ({"weights": [[[1e308, 1e308]]], "x": [10.0, 10.0]}, "beyond what 64 bits hold"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_gets_one_sentence(kind):
    changed, says = BAD[kind]
    with pytest.raises(explorer.TrainingError, match=says) as caught:
        explorer.backpropagate(**({"weights": [[[1.0, 2.0]]], "x": [1.0, 2.0]} | changed))
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
