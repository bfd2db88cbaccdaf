"""The layers whose units make circuits: what each convolution or block of them gives after its non-linearity."""

from __future__ import annotations

import sys

from torch import nn

from explorer.architecture.neighbours import main_path, module_of
from explorer.networks.layers import Layer
from explorer.networks.loading import Network


def circuit_layers(network: Network) -> tuple[Layer, ...]:
    """The layers with maps on the main path, from first to last, each the last of its shape after a convolution.

    So it is a block's output, or of a convolution, its normalization and its non-linearity the last. () for a network
    without convolutions.
    """
    found: list[Layer] = []
    for layer in main_path(network, sys.maxsize):
        if not layer.has_maps or len(layer.shape) != 3:
            continue
        if _convolves(module_of(network, layer.name)):
            found.append(layer)
        elif found and layer.shape == found[-1].shape:
            found[-1] = layer
    return tuple(found)


def circuit_layer_before(network: Network, layer: str) -> Layer | None:
    """The last circuit layer before a layer; None for the first, which reads the picture.

    Raises NetworkError for an unknown layer.
    """
    order = [known.name for known in network.layers]
    place = order.index(network.layer(layer).name)
    return next((one for one in reversed(circuit_layers(network)) if order.index(one.name) < place), None)


def _convolves(module: nn.Module) -> bool:
    return any(isinstance(part, nn.Conv2d) for part in module.modules())
