"""By which method a unit is looked at first: what is asked of it by how deep it lies."""

from __future__ import annotations

from explorer.maximization.presets import DEFAULT
from explorer.networks.loading import Network

LATE = 0.75  #: of the way through the network's layers: from there on units look for things that have names


def usual_method(network: Network, layer: str) -> str:
    """The method in METHODS whose pictures can be named, for classes and late layers, else the quick one.

    Raises NetworkError for a layer that the network lacks.
    """
    names = [one.name for one in network.layers]
    return "recognisable" if names.index(network.layer(layer).name) >= LATE * len(names) else DEFAULT
