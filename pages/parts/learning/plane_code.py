"""The network of the Hidden units screen, with its weights, as lines of code that run in a notebook."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.learning.plane.network import layer_sizes, split_parameters
from pages.parts.learning.plane_link import PlaneState

_TORCH = {"sigmoid": "nn.Sigmoid()", "tanh": "nn.Tanh()", "relu": "nn.ReLU()"}
_OPTIMIZERS = {
    "SGD": "torch.optim.SGD(net.parameters(), lr={rate:g}, weight_decay={decay:g})",
    "momentum": "torch.optim.SGD(net.parameters(), lr={rate:g}, momentum=0.9, weight_decay={decay:g})",
    "RMSprop": "torch.optim.RMSprop(net.parameters(), lr={rate:g}, weight_decay={decay:g})",
    "Adam": "torch.optim.Adam(net.parameters(), lr={rate:g}, weight_decay={decay:g})",
}
_KERAS = {"SGD": "SGD({rate:g})", "momentum": "SGD({rate:g}, momentum=0.9)", "RMSprop": "RMSprop({rate:g}, rho=0.99)",
          "Adam": "Adam({rate:g}, epsilon=1e-8)"}  # fmt: skip
_TABLE = (
    "table = np.loadtxt('points.csv', delimiter=',', skiprows=1)  # offered beside this: x, y, label, held out\n"
    "learned, held_out = (table[table[:, 3] == held] for held in (0, 1))\n"
)


def with_torch(state: PlaneState, row: NDArray[np.float64]) -> str:
    """The network with its weights, and its training from another start."""
    lines = [f"nn.Linear({inputs}, {units})" for inputs, units in pairwise(layer_sizes(state.layers))]
    parts = f", {_TORCH[state.activation]}, ".join(lines)
    return (
        "import numpy as np\nimport torch\nfrom torch import nn\n\n"
        f"{_TABLE}"
        "points, labels = (torch.tensor(part) for part in (learned[:, :2], learned[:, 2:3]))\n\n"
        f"net = nn.Sequential({parts}).double()\n"
        "loss_of = nn.BCEWithLogitsLoss()\n"
        f"weights = {_pairs(state, row)}\n"
        "for parameter, numbers in zip(net.parameters(), weights):\n"
        "    parameter.data = torch.tensor(numbers, dtype=torch.float64)\n"
        "loss = loss_of(net(points), labels).item()\n"
        "right = ((net(points) > 0) == (labels == 1)).double().mean().item()\n"
        "print(loss, right)\n\n\n"
        "def train(epochs):\n"
        f"    optimizer = {_OPTIMIZERS[state.optimizer].format(rate=state.rate, decay=state.decay)}\n"
        "    for _ in range(epochs):\n"
        f"        for batch in torch.randperm(len(points)).split({state.batch}):\n"
        "            optimizer.zero_grad()\n"
        "            loss_of(net(points[batch]), labels[batch]).backward()\n"
        "            optimizer.step()\n\n\n"
        "# train(5) goes on from these weights"
    )


def _pairs(state: PlaneState, row: NDArray[np.float64], *, columns: bool = False) -> str:
    """Weights and biases layer by layer, to 17 digits: the same bits. `columns`: one for each unit, as Keras has W."""
    weights, biases = split_parameters(row, state.layers)
    weights = [W.T for W in weights] if columns else weights
    return "[\n" + "".join(f"    {one.tolist()},\n" for pair in zip(weights, biases, strict=True) for one in pair) + "]"


def with_keras(state: PlaneState, row: NDArray[np.float64]) -> str:
    """The same network by Keras 3, in its 32 bits, and the same training from another order."""
    decay = f"keras.regularizers.L2({state.decay / 2:g})"  # of ½ · decay · w² the derivative is decay · w
    more = f", kernel_regularizer={decay}, bias_regularizer={decay}" if state.decay else ""
    dense = "    keras.layers.Dense({}, activation={!r}{}),\n"
    lines = [dense.format(units, state.activation, more) for units in state.layers]
    optimizer = _KERAS[state.optimizer].format(rate=state.rate)
    return (
        "import keras\nimport numpy as np\n\n"
        f"{_TABLE}"
        f"net = keras.Sequential([\n    keras.Input((2,)),\n{''.join(lines)}{dense.format(1, 'sigmoid', more)}])\n"
        f"weights = {_pairs(state, row, columns=True)}\n"
        "net.set_weights([np.array(numbers) for numbers in weights])\n"
        f"net.compile(keras.optimizers.{optimizer}, 'binary_crossentropy', metrics=['accuracy'])\n"
        "loss, right = net.evaluate(learned[:, :2], learned[:, 2], verbose=0)"
        f"{'  # the loss with the weights it charges for' if state.decay else ''}\n"
        "print(loss, right)\n\n\n"
        "def train(epochs):\n"
        f"    net.fit(learned[:, :2], learned[:, 2], batch_size={state.batch}, epochs=epochs,\n"
        "            validation_data=(held_out[:, :2], held_out[:, 2]) if len(held_out) else None)\n\n\n"
        "# train(5) goes on from these weights"
    )
