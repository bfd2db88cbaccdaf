"""What a network computes on the way: the outputs of its layers for one picture."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.arrays import read_only
from explorer.cache import kept_network, memoised
from explorer.compute import compute_slot
from explorer.networks.gradients.folded import for_gradients, twin
from explorer.networks.layers import Layer, channels_last
from explorer.networks.loading import Network, NetworkError
from explorer.pictures.images import Image
from explorer.responses.hooks import INPUT, Extractor, extractor, record


def outputs(network: Network, x: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
    """The outputs (N, C, h, w) or (N, C) of `layers` for pictures (N, 3, H, W) in [0, 1]; differentiable.

    The pass stops after the last of them; later outputs depend on earlier ones, so one can be derived by another.
    Raises NetworkError on a layer the network lacks.
    """
    return _record(network, x, tuple(sorted({network.layer(name).name for name in layers})))


def recorded(network: Network, x: Tensor, names: Iterable[str], *, folded: bool) -> dict[str, Tensor]:
    """As `outputs`, of layers and of what goes into them ("input of" before a name), by the network or by its twin.

    Of the twin they are what that puts out: a convolution with its batch normalization, not the convolution alone.
    """
    return _passed(network, x, tuple(sorted(set(names))), folded=folded)


def _record(network: Network, x: Tensor, names: tuple[str, ...]) -> dict[str, Tensor]:
    return _passed(network, x, names, folded=x.requires_grad and twin(network).has(names))


def _passed(network: Network, x: Tensor, names: tuple[str, ...], *, folded: bool) -> dict[str, Tensor]:
    found = record(lambda: _extractor(network, names, folded=folded).module(x), names)
    if missing := set(names) - found.keys():
        raise NetworkError(f"{network.name} didn't reach {', '.join(missing)} in this pass, so it has no output there.")
    return found


@kept_network
def _extractor(network: Network, layers: tuple[str, ...], *, folded: bool = False) -> Extractor:
    return extractor(for_gradients(network) if folded else network.module, "body", layers)


@memoised
def feature_maps(network: Network, image: Image, layer: str) -> NDArray[np.float32]:
    """The feature maps (C, h, w) of one layer for a picture, read-only; a layer without places gives (C, 1, 1).

    Values are those the layer put out, before any in-place ReLU that follows; of tokens, those of the patches. Raises
    NetworkError on an unknown layer.
    """
    with compute_slot(), torch.inference_mode():
        maps = outputs(network, network.shared_tensor(image), [layer])[layer][0]
    return read_only(maps_of(network.layer(layer), maps).float().cpu().numpy())


@memoised
def input_maps(network: Network, image: Image, layer: str) -> NDArray[np.float32]:
    """What goes into a layer for a picture: maps (C, h, w), read-only. Raises NetworkError on an unknown layer.

    The values are those before the layer, even if it works in place.
    """
    here = network.layer(layer)
    name = INPUT + here.name
    with compute_slot(), torch.inference_mode():
        maps = _record(network, network.shared_tensor(image), (name,))[name][0]
    return read_only(maps_of(here, maps).float().cpu().numpy())


def maps_of(layer: Layer, values: Tensor) -> Tensor:
    """What a layer puts out or takes in for one picture, as its maps (C, h, w).

    Tokens of the patches stand where these are in the picture, and those before them, such as the class token, are left
    out; all else is as `as_maps` reads it.
    """
    if layer.prefix is None or values.ndim != 2 or len(values) != layer.shape[0]:
        return as_maps(values)
    return values[layer.prefix :].T.unflatten(1, layer.places)


def as_maps(output: Tensor) -> Tensor:
    """One picture's output as (C, h, w): so does (h, w, C), tokens (n, C) become (C, n, 1), a vector (C, 1, 1)."""
    if output.ndim == 1:
        return output[:, None, None]
    if output.ndim == 2:
        return output.T[:, :, None]
    return output.permute(2, 0, 1) if channels_last(output.shape) else output
