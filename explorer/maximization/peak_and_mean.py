"""What a unit makes of a painted picture by both measures: the mean that was maximized, and the peak."""

from __future__ import annotations

import torch

from explorer.compute import compute_slot
from explorer.maximization.transforms import resized
from explorer.networks.classifier import to_tensor
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.activations import maps_of, outputs
from explorer.responses.units import Unit, check_unit


def peak_and_mean(network: Network, picture: Image, unit: Unit) -> tuple[float, float]:
    """The highest value and the mean of the unit's map for a square picture, seen whole, as the ascent sees it.

    A neuron's are both its own value, a class's its logit. Photographs are told by their highest value
    (`Index.peaks`), an ascent by the mean that it climbs: only the same of both can be compared. Raises NetworkError
    for a unit the network lacks.
    """
    check_unit(network, unit)
    with compute_slot(), torch.inference_mode():
        x = resized(to_tensor(picture.pixels[None], network.device), network.input_size)
        output = outputs(network, x, [unit.layer])[unit.layer][0]
        values = maps_of(network.layer(unit.layer), output)[unit.channel].float()
    if unit.position is not None:
        values = values[unit.position]
    return float(values.max()), float(values.mean())
