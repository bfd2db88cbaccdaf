"""The small network that learns before one's eyes: three convolutions, and one logit for each class."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

import torch
from torch import Generator, Tensor, nn

from explorer.learning.initialization import initialize

KERNEL = 9  #: side of the first layer's filters
_WIDTHS = (64, 128)  # channels of the second and third convolution
_NAMES: Mapping[type[nn.Module], str] = {
    nn.Conv2d: "conv", nn.BatchNorm2d: "norm", nn.ReLU: "relu", nn.MaxPool2d: "pool", nn.AdaptiveAvgPool2d: "mean",
    nn.Flatten: "flatten", nn.Linear: "classifier",
}  # fmt: skip
_WEAK = 0.3  # the first filters' noise, so that what is learned soon outweighs it


def small_network(filters: int, classes: int, batch_norm: bool, source: Generator | None = None) -> nn.Sequential:
    """Three convolutions, each with batch normalization (or a bias) and ReLU, the mean over all places, logits.

    It takes normalized pictures (N, 3, S, S) of any S ≥ 32. Weights begin as noise (He et al. 2015), the first layer's
    weaker.
    """
    shapes = ((3, filters, KERNEL, 2, 0), (filters, _WIDTHS[0], 3, 1, 1), (*_WIDTHS, 3, 1, 1))
    first, second, third = (_block(*shape, norm=batch_norm) for shape in shapes)
    head = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(_WIDTHS[1], classes))
    network = nn.Sequential(*first, *second, nn.MaxPool2d(2), *third, *head)
    initialize(network, source)
    with torch.no_grad():
        next(network.parameters()).mul_(_WEAK)
    return network


def _block(before: int, after: int, kernel: int, stride: int, padding: int, *, norm: bool) -> list[nn.Module]:
    convolution = nn.Conv2d(before, after, kernel, stride, padding, bias=not norm)
    return [convolution, nn.BatchNorm2d(after), nn.ReLU()] if norm else [convolution, nn.ReLU()]


def network_like(state: Mapping[str, Tensor]) -> nn.Sequential:
    """A small network with these weights and of their size."""
    network = small_network(len(state["0.weight"]), classes_of(state), "1.running_mean" in state)
    network.load_state_dict(dict(state))
    return network


def with_names(network: nn.Sequential) -> nn.Sequential:
    """The same modules as conv1, norm1, relu1, conv2, … and not by their place alone: what screens call the layers."""
    names, block = [], 0
    for module in network:
        block += isinstance(module, nn.Conv2d)
        name = _NAMES[type(module)]
        names.append(f"{name}{block}" if name in ("conv", "norm", "relu") else name)
    return nn.Sequential(OrderedDict(zip(names, network, strict=True)))


def classes_of(state: Mapping[str, Tensor]) -> int:
    """The number of classes that a network with these weights tells apart: the rows of its only matrix."""
    return next(len(value) for value in state.values() if value.ndim == 2)
