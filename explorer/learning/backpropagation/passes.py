"""Backpropagation written out: one pass forward, one pass back, and every derivative is an outer product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from explorer.learning.backpropagation.activations import Array, activate, check_activation, derivative, sigmoid
from explorer.learning.errors import TrainingError

LOSSES = ("squared", "cross-entropy")


@dataclass(frozen=True, eq=False)
class Backpropagation:
    """What one forward pass and one backward pass have found. With L matrices of weights, layers of nodes are 0 to L.

    `values` v and `derivatives` δ = ∂loss/∂v have an array for each layer of nodes, from the input on. `sums` v̄,
    `sum_derivatives` δ̄, `weight_derivatives` Δ (each the shape of its W) and `bias_derivatives` have one for each
    matrix, so that `sums[i]` is `weights[i] @ values[i]` and `values[i + 1]` is its activation. `loss` is what all
    derivatives are of: without a loss that was asked for, the last node itself.
    """

    sums: list[Array]
    values: list[Array]
    sum_derivatives: list[Array]
    derivatives: list[Array]
    weight_derivatives: list[Array]
    bias_derivatives: list[Array]
    loss: float


def backpropagate(
    weights: Sequence[ArrayLike], x: ArrayLike, *, biases: Sequence[ArrayLike] | None = None,
    activation: str = "sigmoid", output: str = "identity", target: ArrayLike | None = None, loss: str | None = None,
) -> Backpropagation:  # fmt: skip
    """Every derivative of one number that a network computes from `x` (n,), in float64.

    weights: an array (n_next, n) for each layer, a row for each node that it leads to; biases: (n_next,) for each, or
    none at all. `activation` is that of all layers but the last, which has `output`: sigmoid, tanh, relu, identity.
    loss: "squared" is ½ Σ (v − target)²; "cross-entropy" is −Σ target log v + (1 − target) log(1 − v), for an output
    that is a sigmoid; None differentiates the last node. Raises TrainingError on shapes that don't fit, numbers that
    aren't finite, and sums that overflow. Rumelhart, Hinton and Williams 1986, equations 4 to 8.
    """
    matrices, shifts, inputs = _checked(weights, biases, x)
    check_activation(activation)
    check_activation(output)
    aim = _checked_target(target, loss, output, len(matrices[-1]))
    names = [activation] * (len(matrices) - 1) + [output]
    with np.errstate(all="ignore"):
        sums, values = _forward(matrices, shifts, inputs, names)
        number, last = _loss_and_derivative(sums[-1], values[-1], aim, loss)
        sum_derivatives, derivatives = _backward(matrices, sums, last, names)
    weight_derivatives = [np.outer(bar, value) for bar, value in zip(sum_derivatives, values, strict=False)]
    bias_derivatives = [bar.copy() for bar in sum_derivatives]
    found = Backpropagation(
        sums, values, sum_derivatives, derivatives, weight_derivatives, bias_derivatives, loss=number
    )
    _require_finite(found)
    return found


def _forward(
    matrices: list[Array], shifts: list[Array], inputs: Array, names: list[str]
) -> tuple[list[Array], list[Array]]:
    """v̄ = W v + b and v = s(v̄), layer by layer."""
    sums: list[Array] = []
    values = [inputs]
    for W, b, name in zip(matrices, shifts, names, strict=True):
        sums.append(W @ values[-1] + b)
        values.append(activate(name, sums[-1]))
    return sums, values


def _backward(
    matrices: list[Array], sums: list[Array], last: Array, names: list[str]
) -> tuple[list[Array], list[Array]]:
    """δ̄ = s′(v̄) × δ and δ = Wᵀ δ̄, from the last layer to the input; both in the layers' order."""
    sum_derivatives: list[Array] = []
    derivatives = [last]
    for W, v_bar, name in zip(reversed(matrices), reversed(sums), reversed(names), strict=True):
        sum_derivatives.append(derivative(name, v_bar) * derivatives[-1])
        derivatives.append(W.T @ sum_derivatives[-1])
    return sum_derivatives[::-1], derivatives[::-1]


