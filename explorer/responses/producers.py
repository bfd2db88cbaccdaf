"""Which layer made what goes into another: the way from one number of a map back to the pixels."""

from __future__ import annotations

import numpy as np
import torch

from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.networks.layers import Layer
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.activations import input_maps, maps_of, outputs
from explorer.responses.contributions import Contributions
from explorer.responses.units import map_shape


@memoised
def producer(network: Network, image: Image, layer: str) -> Layer | None:
    """The last layer before whose maps are, for this picture, what goes into a layer; None if there is none.

    So it is where a layer reads the picture, and where the network's own code changes the values in between. Raises
    NetworkError on an unknown layer.
    """
    given = input_maps(network, image, layer)
    names = [known.name for known in network.layers]
    before = [known for known in network.layers[: names.index(network.layer(layer).name)] if len(known.shape) <= 3]
    same_shape = [known for known in before if map_shape(known) == given.shape]
    if not same_shape:
        return None
    with compute_slot(), torch.inference_mode():
        recorded = outputs(network, network.shared_tensor(image), [known.name for known in same_shape])
    for known in reversed(same_shape):
        if np.array_equal(maps_of(known, recorded[known.name][0]).float().cpu().numpy(), given):
            return known
    return None


def strongest_product(found: Contributions, number: int) -> tuple[int, int]:
    """Where on input map `found.channels[number]`, (row, column), the largest product of either sign was made."""
    products = np.abs(found.patches[number] * found.weights[number])
    row, column = np.unravel_index(int(products.argmax()), products.shape)
    return found.window[0] + int(row), found.window[1] + int(column)
