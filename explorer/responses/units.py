"""A unit: a channel of a layer, or one neuron of it, and its value for a picture."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from explorer.networks.layers import Layer
from explorer.networks.loading import Network, NetworkError
from explorer.responses.activations import maps_of


@dataclass(frozen=True)
class Unit:
    """A channel of a layer, or one neuron of it at `position` (row, column) in the layer's own map.

    A unit of the last layer is a class: its score is the logit.
    """

    layer: str
    channel: int
    position: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """For files and captions."""
        return f"{self.layer} {self.channel}" + (" {} {}".format(*self.position) if self.position else "")


def map_shape(layer: Layer) -> tuple[int, int, int]:
    """The shape (C, h, w) of the layer's maps."""
    rows, columns = (*layer.places, 1, 1)[:2]
    return layer.channels, rows, columns


def check_unit(network: Network, unit: Unit) -> None:
    """Raises NetworkError for a layer, channel or position that the network doesn't have."""
    layer = checked_layer(network, unit.layer)
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


def checked_layer(network: Network, name: str) -> Layer:
    """The layer of that name. Raises NetworkError if there is none, or if it has no channels."""
    layer = network.layer(name)
    if len(layer.shape) > 3:
        raise NetworkError(f"{layer.name} gives {layer.shape}, which has no channels; choose another layer.")
    return layer


def unit_value(network: Network, output: Tensor, unit: Unit) -> Tensor:
    """The unit's value in its layer's output for one picture: the mean over a channel's map, or a neuron's value."""
    channel = maps_of(network.layer(unit.layer), output)[unit.channel]
    return channel.mean() if unit.position is None else channel[unit.position]
