"""Where a network looks: Grad-CAM, the places of a layer that speak for a class."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.networks.gradients.derivatives import derivative
from explorer.networks.layers import Layer
from explorer.networks.loading import Network, NetworkError
from explorer.pictures.images import Image
from explorer.responses.activations import maps_of, outputs


@memoised
def grad_cam(network: Network, image: Image, target: int | str, layer: str) -> NDArray[np.float32]:
    """How much each place of a layer speaks for class `target`, a number or name: (h, w), ≥ 0, read-only.

    α_k is the mean over places of ∂y/∂A_k, y the class's logit and A_k the layer's map k; the result is
    ReLU(Σ_k α_k A_k): Selvaraju et al., "Grad-CAM", ICCV 2017, equations 1 and 2. Raises NetworkError for an unknown
    class or layer, and for a layer whose output has no places or doesn't depend on the picture.
    """
    number, here = network.class_index(target), network.layer(layer)
    if len(here.places) != 2:
        raise NetworkError(f"{layer} gives {here.shape}, which has no places to light up; choose an earlier layer.")
    if not here.field.size:
        raise NetworkError(f"{layer} doesn't depend on the picture, so it doesn't say where; choose another layer.")
    last = network.layers[-1].name
    with compute_slot(), torch.inference_mode(False), torch.enable_grad():
        found = outputs(network, network.tensor(image).requires_grad_(), {layer, last})
        maps = found[layer]
        gradient = derivative(found[last][0, number], maps)
    weights = maps_of(here, gradient[0]).mean((1, 2), keepdim=True)
    heat: NDArray[np.float32] = (weights * maps_of(here, maps.detach()[0])).sum(0).relu().float().cpu().numpy()
    return read_only(heat)


@memoised
def layers_with_places(network: Network) -> tuple[Layer, ...]:
    """The layers that can be asked: they have more than one place, and the picture reaches them."""
    return tuple(layer for layer in network.layers if layer.has_maps and layer.field.size)


def last_with_places(network: Network) -> Layer:
    """The deepest layer with more than one place, where Grad-CAM is usual. Raises NetworkError if there is none.

    Where a class token gives the answer, that is the last one whose patches this token still reads.
    """
    placed = layers_with_places(network)
    if not placed:
        raise NetworkError(f"{network.name} has no layer with places, so it can't be asked where it looks.")
    deepest = placed[-1]
    if not deepest.prefix:
        return deepest
    return _last_read(network, tuple(layer for layer in placed if layer.channels == deepest.channels))


@memoised
def _last_read(network: Network, layers: tuple[Layer, ...]) -> Layer:
    """The last of the layers whose maps move the answer; the last of all if none does, as where the head is zero."""
    names, size = [layer.name for layer in layers], network.input_size
    with compute_slot(), torch.inference_mode(False), torch.enable_grad():
        grey = torch.full((1, 3, size, size), 0.5, device=network.device, requires_grad=True)
        found = outputs(network, grey, [*names, network.layers[-1].name])
        logits = found[network.layers[-1].name][0]
        height = logits.square().sum()  # the sum of all may be the same for every picture
        asked = [found[name] for name in names]
        # without any gradient, whoever asks for a heatmap is told
        slopes = torch.autograd.grad(height, asked, allow_unused=True) if height.requires_grad else [None] * len(asked)
    moving = [
        layer
        for layer, slope in zip(layers, slopes, strict=True)
        if slope is not None and maps_of(layer, slope[0]).any()
    ]
    return (moving or layers)[-1]
