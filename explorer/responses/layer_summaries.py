"""One picture through a network: for each layer of its main path one map that summarizes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.architecture.neighbours import activations_and_poolings, main_path
from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.networks.layers import Layer
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.activations import maps_of, outputs

Summary = Literal["strongest", "all"]


@dataclass(frozen=True)
class LayerSummary:
    """One layer for one picture: `values` (h, w) is map `channel`, or for −1 the mean of |value| over all maps.

    `zeros` is the share of the whole layer's values that are exactly 0.
    """

    layer: Layer
    values: NDArray[np.float32]
    channel: int
    zeros: float


@memoised
def layer_summaries(network: Network, image: Image, way: Summary) -> tuple[LayerSummary, ...]:
    """A summary of each layer with places on the main path, first to last, by one pass that records them all.

    "strongest" takes of each layer the map with the largest mean of |value|, "all" the mean of |value| over maps.
    """
    layers = [layer for layer in main_path(network) if layer.has_maps]
    return tuple(
        _summary(layer, maps, way) for layer, maps in zip(layers, _all_maps(network, image, layers), strict=True)
    )


@memoised
def zero_shares(network: Network, image: Image) -> tuple[tuple[Layer, float], ...]:
    """The share of values that are exactly 0 after each non-linearity and pooling on maps, in order; by one pass."""
    layers = activations_and_poolings(network)
    shares = [float((maps == 0).mean()) for maps in _all_maps(network, image, layers)]
    return tuple(zip(layers, shares, strict=True))


def _all_maps(network: Network, image: Image, layers: Sequence[Layer]) -> list[NDArray[Any]]:
    if not layers:
        return []
    with compute_slot(), torch.inference_mode():
        found = outputs(network, network.shared_tensor(image), [layer.name for layer in layers])
    return [maps_of(layer, found[layer.name][0]).float().cpu().numpy() for layer in layers]


def _summary(layer: Layer, maps: NDArray[Any], way: Summary) -> LayerSummary:
    sizes = np.abs(maps)
    channel = int(sizes.mean((1, 2)).argmax()) if way == "strongest" else -1
    values = maps[channel].copy() if way == "strongest" else sizes.mean(0)
    return LayerSummary(layer, read_only(values), channel, float((maps == 0).mean()))
