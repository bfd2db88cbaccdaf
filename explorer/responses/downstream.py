"""What becomes of one number after the sum that made it: normalized, added to what went around, bent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isclose

import torch

from explorer.architecture.skips import skips
from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.networks.layers import Layer
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.activations import maps_of, outputs
from explorer.responses.units import Unit, check_unit, map_shape


@dataclass(frozen=True)
class LayerValue:
    """The `value` that a layer gives at one place of one map; `added` if it went around and is added to the last."""

    layer: str
    value: float
    added: bool = False


@memoised
def downstream_values(network: Network, image: Image, start: Unit, end: str) -> tuple[LayerValue, ...]:
    """From a neuron on to layer `end`, what each layer with maps of that shape gives at the same place, in order.

    () when `end` comes before or has maps of another shape. A layer that only passes on the value of the one before
    is told in its place. Raises NetworkError for an unknown layer or neuron.
    """
    check_unit(network, start)
    path = _path(network, start.layer, end)
    ways = {skip.end: skip.start for skip in skips(network) if skip.how == "added" and skip.start}
    around = {one: way for one, way in ways.items() if path and _same_maps(network, one, way, path[0].name)}
    values = _values(network, image, start, {*(layer.name for layer in path), *around.values()})
    steps: list[LayerValue] = []
    for layer in path:
        here = LayerValue(layer.name, values[layer.name])
        before = steps[-1] if steps else None
        if before and before.layer in around:
            way = LayerValue(around[before.layer], values[around[before.layer]], added=True)
            steps += [way] if _is_sum(before, way, here) else []
        passed_on = before is not None and before is steps[-1] and before.value == here.value
        steps[-1 if passed_on else len(steps) :] = [here]
    return tuple(steps)


def _path(network: Network, start: str, end: str) -> tuple[Layer, ...]:
    """The layers from `start` to `end` whose maps have the shape of both; () if these differ."""
    names = [layer.name for layer in network.layers]
    between = network.layers[names.index(start) : names.index(network.layer(end).name) + 1]
    path = tuple(layer for layer in between if _same_maps(network, layer.name, start))
    return path if path and path[-1].name == end else ()


def _same_maps(network: Network, *names: str) -> bool:
    return len({map_shape(network.layer(name)) for name in names}) == 1


def _values(network: Network, image: Image, neuron: Unit, names: Iterable[str]) -> dict[str, float]:
    """What layers give at the neuron's place, by one pass."""
    row, column = neuron.position or (0, 0)
    with compute_slot(), torch.inference_mode():
        found = outputs(network, network.shared_tensor(image), names) if names else {}
    return {
        name: float(maps_of(network.layer(name), output[0])[neuron.channel, row, column])
        for name, output in found.items()
    }


def _is_sum(one: LayerValue, other: LayerValue, result: LayerValue) -> bool:
    """Whether a value is that of two others added, or that cut off at zero; what is scaled on the way is no sum."""
    whole = one.value + other.value
    return any(isclose(result.value, value, rel_tol=1e-4, abs_tol=1e-5) for value in (whole, max(whole, 0)))
