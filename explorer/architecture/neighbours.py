"""Which layers stand near a layer: its convolution, the non-linearity after it; and the main path of the network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import nn

from explorer.networks.layers import Layer, module_name
from explorer.networks.loading import Network, NetworkError

NONLINEARITIES = frozenset(nn.modules.activation.__all__) - {"MultiheadAttention", "Softmax", "LogSoftmax", "Softmax2d"}
POOLINGS = ("MaxPool", "AvgPool", "AdaptiveAvgPool", "AdaptiveMaxPool")


def module_of(network: Network, layer: str) -> nn.Module:
    """The module that a layer is a call of. Raises NetworkError on an unknown layer."""
    body = network.module.get_submodule("body")
    name = module_name(network.layer(layer).name)
    try:
        return body.get_submodule(name)
    except AttributeError:  # the last step of the network's own code
        return body


def convolutions(network: Network) -> tuple[Layer, ...]:
    """The layers that are two-dimensional convolutions, in the order in which they run."""
    return tuple(layer for layer in network.layers if isinstance(module_of(network, layer.name), nn.Conv2d))


def convolution_near(network: Network, layer: str) -> Layer:
    """The layer itself if it is a convolution, else the last one inside it, else the last one before it.

    A fully connected layer at each place counts: it is a convolution with kernels of 1 × 1. Raises NetworkError when
    there is none.
    """
    here = network.layer(layer)
    names = [known.name for known in network.layers]
    kinds = {True: (nn.Conv2d, nn.Linear), False: (nn.Conv2d,)}
    found = [known for known in network.layers if isinstance(module_of(network, known.name), kinds[known.has_maps])]
    inside = [c for c in found if c.name == here.name or c.name.startswith(module_name(here.name) + ".")]
    before = [c for c in found if names.index(c.name) <= names.index(here.name)]
    if not inside and not before:
        raise NetworkError(f"There is no convolution in or before {layer}; choose a later layer.")
    return (inside or before)[-1]


def nonlinearity_after(network: Network, layer: str) -> Layer | None:
    """The first non-linearity that runs after a layer on maps of its shape; None if the next convolution comes first.

    So it is None too where a network's own code applies the non-linearity by a function.
    """
    names = [known.name for known in network.layers]
    shape = network.layer(layer).shape
    for following in network.layers[names.index(network.layer(layer).name) + 1 :]:
        if following.kind in NONLINEARITIES and following.shape == shape:
            return following
        if isinstance(module_of(network, following.name), nn.Conv2d):
            return None
    return None


def activations_and_poolings(network: Network) -> tuple[Layer, ...]:
    """The non-linearities and poolings that work on maps, in the order in which they run."""
    return tuple(
        layer
        for layer in network.layers
        if len(layer.places) == 2 and (layer.kind in NONLINEARITIES or layer.kind.startswith(POOLINGS))
    )


def main_path(network: Network, most: int = 24) -> tuple[Layer, ...]:
    """At most `most` layers that all of the picture passes, from first to last, evenly thinned out.

    They are the modules that the network consists of, each nn.Sequential replaced by its children.
    """
    names = set(_links(network.module.get_submodule("body")))
    found = [layer for layer in network.layers if layer.name in names] or list(network.layers)
    if found[-1] != network.layers[-1]:
        found.append(network.layers[-1])
    places = np.unique(np.linspace(0, len(found) - 1, min(most, len(found))).round().astype(int))
    return tuple(found[place] for place in places)


def _links(module: nn.Module, prefix: str = "") -> Iterator[str]:
    for name, child in module.named_children():
        if isinstance(child, nn.Sequential) and len(child):
            yield from _links(child, f"{prefix}{name}.")
        else:
            yield prefix + name
