"""What made one number of a feature map: which pixels it depends on, and the sum over the maps before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.architecture.neighbours import module_of
from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.networks.gradients.derivatives import derivative
from explorer.networks.loading import Network, NetworkError
from explorer.pictures.images import Image
from explorer.responses.activations import input_maps, outputs
from explorer.responses.units import Unit, check_unit, unit_value


@memoised
def effective_field(network: Network, image: Image, unit: Unit) -> NDArray[np.float32]:
    """How much each pixel of the prepared picture moves a unit: Σ over colours of |∂unit/∂pixel|, (S, S), read-only.

    It is zero outside the theoretical receptive field and mostly much smaller: Luo et al., "Understanding the Effective
    Receptive Field in Deep Convolutional Neural Networks", NeurIPS 2016. Raises NetworkError for an unknown unit.
    """
    check_unit(network, unit)
    with compute_slot(), torch.inference_mode(False), torch.enable_grad():
        x = network.tensor(image).requires_grad_()
        output = outputs(network, x, [unit.layer])[unit.layer][0]
        value = unit_value(network, output, unit)
        fixed = not network.sees_the_picture(unit.layer) and not value.requires_grad
        gradient = torch.zeros_like(x) if fixed else derivative(value, x)
    return read_only(gradient[0].abs().sum(0).float().cpu().numpy())


def smallest_share(field: NDArray[Any], share: float = 0.9) -> float:
    """The smallest share of pixels that together hold `share` of a field's sum; 0 for a field of zeros."""
    largest_first = np.sort(field, axis=None)[::-1].astype(np.float64)
    total = largest_first.sum()
    if not total:
        return 0.0
    return float(np.searchsorted(largest_first.cumsum(), share * total) + 1) / field.size


@dataclass(frozen=True)
class Contributions:
    """The sum that made one value of a convolution: value = Σ amounts + bias.

    `channels` (m,) are the input maps that take part (those of its group), `amounts` (m,) what each adds. `patches` and
    `weights` (m, k, k') are the input in `window` and the kernel as it is laid there, without what falls on padding;
    amounts are the sums of their products.
    """

    value: float
    bias: float
    channels: NDArray[np.int64]
    amounts: NDArray[np.float64]
    window: tuple[int, int, int, int]  #: top, left, bottom, right on the input maps, ends excluded
    patches: NDArray[np.float32]
    weights: NDArray[np.float32]

    @property
    def order(self) -> NDArray[np.int64]:
        """Places in `channels`, the largest contribution of either sign first."""
        return np.argsort(-np.abs(self.amounts), kind="stable")


def contributions(network: Network, image: Image, layer: str, channel: int, position: tuple[int, int]) -> Contributions:
    """The exact sum that made the value of a convolution's map `channel` at `position` (row, column).

    So it is of a fully connected layer at each place, which is a convolution with kernels of 1 × 1.

    A convolution is linear, so that value is Σ_c ⟨∂value/∂x_c, x_c⟩ + bias, whatever its padding, stride, dilation and
    groups; the derivative is the kernel, laid where it was used. Raises NetworkError when the layer is neither, or has
    no such channel or position.
    """
    module = _as_convolution(module_of(network, layer))
    if module is None:
        kind = network.layer(layer).kind
        raise NetworkError(f"{layer} is a {kind}, not one convolution; choose a Conv2d or Linear to see the sum.")
    check_unit(network, Unit(layer, channel, position))
    x = torch.from_numpy(input_maps(network, image, layer).copy()).to(network.device)
    value, slope = _derivative(module, x, channel, position)
    size = module.in_channels // module.groups
    first = channel // (module.out_channels // module.groups) * size
    inputs, weights = (t[first : first + size].cpu().numpy() for t in (x, slope))
    amounts = (inputs.astype(np.float64) * weights).sum((1, 2))
    top, left, bottom, right = window = extent(weights)
    bias = 0.0 if module.bias is None else float(module.bias[channel])
    return Contributions(
        value, bias, np.arange(first, first + size), amounts, window,
        inputs[:, top:bottom, left:right], weights[:, top:bottom, left:right],
    )  # fmt: skip


def _as_convolution(module: nn.Module) -> nn.Conv2d | None:
    """The module if it is a convolution, the same weights as kernels of 1 × 1 if it is fully connected, else None."""
    if not isinstance(module, nn.Linear):
        return module if isinstance(module, nn.Conv2d) else None
    same = nn.Conv2d(module.in_features, module.out_features, 1, bias=False, device="meta")
    same.weight, same.bias = nn.Parameter(module.weight[:, :, None, None], requires_grad=False), module.bias
    return same


def _derivative(module: nn.Conv2d, x: Tensor, channel: int, position: tuple[int, int]) -> tuple[float, Tensor]:
    """One value of a convolution's output for maps (C, h, w), and its derivative by each of theirs."""
    with compute_slot(), torch.inference_mode(False), torch.enable_grad():
        x = x.clone().to(module.weight.dtype).requires_grad_()
        value = module(x[None])[(0, channel, *position)]
        (slope,) = torch.autograd.grad(value, x)
    return float(value.detach()), slope.float()


def extent(weights: NDArray[Any]) -> tuple[int, int, int, int]:
    """The smallest box (top, left, bottom, right) around all that is not zero; empty at (0, 0) for all zeros."""
    rows, columns = (np.flatnonzero(np.abs(weights).sum((0, axis))) for axis in (2, 1))
    if not rows.size:
        return 0, 0, 0, 0
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
