"""What is maximized: one unit of a network, as a number per picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.activations import as_maps, outputs
from explorer.layers import Layer
from explorer.networks import Network, NetworkError


@dataclass(frozen=True)
class Unit:
    """A channel of a layer, or one neuron of it at `position` (row, column) in the layer's own map.

    A unit of the last layer is a class: its score is the logit.
    """

    layer: str
    channel: int
    position: tuple[int, int] | None = None


def map_shape(layer: Layer) -> tuple[int, int, int]:
    """The shape (C, h, w) of `as_maps` of the layer's output."""
    if len(layer.shape) == 3:
        return layer.shape[0], layer.shape[1], layer.shape[2]
    return (layer.shape[-1], layer.shape[0] if len(layer.shape) == 2 else 1, 1)


def check_unit(network: Network, unit: Unit) -> None:
    """Raises NetworkError for a layer, channel or position that the network doesn't have."""
    layer = network.layer(unit.layer)
    if len(layer.shape) > 3:
        raise NetworkError(f"{layer.name} gives {layer.shape}, which has no channels; choose another layer.")
    channels, height, width = map_shape(layer)
    if unit.channel not in range(channels):
        raise NetworkError(f"{layer.name} has channels 0 to {channels - 1}, not {unit.channel}.")
    if unit.position is None:
        return
    row, column = unit.position
    if row not in range(height) or column not in range(width):
        raise NetworkError(
            f"{layer.name} has rows 0 to {height - 1} and columns 0 to {width - 1}, not ({row}, {column})."
        )


def unit_scores(network: Network, pictures: Tensor, units: Sequence[Unit]) -> Tensor:
    """The score (N,) of unit i in picture i of (N, 3, S, S), S the network's input size; differentiable.

    A channel's score is the mean over its map, a neuron's the value at its position. One pass for all, which stops
    after the last of the units' layers.
    """
    maps = outputs(network, pictures, {unit.layer for unit in units})
    return torch.stack([_score(maps[unit.layer][i], unit) for i, unit in enumerate(units)])


def _score(output: Tensor, unit: Unit) -> Tensor:
    channel = as_maps(output)[unit.channel]
    return channel.mean() if unit.position is None else channel[unit.position]
