"""Where a network looks: Grad-CAM, the places of a layer that speak for a class."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.cache import memoised
from explorer.compute import heavy
from explorer.networks.layers import Layer
from explorer.networks.loading import Network, NetworkError
from explorer.pictures.images import Image
from explorer.responses.activations import as_maps, outputs


@memoised
def grad_cam(network: Network, image: Image, target: int | str, layer: str) -> NDArray[np.float32]:
    """How much each place of a layer speaks for class `target`, a number or name: (h, w), ≥ 0, read-only.

    α_k is the mean over places of ∂y/∂A_k, y the class's logit and A_k the layer's map k; the result is
    ReLU(Σ_k α_k A_k): Selvaraju et al., "Grad-CAM", ICCV 2017, equations 1 and 2. Raises NetworkError for an unknown
    class or layer, and for a layer whose output has no places.
    """
    number, here = network.class_index(target), network.layer(layer)
    if len(here.places) != 2:
        raise NetworkError(f"{layer} gives {here.shape}, which has no places to light up; choose an earlier layer.")
    last = network.layers[-1].name
    with heavy(), torch.inference_mode(False), torch.enable_grad():
        found = outputs(network, network.tensor(image).requires_grad_(), {layer, last})
        maps = found[layer]
        (gradient,) = torch.autograd.grad(found[last][0, number], maps)
    weights = as_maps(gradient[0]).mean((1, 2), keepdim=True)
    heat: NDArray[np.float32] = (weights * as_maps(maps.detach()[0])).sum(0).relu().float().cpu().numpy()
    heat.flags.writeable = False
    return heat


def last_with_places(network: Network) -> Layer:
    """The deepest layer with more than one place, where Grad-CAM is usual. Raises NetworkError if there is none."""
    for layer in reversed(network.layers):
        if layer.has_maps:
            return layer
    raise NetworkError(f"{network.name} has no layer with places, so it can't be asked where it looks.")
