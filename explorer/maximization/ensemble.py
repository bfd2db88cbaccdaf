"""The networks whose scores gradient ascent climbs: the one in use and, for a class, a second one that knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.maximization.normalization_prior import NormalizationPrior, recorded_names
from explorer.maximization.objectives import (
    Caricature,
    Objective,
    layers_of,
    less_similarity,
    scores_of,
    style_layer,
)
from explorer.maximization.presets import Preset
from explorer.maximization.transforms import Views
from explorer.networks.classifier import NetworkError
from explorer.networks.gradients.folded import twin
from explorer.networks.loading import Network, load_network
from explorer.responses.activations import outputs, recorded
from explorer.responses.units import Unit


@dataclass(frozen=True, eq=False)
class Member:
    """A network, its objective for each picture of a batch, and the prior by which pictures must be natural to it.

    `weights` are what the prior weighs beside each objective.
    """

    network: Network
    objectives: tuple[Objective, ...]
    prior: NormalizationPrior | None = None
    weights: tuple[float, ...] = ()


def member_of(network: Network, objectives: Sequence[Objective], prior: NormalizationPrior | None) -> Member:
    """A member with the prior's weights, found by passes of their own: so not from within another's compute slot."""
    weights = () if prior is None else tuple(prior.weight_of(network, one) for one in objectives)
    return Member(network, tuple(objectives), prior, weights)


def ensemble_of(network: Network, objectives: Sequence[Objective], preset: Preset) -> tuple[Member, ...]:
    """The network itself, and the preset's companion where all objectives are classes that it knows by name."""
    mine = member_of(network, objectives, preset.prior)
    other = companion(network, objectives, preset)
    if other is None:
        return (mine,)
    last = other.layers[-1].name
    same = [Unit(last, other.labels.index(network.labels[one.channel])) for one in objectives if isinstance(one, Unit)]
    return mine, member_of(other, same, preset.prior)


def companion(network: Network, objectives: Sequence[Objective], preset: Preset) -> Network | None:
    """The first of the preset's companions that isn't the network itself, if it knows all the objectives' classes."""
    last = network.layers[-1].name
    classes = [one.channel for one in objectives if isinstance(one, Unit) and one.layer == last]
    name = next((name for name in preset.companions if name != network.name), None)
    if name is None or len(classes) < len(objectives) or not network.trained:
        return None
    try:
        other = load_network(name, device=network.device.type)
    except NetworkError:
        return None
    return other if {network.labels[one] for one in classes} <= set(other.labels) else None


def penalized_scores(
    member: Member, seen: Tensor, views: Views | None = None, diversity: float = 0.0, sign: int = 1
) -> Tensor:
    """One network's score (N,) of each picture by its views (N·V, 3, S, S), less the prior's penalty.

    `sign` −1 negates the score, and not the penalty.
    """
    network, prior = member.network, member.prior
    wanted = {network.layer(name).name for name in _layers(network, member.objectives, diversity)}
    folded = twin(network).has(wanted)  # without a gradient, too: the score is told after every step
    natural = set() if prior is None else recorded_names(network, wanted, folded=folded)
    found = recorded(network, seen, {*wanted, *natural}, folded=folded)
    score = sign * _scores(member, found, seen, views, diversity)
    return score if prior is None else score - prior.penalties(network, member.weights, found, folded=folded)


def scores_of_views(
    network: Network,
    seen: Tensor,
    objectives: Sequence[Objective],
    views: Views | None = None,
    diversity: float = 0.0,
) -> Tensor:
    """The score (N,) of objective i in its views of (N·V, 3, S, S), their mean, S the network's input size.

    One pass for all, which stops after the last layer that is needed; differentiable. A caricature's photograph is seen
    in the same view as its picture. `diversity`: what each
    loses for being like the others (`objectives.less_similarity`).
    """
    return penalized_scores(Member(network, tuple(objectives)), seen, views, diversity)


def _layers(network: Network, objectives: Sequence[Objective], diversity: float) -> set[str]:
    style = {style_layer(network, objectives[0])} if diversity else set()
    return style | {layer for one in objectives for layer in layers_of(one)}


def _scores(member: Member, found: Mapping[str, Tensor], seen: Tensor, views: Views | None, diversity: float) -> Tensor:
    network, count = member.network, len(member.objectives)
    each = len(seen) // count
    objectives = [one for one in member.objectives for _ in range(each)]
    wanted = _photographs_recorded(network, objectives, views, seen)
    mean = scores_of(network, found, objectives, wanted).unflatten(0, (count, each)).mean(1)
    if not diversity:
        return mean
    return less_similarity(mean, found[style_layer(network, objectives[0])][::each], diversity)


def _photographs_recorded(
    network: Network, objectives: Sequence[Objective], views: Views | None, like: Tensor
) -> Mapping[int, Tensor]:
    """What each caricature's layer gives for its photograph, by the caricature's number, in the type of `like`."""
    found = {}
    for i, one in enumerate(objectives):
        if isinstance(one, Caricature):
            photograph = network.tensor(one.image).to(like)
            with torch.no_grad():
                seen = photograph if views is None else views.one(i).of(photograph)
                found[i] = outputs(network, seen, [one.layer])[one.layer][0]
    return found
