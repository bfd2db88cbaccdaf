"""How much of a change to the picture is left at each layer: slid, turned, scaled, or another picture altogether."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from explorer.architecture.neighbours import main_path
from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.networks.loading import Network
from explorer.pictures.images import Image, from_array
from explorer.responses.activations import maps_of, outputs

Kind = Literal["slide", "rotate", "scale"]
AMOUNTS: Mapping[Kind, tuple[float, ...]] = {
    "slide": (0, 1, 2, 4, 8, 12, 16, 24, 32),  # pixels to the right
    "rotate": (0, 2, 5, 10, 15, 20, 30, 45, 60, 90),  # degrees counter-clockwise
    "scale": (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2),  # times larger
}


@dataclass(frozen=True)
class Change:
    """How far the outputs for two pictures are apart at each of `layers`: arrays (layers,) of `distance`.

    `in_place` compares each value with the one at the same place, `along` after the first picture's maps were slid,
    turned or scaled as the picture was, `pooled` only the mean of each map.
    """

    amount: float
    layers: tuple[str, ...]
    in_place: NDArray[np.float64]
    along: NDArray[np.float64]
    pooled: NDArray[np.float64]


def distance(a: Tensor, b: Tensor) -> float:
    """‖a − b‖ / √(‖a‖² + ‖b‖²): 0 for equal values, 1 for unrelated (orthogonal) ones, √2 for opposite ones."""
    whole = float(a.square().sum() + b.square().sum()) ** 0.5
    return float((a - b).norm()) / whole if whole else 0.0


def transformed(network: Network, image: Image, kind: Kind, amount: float) -> Image:
    """The prepared picture slid by pixels, turned by degrees or scaled by a factor about its centre.

    What comes into view at the rim is mirrored.
    """
    prepared = network.prepare(image)
    x = torch.from_numpy(prepared.pixels.transpose(2, 0, 1)[None].copy())
    pixels = warp(x, transform_matrix(kind, amount, network.input_size))[0].permute(1, 2, 0).numpy()
    return from_array(np.rint(np.clip(pixels, 0, 1) * 255) / 255, f"{prepared.name}, changed")


def transform_matrix(kind: Kind, amount: float, side: int) -> Tensor:
    """The affine map (2, 3) from places of the result to places of the source, both in [−1, 1]; `side` is in pixels."""
    if kind == "slide":
        return torch.tensor([[1, 0, -2 * amount / side], [0, 1, 0]])
    if kind == "scale":
        return torch.tensor([[1 / amount, 0, 0], [0, 1 / amount, 0]])
    cos, sin = float(np.cos(np.radians(amount))), float(np.sin(np.radians(amount)))
    return torch.tensor([[cos, -sin, 0], [sin, cos, 0]])


def warp(maps: Tensor, places: Tensor) -> Tensor:
    """Maps (N, C, h, w) read at `places` (2, 3) by bilinear interpolation, mirrored at the rim."""
    grid = F.affine_grid(places.to(maps)[None].expand(len(maps), -1, -1), list(maps.shape), align_corners=False)
    return F.grid_sample(maps, grid, padding_mode="reflection", align_corners=False)


def sweep(network: Network, image: Image, kind: Kind, amounts: Sequence[float]) -> Iterator[Change]:
    """Change the picture by more and more and tell what is left of it at each layer of the network's main path.

    One pass a step records all layers at once.
    """
    layers = tuple(layer.name for layer in main_path(network))
    before = _record(network, image, layers)
    for amount in amounts:
        after = _record(network, transformed(network, image, kind, amount), layers)
        yield _change(amount, before, after, layers, transform_matrix(kind, amount, network.input_size))


@memoised
def change_between(network: Network, first: Image, second: Image) -> Change:
    """The change from one picture to another at each layer of the main path: the measure of all smaller ones."""
    layers = tuple(layer.name for layer in main_path(network))
    before, after = _record(network, first, layers), _record(network, second, layers)
    return _change(0.0, before, after, layers, transform_matrix("slide", 0, network.input_size))


def relative_change(change: ArrayLike, most: ArrayLike) -> NDArray[np.float64]:
    """A change (layers,) as a share of what another picture changes at the same layer of the same network (layers,).

    Networks are compared by this: where all pictures look much alike to a layer, as with random weights, a small
    change of the picture is not forgotten because it moves the layer little. NaN where the other picture moves nothing.
    """
    whole = np.asarray(most, float)
    return np.divide(change, whole, out=np.full(whole.shape, np.nan), where=whole > 0)


def first_layer_below(shares: ArrayLike, share: float) -> int | None:
    """The index of the first layer from which on `shares` (layers,) stay under `share`; None if the last doesn't."""
    above = np.flatnonzero(~(np.asarray(shares, float) < share))
    first = int(above[-1]) + 1 if above.size else 0
    return first if first < np.size(shares) else None


def _record(network: Network, image: Image, layers: tuple[str, ...]) -> dict[str, Tensor]:
    with compute_slot(), torch.inference_mode():
        found = outputs(network, network.shared_tensor(image), layers)
    return {name: maps_of(network.layer(name), value[0]).float()[None] for name, value in found.items()}


def _change(
    amount: float, before: Mapping[str, Tensor], after: Mapping[str, Tensor], layers: tuple[str, ...], places: Tensor
) -> Change:
    in_place, along, pooled = [], [], []
    with torch.inference_mode():
        for name in layers:
            a, b = before[name], after[name]
            in_place.append(distance(a, b))
            along.append(distance(warp(a, places), b) if min(a.shape[2:]) > 1 else in_place[-1])
            pooled.append(distance(a.mean((2, 3)), b.mean((2, 3))))
    return Change(amount, layers, np.array(in_place), np.array(along), np.array(pooled))
