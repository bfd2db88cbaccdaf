"""The network of the Backpropagation screen as lines of code that give the same derivatives in a notebook."""

from __future__ import annotations

from pages.parts.learning.backpropagation_link import Array, LinkedNetwork

_TORCH = {"sigmoid": "torch.sigmoid", "tanh": "torch.tanh", "relu": "torch.relu", "identity": "lambda sums: sums"}


def _written(arrays: tuple[Array, ...]) -> str:
    return "[" + ", ".join(str(one.tolist()) for one in arrays) + "]"


def with_numpy(network: LinkedNetwork) -> str:
    """The lines that compute its derivatives by explorer.backpropagate."""
    more = [f"biases={_written(network.biases)}"] if network.biased else []
    more += [f"activation={network.activation!r}", f"output={network.output!r}"]
    if network.loss != "none":
        more += [f"target={network.target.tolist()}", f"loss={network.loss!r}"]
    return (
        "import numpy as np\n\nimport explorer\n\n"
        f"weights = {_written(network.weights)}\n"
        f"found = explorer.backpropagate(\n    weights, {network.x.tolist()}, " + ",\n    ".join(more) + ",\n)\n"
        "print(found.loss, found.weight_derivatives)"
    )


def with_torch(network: LinkedNetwork) -> str:
    """The lines that compute its derivatives by torch.autograd."""
    biases = f"biases = {_written(network.biases)}\n" if network.biased else ""
    summed = "W @ value + torch.tensor(biases[i], dtype=torch.float64)" if network.biased else "W @ value"
    target = f"target = torch.tensor({network.target.tolist()}, dtype=torch.float64)\n"
    losses = {
        "none": "loss = value[-1]\n",
        "squared": f"{target}loss = ((value - target) ** 2).sum() / 2\n",
        "cross-entropy": f"{target}loss = torch.nn.functional.binary_cross_entropy(value, target, reduction='sum')\n",
    }
    return (
        "import torch\n\n"
        f"weights = [torch.tensor(W, dtype=torch.float64, requires_grad=True) for W in {_written(network.weights)}]\n"
        f"{biases}s, at_the_end = {_TORCH[network.activation]}, {_TORCH[network.output]}\n"
        f"value = torch.tensor({network.x.tolist()}, dtype=torch.float64)\n"
        "for i, W in enumerate(weights):\n"
        f"    value = (s if i < len(weights) - 1 else at_the_end)({summed})\n"
        f"{losses[network.loss]}"
        "loss.backward()\n"
        "print(loss.item(), [W.grad for W in weights])"
    )
