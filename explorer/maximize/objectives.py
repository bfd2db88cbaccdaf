"""What is maximized: one unit of a network, as a number per picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def unit_values(network: Network, maps: Mapping[str, Tensor], units: Sequence[Unit]) -> Tensor:
    """The score (N,) of unit i in picture i, from the outputs of the units' layers; differentiable.

    A channel's score is the mean over its map, a neuron's the value at its position. A picture that isn't of the
    network's input size has another map: there the position is taken at the same share of height and width.
    """
    return torch.stack([_value(network, maps[unit.layer][i], unit) for i, unit in enumerate(units)])


def _value(network: Network, output: Tensor, unit: Unit) -> Tensor:
    channel = as_maps(output)[unit.channel]
    if unit.position is None:
        return channel.mean()
    _, height, width = map_shape(network.layer(unit.layer))
    row, column = unit.position
    return channel[row * channel.shape[0] // height, column * channel.shape[1] // width]


def unit_scores(network: Network, pictures: Tensor, units: Sequence[Unit]) -> Tensor:
    """The score (N,) of unit i in picture i of (N, 3, S, S) by one forward pass that stops after the last layer."""
    return unit_values(network, outputs(network, pictures, layers_of(units)), units)


def layers_of(units: Sequence[Unit]) -> tuple[str, ...]:
    """The units' layers, each once."""
    return tuple(dict.fromkeys(unit.layer for unit in units))
