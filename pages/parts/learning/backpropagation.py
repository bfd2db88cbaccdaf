"""The component of the Backpropagation screen, what came back of it, and the same derivatives by the other ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.learning.backpropagation.passes import Backpropagation, backpropagate
from explorer.render import Picture
from pages.parts.learning.backpropagation_link import LECTURE, LinkedNetwork
from pages.parts.widgets.component import ASSETS, joined, register, values_sent

FOLDER = ASSETS / "backpropagation"
SCRIPTS = ("../convolution/numbers", "../convolution/cells", "../convolution/drag",
           "network", "state", "words", "graph", "matrices", "cost", "main")  # fmt: skip


@lru_cache(maxsize=1)
def _component() -> Any:
    return register("backpropagation", FOLDER, joined(FOLDER, SCRIPTS))


def show_network(text: str, *, key: str, on_settled: Callable[[], None]) -> None:
    """Show the network in `text` (see `backpropagation_link`); `on_settled` is called once the visitor changed it."""
    _component()(data={"text": text, "usual": LECTURE}, key=key, on_settled_change=on_settled)


def from_browser(key: str, network: LinkedNetwork, text: str) -> list[NDArray[np.float64]] | None:
    """The weight derivatives that the browser computed of just this network; None when it has sent none."""
    state = values_sent(key)
    if state.get("text") != text:
        return None
    try:
        found = [np.array(one, np.float64) for one in state.get("derivatives", [])]
    except (TypeError, ValueError):  # forged
        return None
    return found if [one.shape for one in found] == [W.shape for W in network.weights] else None


def by_numpy(network: LinkedNetwork) -> Backpropagation:
    """The engine's passes. Raises TrainingError where sums overflow."""
    loss = None if network.loss == "none" else network.loss
    return backpropagate(
        network.weights, network.x, biases=network.biases if network.biased else None, activation=network.activation,
        output=network.output, target=None if loss is None else network.target, loss=loss,
    )  # fmt: skip


def by_torch(network: LinkedNetwork) -> list[NDArray[np.float64]]:
    """The weight derivatives by torch.autograd, in float64: torch's own functions, none of ours."""
    import torch  # the first time that it is asked for

    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "identity": lambda sums: sums}
    weights = [torch.tensor(W, requires_grad=True) for W in network.weights]
    value = torch.tensor(network.x)
    for i, (W, b) in enumerate(zip(weights, network.biases, strict=True)):
        name = network.output if i == len(weights) - 1 else network.activation
        value = functions[name](W @ value + (torch.tensor(b) if network.biased else 0))
    target = torch.tensor(network.target)
    if network.loss == "none":
        reached = value[-1]
    elif network.loss == "squared":
        reached = torch.nn.functional.mse_loss(value, target, reduction="sum") / 2
    else:
        reached = torch.nn.functional.binary_cross_entropy(value, target, reduction="sum")
    found = torch.autograd.grad(reached, weights, allow_unused=True)
    return [np.zeros(W.shape) if g is None else g.numpy() for g, W in zip(found, network.weights, strict=True)]


def largest_difference(ones: list[NDArray[np.float64]], others: list[NDArray[np.float64]]) -> float:
    """The largest absolute difference between two lists of derivatives, array by array."""
    return max(float(np.abs(one - other).max()) for one, other in zip(ones, others, strict=True))


def film(network: LinkedNetwork, found: Backpropagation) -> Iterator[Picture]:
    """Both passes, a picture for each step."""
    from explorer.learning.backpropagation.pictures import passes  # and Matplotlib, the first time that it is asked for

    return passes(network.weights, found)
