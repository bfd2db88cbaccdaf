"""Circuits: which units of the layer before excite a unit and which inhibit it, and the kernel between the two.

Olah et al., "Zoom In: An Introduction to Circuits", Distill 2020; Voss et al., "Visualizing Weights", Distill 2021
(expanded weights: kernels multiplied through the layers between).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer import render
from explorer.architecture.circuit_layers import circuit_layer_before
from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.networks.gradients.derivatives import derivative, found_derivative
from explorer.networks.gradients.gates import StraightThroughGates
from explorer.networks.loading import Network, NetworkError
from explorer.pictures.images import Image, from_array
from explorer.responses.activations import feature_maps, maps_of, outputs
from explorer.responses.contributions import extent
from explorer.responses.units import Unit, check_unit

PICTURE = ""  #: in place of the layer before the first: the picture's own colours


@dataclass(frozen=True, eq=False)
class Circuit:
    """A neuron and the maps (C,) of the layer before it: value = Σ amounts + rest.

    `kernels` (C, k, k') are the expanded kernels, the derivative of the value by each map in `window`, through 1 × 1
    and depthwise convolutions, normalizations and the gates that are open for the picture; `patches` (C, k, k') is what
    lies beneath them. Where the sum is `exact`, `rest` is what doesn't depend on those maps: biases, and gates that are
    shut or full. Elsewhere something bends between (SiLU, GELU) or maps multiply maps (squeeze-and-excitation): the
    amounts are of first order, and `rest` is also what the bends make.
    """

    unit: Unit
    before: str  #: the layer before, or PICTURE
    value: float
    amounts: NDArray[np.float64]
    window: tuple[int, int, int, int]  #: top, left, bottom, right on the maps before, ends excluded
    kernels: NDArray[np.float32]
    patches: NDArray[np.float32]
    exact: bool

    @property
    def dead(self) -> bool:
        """Whether no map before moves the neuron here: a gate cuts it off."""
        return not self.kernels.size

    @property
    def rest(self) -> float:
        """What the maps before don't explain."""
        return self.value - float(self.amounts.sum())

    def excitatory(self, count: int) -> list[int]:
        """The numbers of the maps that excite the unit most, at most `count`, the strongest first: all amounts > 0."""
        return [int(i) for i in np.argsort(-self.amounts, kind="stable")[:count] if self.amounts[i] > 0]

    def inhibitory(self, count: int) -> list[int]:
        """The numbers of the maps that inhibit it most, at most `count`, the strongest first: all amounts < 0."""
        return [int(i) for i in np.argsort(self.amounts, kind="stable")[:count] if self.amounts[i] < 0]

    def place(self, number: int) -> tuple[int, int]:
        """Where on a map before, (row, column), its largest product with the kernel lies."""
        products = np.abs(self.kernels[number] * self.patches[number])
        row, column = np.unravel_index(int(products.argmax()), products.shape)
        return self.window[0] + int(row), self.window[1] + int(column)

    def share(self, count: int) -> float:
        """The part of all excitation and inhibition, Σ|amounts|, that the `count` strongest maps have, in [0, 1]."""
        sizes = np.sort(np.abs(self.amounts))[::-1]
        return float(sizes[:count].sum() / sizes.sum()) if sizes.sum() else 0.0


@memoised
def circuit(network: Network, image: Image, unit: Unit) -> Circuit:
    """What excites and what inhibits a neuron for a picture: what each map before adds to its value.

    That is its sum of activation × derivative: exact where the network is linear between gates, as with ReLU, else of
    first order. Raises NetworkError for a unit that the network lacks or that has no place, and where no gradient comes
    back.
    """
    value, before, maps, slope, exact = _slope(network, image, unit, by_weights=False)
    window = extent(slope)
    top, left, bottom, right = window
    amounts = (maps.astype(np.float64) * slope).sum((1, 2))
    part = (slice(None), slice(top, bottom), slice(left, right))
    kernels, patches = (read_only(whole[part]) for whole in (slope, maps))
    return Circuit(unit, before, value, read_only(amounts), window, kernels, patches, exact)


@memoised
def expanded_kernels(network: Network, image: Image, unit: Unit) -> NDArray[np.float32]:
    """The kernels (C, k, k') between a neuron and the maps before by weights alone: as if every gate were open.

    The picture plays a part only where a network has other non-linearities than ReLU and its kin, or a pool that takes
    the largest: see `picture_shapes`. Raises as `circuit`.
    """
    slope = _slope(network, image, unit, by_weights=True)[3]
    top, left, bottom, right = extent(slope)
    return read_only(slope[:, top:bottom, left:right])


@memoised
def picture_shapes(network: Network, image: Image, unit: Unit) -> bool:
    """Whether the picture has a part in the kernels by weights alone: grey has others. Raises as `circuit`."""
    grey = from_array(np.full((network.input_size, network.input_size, 3), render.MID_GREY, np.uint8), "grey")
    here, there = (_slope(network, one, unit, by_weights=True)[3] for one in (image, grey))
    return not np.allclose(here, there, rtol=1e-3, atol=1e-4 * float(np.abs(here).max()))


def by_weights(kernels: NDArray[np.float32]) -> NDArray[np.float64]:
    """How strongly each map is tied to the unit by its kernel (C, k, k') alone: its norm, with the sign of its sum."""
    norms = np.sqrt(np.square(kernels, dtype=np.float64).sum((1, 2)))
    return norms * np.where(kernels.sum((1, 2)) < 0, -1, 1)


def strongest_place(network: Network, image: Image, layer: str, channel: int) -> tuple[int, int]:
    """Where a channel's map is largest for a picture, (row, column). Raises NetworkError for what the network lacks."""
    check_unit(network, Unit(layer, channel))
    values = feature_maps(network, image, layer)[channel]
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    return int(row), int(column)


def _slope(
    network: Network, image: Image, unit: Unit, *, by_weights: bool
) -> tuple[float, str, NDArray[np.float32], NDArray[np.float32], bool]:
    """The unit's value, the layer before, its maps (C, h, w), the value's derivative by them, and if it stays so."""
    check_unit(network, unit)
    if unit.position is None:
        raise NetworkError("A circuit is of one neuron: give the unit a place, (row, column).")
    previous = circuit_layer_before(network, unit.layer)
    with compute_slot(), torch.inference_mode(False), torch.enable_grad():
        x = network.tensor(image).requires_grad_()
        found = outputs(network, x, [unit.layer, *([previous.name] if previous else [])])
        before = found[previous.name] if previous else x
        value = maps_of(network.layer(unit.layer), found[unit.layer][0])[(unit.channel, *unit.position)]
        exact = not by_weights and _keeps_its_slope(value, before)
        slope = _derivative(value, before, by_weights=by_weights)
    maps, slopes = (
        (maps_of(previous, t[0]) if previous else t[0]).detach().float().cpu().numpy() for t in (before, slope)
    )
    return float(value.detach()), previous.name if previous else PICTURE, maps, slopes, exact


def _keeps_its_slope(value: Tensor, maps: Tensor) -> bool:
    """Whether a value's derivative by maps stays as it is when these change a little: no second derivative.

    Taken along one direction drawn at random: along the maps themselves it may be 0 for what bends, as a norm.
    """
    if not value.requires_grad:
        return True
    try:
        (slope,) = torch.autograd.grad(value, maps, create_graph=True)
        if not slope.requires_grad:
            return True
        direction = torch.randn(slope.shape, generator=torch.Generator().manual_seed(0)).to(slope)
        bend = found_derivative((slope * direction).sum(), maps, again=True)
    except RuntimeError:  # an operation without a second derivative: nothing is claimed of it
        return False
    return bend is None or not bool(bend.any())


def _derivative(value: Tensor, maps: Tensor, *, by_weights: bool) -> Tensor:
    if not by_weights:
        return derivative(value, maps)
    with StraightThroughGates():
        return derivative(value, maps)
