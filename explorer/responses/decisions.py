"""One decision taken apart: what each unit of the last stage adds to a class, and what an attack changed in that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from explorer.architecture.neighbours import module_of
from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.networks.layers import Layer
from explorer.networks.loading import Network, NetworkError
from explorer.pictures.images import Image
from explorer.responses.activations import input_maps, maps_of, outputs
from explorer.responses.contributions import contributions


@dataclass(frozen=True, eq=False)
class Decision:
    """A class's logit for a picture, as the sum that the last layer makes: logit = Σ amounts + bias.

    `amounts` (m,) are of the units of the last stage. `stage` is the layer whose maps those units are, each averaged
    over its places; None where they have no maps.
    """

    label: int
    logit: float
    amounts: NDArray[np.float64]
    bias: float
    stage: Layer | None

    def most(self, count: int = 5) -> list[int]:
        """The numbers of the `count` units that add most to the class, the largest first."""
        return [int(i) for i in np.argsort(-self.amounts, kind="stable")[:count]]

    @property
    def speaks_for(self) -> float:
        """What all units that speak for the class add, before what speaks against it is taken away."""
        return float(self.amounts[self.amounts > 0].sum())

    @property
    def speaks_against(self) -> float:
        """What all units that speak against the class add: 0 or less."""
        return float(self.amounts[self.amounts < 0].sum())

    def share(self, unit: int) -> float:
        """A unit's part of all that speaks for the class, in [0, 1]; 0 for one that speaks against it.

        Not of the logit: that is what for and against leave of each other, and may be near 0 or below.
        """
        return float(self.amounts[unit]) / self.speaks_for if self.amounts[unit] > 0 else 0.0


@memoised
def decision(network: Network, image: Image, label: int) -> Decision:
    """A class's logit for a picture, as the sum over the units of the last stage; `label` is the class's number.

    Raises NetworkError for a network that doesn't end with one fully connected layer.
    """
    last = network.layers[-1].name
    if not isinstance(module_of(network, last), nn.Linear):
        raise NetworkError(
            f"{network.name} doesn't end with one fully connected layer, so no sum over units makes its answer."
        )
    made = contributions(network, image, last, label, (0, 0))
    return Decision(label, made.value, read_only(made.amounts), made.bias, last_stage(network, image))


@memoised
def last_stage(network: Network, image: Image) -> Layer | None:
    """The last layer with maps whose means over all places go into the last layer; None if there is none."""
    taken = input_maps(network, image, network.layers[-1].name)[:, 0, 0]
    fitting = [layer for layer in network.layers if layer.has_maps and layer.channels == len(taken)]
    with compute_slot(), torch.inference_mode():
        found = outputs(network, network.shared_tensor(image), [layer.name for layer in fitting]) if fitting else {}
    for layer in reversed(fitting):
        means = maps_of(layer, found[layer.name][0]).float().mean((1, 2)).cpu().numpy()
        if np.allclose(means, taken, rtol=1e-3, atol=1e-5):
            return layer
    return None


@dataclass(frozen=True, eq=False)
class LeadChange:
    """What an attack changed, unit by unit: `gains` (m,) sum to how far the new class's lead over the old one rose."""

    gains: NDArray[np.float64]
    lead_before: float  #: the new class's logit less the old one's, in the picture
    lead_after: float  #: and in the attacked one

    def most(self, count: int = 5) -> list[int]:
        """The numbers of the `count` units whose gain is largest, the largest first."""
        return [int(i) for i in np.argsort(-self.gains, kind="stable")[:count]]


def lead_change(network: Network, original: Image, attacked: Image, old: int, new: int) -> LeadChange:
    """How far each unit of the last stage moved class `new` ahead of class `old`, both numbers, under an attack.

    Raises NetworkError as `decision`.
    """
    (old_before, new_before), (old_after, new_after) = (
        [decision(network, image, label) for label in (old, new)] for image in (original, attacked)
    )
    gains = (new_after.amounts - old_after.amounts) - (new_before.amounts - old_before.amounts)
    return LeadChange(gains, new_before.logit - old_before.logit, new_after.logit - old_after.logit)
