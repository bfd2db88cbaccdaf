"""Learned weights as pictures."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import nn

from explorer.architecture.neighbours import module_of
from explorer.filtering.kernels import KernelError, as_kernel
from explorer.networks.loading import Network, NetworkError


def first_layer_filters(network: Network) -> NDArray[np.float32]:
    """The weights (n, channels, k, k) of the first convolution that sees the picture, as they were learned.

    They act on normalized pictures. Raises NetworkError when no convolution does.
    """
    return layer_filters(network, first_convolution(network))


def first_convolution(network: Network) -> str:
    """The name of the first convolution that sees the picture. Raises NetworkError when none does."""
    picture = (network.channels, network.input_size, network.input_size)
    for layer in network.layers:
        module = module_of(network, layer.name)
        if isinstance(module, nn.Conv2d) and layer.input_shape[0] == picture[0] and layer.field.size:
            return layer.name
    raise NetworkError(f"{network.name} has no convolution that sees the picture, whose filters could be shown.")


def layer_filters(network: Network, layer: str) -> NDArray[np.float32]:
    """The weights (n, slices, k, k) of any convolution: filter n has a slice for each map it reads.

    With groups it reads some of the maps only. Raises NetworkError on a layer that is no two-dimensional convolution.
    """
    module = module_of(network, layer)
    if not isinstance(module, nn.Conv2d):
        raise NetworkError(f"{layer} is a {network.layer(layer).kind}, which has no filters; choose a Conv2d.")
    return _weights(module)


def _weights(module: nn.Conv2d) -> NDArray[np.float32]:
    return module.weight.detach().float().cpu().numpy().copy()


def resemblance(weights: NDArray[Any], kernel: ArrayLike) -> NDArray[np.float64]:
    """The cosine (n,) from −1 to 1 between each filter of (n, channels, k, k) and a kernel of any size, as grids.

    A filter counts by the mean of its channels, the kernel once it is resampled to k × k; what is all zeros resembles
    nothing: 0. Raises KernelError on a kernel without rows and columns of weights.
    """
    grid = as_kernel(kernel).astype(np.float32)
    if grid.ndim != 2:
        raise KernelError(f"A filter is compared with a kernel of rows and columns; this one has shape {grid.shape}.")
    planes = weights.mean(1, dtype=np.float64)
    _, height, width = planes.shape
    if grid.shape != (height, width):
        shrinking = grid.shape[0] > height or grid.shape[1] > width
        method = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
        grid = np.asarray(cv2.resize(grid, (width, height), interpolation=method), np.float32)
    products = (planes * grid).sum((1, 2))
    sizes = np.sqrt((planes**2).sum((1, 2)) * float((grid.astype(np.float64) ** 2).sum()))
    return np.divide(products, sizes, out=np.zeros_like(products), where=sizes > 0)
