"""The first layer's filters in colour: what they look for stands in them, so nothing has to be painted."""

from __future__ import annotations

import numpy as np

from explorer import first_layer_filters, render
from explorer.architecture.filters import first_convolution
from explorer.networks.loading import Network, NetworkError


def is_first(net: Network, layer: str) -> bool:
    """Whether a layer is the convolution whose filters act on the picture itself."""
    try:
        return first_convolution(net) == layer
    except NetworkError:
        return False


def first_filters(net: Network) -> render.Picture:
    """Each filter (n, k, k, 3) by its own largest weight, grey where weights are 0.

    Raises NetworkError when no convolution sees the picture.
    """
    weights = first_layer_filters(net).transpose(0, 2, 3, 1)
    limits = np.abs(weights).max((1, 2, 3), keepdims=True)
    tiles = render.to_uint8(0.5 + weights / (2 * np.where(limits > 0, limits, 1)))
    return tiles.repeat(3 // tiles.shape[3], 3)  # a network that sees no colour has one channel


def filter_words(net: Network) -> str:
    """How many there are, and of which size."""
    count, _, *side = first_layer_filters(net).shape
    return f"{count} kernels of {side[0]} × {side[1]}: the first layer's own weights"
