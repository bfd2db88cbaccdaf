"""Both passes through a small network as pictures: v from layer to layer, then δ back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from explorer.learning.backpropagation.activations import Array
from explorer.learning.backpropagation.passes import Backpropagation
from explorer.render import Picture

_ABOVE, _BELOW, _FAINT = "#d08a10", "#3f74c9", "#bbbbbb"  # weights above and below zero, as on the screen
_DPI = 100


def passes(weights: Sequence[Array], found: Backpropagation) -> Iterator[Picture]:
    """A picture (height, 560, 3) for each layer of nodes forward, and again for each one back.

    weights: as `backpropagate` was given them, and `found` what it gave. The links that a step goes over are coloured.
    """
    last = len(weights)
    for layer in range(last + 1):
        title = rf"Forward: $v_{layer} = s(\bar v_{layer})$" if layer else "Forward: the input"
        yield _picture(weights, found, title, layer - 1, reached=layer, back=last + 1)
    for layer in range(last, -1, -1):
        step = rf"Back: $\delta_{layer} = W_{layer}^T\bar\delta_{layer + 1}$"
        title = step if layer < last else f"Back from {_short(found.loss)}"
        yield _picture(weights, found, title, layer, reached=last, back=layer)


def _picture(
    weights: Sequence[Array], found: Backpropagation, title: str, over: int, *, reached: int, back: int
) -> Picture:
    """The network with v up to the layer `reached` and δ from the layer `back` on; `over`: the matrix of this step."""
    most = max(map(len, found.values))
    canvas = FigureCanvasAgg(Figure((5.6, 0.8 * most + 0.8), _DPI))
    axes = canvas.figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-0.4, len(weights) + 0.4), ylim=(-most / 2 - 0.3, most / 2 + 0.7))
    axes.set_axis_off()
    axes.text(0.5, 0.97, title, transform=axes.transAxes, ha="center", va="top", fontsize=12)
    for number, W in enumerate(weights):
        _links(axes, number, W, number == over)
    for layer, values in enumerate(found.values):
        told = [_short(one) if layer <= reached else "" for one in values]
        said = [f"δ {_short(one)}" if layer >= back else "" for one in found.derivatives[layer]]
        _nodes(axes, layer, told, said)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _links(axes: Axes, number: int, W: Array, lit: bool) -> None:
    """A line for each weight of one matrix, as wide as the weight is large."""
    largest = float(np.abs(W).max()) or 1.0
    for (row, column), weight in np.ndenumerate(W):
        colour = (_BELOW if weight < 0 else _ABOVE) if lit else _FAINT
        ends = _heights(W.shape[1])[column], _heights(W.shape[0])[row]
        axes.plot((number, number + 1), ends, color=colour, linewidth=0.5 + 3 * abs(weight) / largest, zorder=1)


def _nodes(axes: Axes, layer: int, told: Sequence[str], said: Sequence[str]) -> None:
    """The discs of one layer, with v in each and δ beneath, where they are known."""
    heights = _heights(len(told))
    axes.scatter([layer] * len(told), heights, 900, color="white", edgecolors="#444444", zorder=2)
    for height, value, derivative in zip(heights, told, said, strict=True):
        axes.text(layer, height, value, ha="center", va="center", fontsize=9, zorder=3)
        axes.text(layer, height - 0.42, derivative, ha="center", va="center", fontsize=9, color="#a02020", zorder=3)


def _heights(count: int) -> Array:
    """Where the nodes of a layer stand, the first one highest."""
    return (count - 1) / 2 - np.arange(count, dtype=np.float64)
