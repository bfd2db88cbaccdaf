"""What is maximized, as one number per picture: a unit, a mixture of two, a direction, or what a photograph excites."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from explorer.networks.loading import Network, NetworkError
from explorer.pictures.images import Image
from explorer.responses.activations import as_maps, maps_of
from explorer.responses.units import Unit, check_unit, checked_layer, unit_value

LEAST_COSINE = 0.1  #: of a caricature or direction, so that what points away from it is still drawn towards it


@dataclass(frozen=True)
class Between:
    """The direction between two units: (1 − share) of the first and `share` of the second."""

    first: Unit
    second: Unit
    share: float

    @property
    def name(self) -> str:
        """For files and captions."""
        return f"{self.first.name} to {self.second.name} {self.share:.2f}"


@dataclass(frozen=True)
class Caricature:
    """What a layer sees in a photograph, more of it: a caricature.

    Olah et al., Distill 2018, "The Building Blocks of Interpretability": the dot product of the layer's output with
    that for the photograph, times their cosine (at least LEAST_COSINE) to the `power`, which holds on to the motif.
    The photograph is seen through the same view as the picture.
    """

    layer: str
    image: Image
    power: float = 1.0

    @property
    def name(self) -> str:
        """For files and captions."""
        return f"{self.image.name} {self.layer}"


@dataclass(frozen=True)
class Direction:
    """A direction in the space of a layer's channels, such as the mean of many places' activations.

    Carter et al., "Activation Atlas", Distill 2019: at each place of the map the dot product of the activation with the
    unit `vector`, times their cosine (at least LEAST_COSINE) to the `power`; the mean over places, or over the one at
    `position` (row, column). Without the cosine, a channel that all pictures excite would be painted into each.
    """

    layer: str
    vector: tuple[float, ...]  #: one number for each channel; its length doesn't matter
    power: float = 1.0
    position: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """For files and captions."""
        return f"{self.layer} direction {self.digest[:8]}"

    @cached_property
    def digest(self) -> str:
        """The same for the same numbers, and for no others."""
        return hashlib.sha256(np.array(self.vector).tobytes()).hexdigest()

    @property
    def content_key(self) -> Hashable:
        """What stands for the direction in the memo's keys."""
        return ("direction", self.layer, self.digest, self.power, self.position)


Objective = Unit | Between | Caricature | Direction


def layers_of(objective: Objective) -> tuple[str, ...]:
    """The layers whose outputs the objective is made of."""
    if isinstance(objective, Between):
        return objective.first.layer, objective.second.layer
    return (objective.layer,)


def check_objective(network: Network, objective: Objective) -> None:
    """Raises NetworkError for a layer, channel or position that the network doesn't have, a share beyond [0, 1], and a
    direction that isn't one number, not all zero, for each channel.
    """
    if isinstance(objective, Unit):
        check_unit(network, objective)
    elif isinstance(objective, Caricature):
        checked_layer(network, objective.layer)
    elif isinstance(objective, Direction):
        check_unit(network, Unit(objective.layer, 0, objective.position))
        channels = network.layer(objective.layer).channels
        if len(objective.vector) != channels or not any(objective.vector) or not np.isfinite(objective.vector).all():
            raise NetworkError(
                f"A direction in {objective.layer} is {channels} finite numbers, one for each channel and not all 0; "
                f"these are {len(objective.vector)}."
            )
    else:
        check_unit(network, objective.first)
        check_unit(network, objective.second)
        if not 0 <= objective.share <= 1:
            raise NetworkError(f"The second unit's share is 0 to 1, not {objective.share:g}.")


def scores_of(
    network: Network,
    recorded: Mapping[str, Tensor],
    objectives: Sequence[Objective],
    wanted: Mapping[int, Tensor],
) -> Tensor:
    """The score (N,) of objective i in picture i, of whose layers' outputs (N, …) are `recorded`; differentiable.

    A unit's score is its `unit_value`. `wanted` are the outputs of each caricature's layer for its photograph, by the
    caricature's number.
    """
    return torch.stack([_score(network, recorded, i, one, wanted.get(i)) for i, one in enumerate(objectives)])


def _score(
    network: Network, recorded: Mapping[str, Tensor], number: int, objective: Objective, wanted: Tensor | None
) -> Tensor:
    if isinstance(objective, Caricature):
        assert wanted is not None
        return _caricatured(recorded[objective.layer][number], wanted, objective.power)
    if isinstance(objective, Direction):
        return _along(maps_of(network.layer(objective.layer), recorded[objective.layer][number]), objective)
    if isinstance(objective, Between):
        first, second = (
            unit_value(network, recorded[one.layer][number], one) for one in (objective.first, objective.second)
        )
        return (1 - objective.share) * first + objective.share * second
    return unit_value(network, recorded[objective.layer][number], objective)


def _caricatured(output: Tensor, wanted: Tensor, power: float) -> Tensor:
    """The dot product as a mean over the layer, in units of the photograph's own root mean square."""
    size = wanted.square().mean().sqrt().clamp(min=torch.finfo(wanted.dtype).tiny)
    cosine = functional.cosine_similarity(output.flatten(), wanted.flatten(), 0)
    return (output * wanted).mean() / size * cosine.clamp(min=LEAST_COSINE) ** power


def _along(maps: Tensor, direction: Direction) -> Tensor:
    """How far the activations at the places of maps (C, h, w) reach in a direction, and how much in it alone."""
    if direction.position is not None:
        row, column = direction.position
        maps = maps[:, row : row + 1, column : column + 1]
    unit = functional.normalize(torch.tensor(direction.vector).to(maps), dim=0)
    activations = maps.flatten(1)
    cosines = functional.cosine_similarity(activations, unit[:, None], 0)
    return (unit @ activations * cosines.clamp(min=LEAST_COSINE) ** direction.power).mean()


def less_similarity(found: Tensor, maps: Tensor, diversity: float) -> Tensor:
    """Scores (N,), each less the share `diversity` of its size times the `style_similarity` of its maps (N, …)."""
    return found - diversity * found.detach().abs() * style_similarity(maps)


def style_layer(network: Network, objective: Objective) -> str:
    """Where pictures of an objective are compared: its layer, or the last one before it that has places."""
    names = [layer.name for layer in network.layers]
    until = network.layers[: names.index(network.layer(layers_of(objective)[0]).name) + 1]
    placed = [layer.name for layer in until if len(layer.places) == 2 and layer.places != (1, 1)]
    return placed[-1] if placed else layers_of(objective)[0]


def style_similarity(maps: Tensor) -> Tensor:
    """How alike in style each picture of a batch (N, …) is to the others, (N,): the mean cosine of Gram matrices.

    Olah, Mordvintsev & Schubert, Distill 2017, "Diversity". 0 for a batch of one.
    """
    flat = torch.stack([as_maps(one).flatten(1) for one in maps])
    grams = functional.normalize((flat @ flat.transpose(1, 2)).flatten(1), dim=1)
    cosines = grams @ grams.T
    return (cosines.sum(1) - cosines.diagonal()) / max(1, len(maps) - 1)