def _loss_and_derivative(sums: Array, values: Array, target: Array, loss: str | None) -> tuple[float, Array]:
    """The number that is differentiated, and its derivative with respect to each value of the last layer."""
    if loss is None:
        return float(values[-1]), np.eye(len(values))[-1]
    if loss == "squared":
        return float(((values - target) ** 2).sum() / 2), values - target
    other = sigmoid(-sums)  # 1 − v, which would lose its digits near 1
    parts = np.logaddexp(0.0, sums) - target * sums
    return float(parts.sum()), _divide(1 - target, other) - _divide(target, values)


def _divide(share: Array, value: Array) -> Array:
    """share / value, 0 where the share is 0."""
    return np.divide(share, value, out=np.zeros_like(value), where=share != 0)


def _checked(
    weights: Sequence[ArrayLike], biases: Sequence[ArrayLike] | None, x: ArrayLike
) -> tuple[list[Array], list[Array], Array]:
    """Weights, biases (zeros for none) and input as float64. Raises TrainingError when they don't fit."""
    matrices = [_numbers(W, 2, f"Weight matrix {i}") for i, W in enumerate(weights)]
    if not matrices:
        raise TrainingError("A network needs at least one matrix of weights.")
    start = _numbers(x, 1, "The input")
    shifts = [np.zeros(len(W)) for W in matrices]
    if biases is not None:
        shifts = [_numbers(b, 1, f"Bias {i}") for i, b in enumerate(biases)]
    if len(shifts) != len(matrices):
        raise TrainingError(f"{len(matrices)} matrices of weights need as many biases, not {len(shifts)}.")
    count = len(start)
    for i, (W, b) in enumerate(zip(matrices, shifts, strict=True)):
        if W.shape[1] != count:
            raise TrainingError(
                f"Weight matrix {i} has {W.shape[1]} columns, but {count} values come in: it needs a column for each."
            )
        count = len(W)
        if len(b) != count:
            raise TrainingError(f"Bias {i} has {len(b)} numbers, but its layer has {count} nodes.")
    return matrices, shifts, start


def _checked_target(target: ArrayLike | None, loss: str | None, output: str, count: int) -> Array:
    """The target of a loss, (count,); empty without one. Raises TrainingError when loss, target and output disagree."""
    if loss is None and target is None:
        return np.empty(0)
    if loss is None or target is None:
        raise TrainingError("A loss compares the output with a target: give both, or neither of them.")
    if loss not in LOSSES:
        raise TrainingError(f"There is no loss {loss!r}; choose one of {', '.join(LOSSES)}.")
    aim = _numbers(target, 1, "The target")
    if len(aim) != count:
        raise TrainingError(f"The target has {len(aim)} numbers, but the last layer has {count} nodes.")
    if loss == "cross-entropy" and (output != "sigmoid" or aim.min() < 0 or aim.max() > 1):
        raise TrainingError("Cross-entropy compares probabilities: take output='sigmoid' and targets from 0 to 1.")
    return aim


def _numbers(given: ArrayLike, axes: int, what: str) -> Array:
    try:
        numbers = np.array(given, np.float64)
    except (TypeError, ValueError):
        raise TrainingError(f"{what} holds something that is no number, or rows of unlike length.") from None
    if numbers.ndim != axes or not numbers.size:
        raise TrainingError(f"{what} has shape {numbers.shape}; it needs {axes} axes with at least one number each.")
    if not np.isfinite(numbers).all():
        raise TrainingError(f"{what} holds a number that isn't finite (NaN or infinite): replace it.")
    return numbers


def _require_finite(found: Backpropagation) -> None:
    lists = (found.sums, found.values, found.sum_derivatives, found.derivatives, found.weight_derivatives)
    if not np.isfinite(found.loss) or not all(np.isfinite(array).all() for one in lists for array in one):
        raise TrainingError("The sums grow beyond what 64 bits hold: take smaller weights or a smaller input.")
