"""Natural statistics as a prior: what a network's batch normalizations remember of the pictures it learned from.

Yin et al., "Dreaming to Distill: Data-free Knowledge Transfer via DeepInversion", CVPR 2020 (section 3.2).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.architecture.neighbours import module_of
from explorer.cache import memoised
from explorer.maximization.objectives import Objective, layers_of
from explorer.networks.gradients.folded import twin
from explorer.networks.layers import Layer
from explorer.networks.loading import Network
from explorer.pictures.samples import sample
from explorer.responses.activations import feature_maps
from explorer.responses.hooks import INPUT
from explorer.responses.units import Unit

PHOTOGRAPHS = ("flower", "cat", "china", "coffee")  #: by which a unit's values are measured
_LEAST = 1e-4  # of the variance remembered: a channel that is the same everywhere is as far off as that


@dataclass(frozen=True)
class NormalizationPrior:
    """How much being unlike natural pictures costs, by mean and variance of what each batch normalization takes in.

    `weight` is for a class, beside its logit; `share` for other units, whose values it is multiplied with the deviation
    of in photographs. The network's first normalization counts `first` times.
    """

    weight: float = 10.0
    share: float = 0.6
    first: float = 3.0

    def penalties(
        self, network: Network, weights: Sequence[float], recorded: Mapping[str, Tensor], *, folded: bool
    ) -> Tensor:
        """The penalty (N,) of each picture, times its weight, from what was recorded for the pictures' views (N·V, …).

        `recorded` holds what `recorded_names` asks for.
        """
        known = running_statistics(network, folded=folded)
        terms = [statistics_distance(recorded[one.name], one, len(weights)) for one in known if one.name in recorded]
        if not terms:
            return torch.zeros(len(weights), device=network.device)
        counts = torch.tensor([self.first, *[1.0] * (len(terms) - 1)]).to(terms[0])
        mean = (torch.stack(terms, 1) * counts).sum(1) / len(terms)
        return mean * torch.tensor(weights).to(mean)

    def weight_of(self, network: Network, objective: Objective) -> float:
        """What it weighs beside an objective. Photographs may be passed through the network to find out."""
        if isinstance(objective, Unit) and objective.layer == network.layers[-1].name:
            return self.weight
        return self.share * deviation(network, objective)


@dataclass(frozen=True, eq=False)
class RunningStatistics:
    """Mean and deviation (C,), over the pictures learned from, of the channels of what is recorded by `name`."""

    name: str
    layer: str  #: the batch normalization
    mean: Tensor
    deviation: Tensor

    @property
    def memory_bytes(self) -> int:
        """What the two take."""
        return 2 * self.mean.nbytes


@memoised
def running_statistics(network: Network, *, folded: bool) -> tuple[RunningStatistics, ...]:
    """What each batch normalization of maps remembers, in the order in which they run; () if there is none.

    Of the twin for gradients, in which most are folded into convolutions, these are the convolutions' outputs, of which
    mean and deviation are what was learned for after the normalization: x̂ is γ x̂ + β there.
    """
    convolutions = {normalization: name for name, normalization in twin(network).folded.items()} if folded else {}
    return tuple(
        _statistics_of(module, layer, convolutions.get(layer.name))
        for layer in network.layers
        if isinstance(module := module_of(network, layer.name), nn.BatchNorm2d) and module.running_mean is not None
    )


def _statistics_of(module: nn.BatchNorm2d, layer: Layer, convolution: str | None) -> RunningStatistics:
    assert module.running_mean is not None
    assert module.running_var is not None
    if convolution is None:
        deviation = (module.running_var + module.eps).sqrt()
        return RunningStatistics(INPUT + layer.name, layer.name, module.running_mean, deviation)
    return RunningStatistics(convolution, layer.name, module.bias, module.weight.abs())


def recorded_names(network: Network, until: Collection[str], *, folded: bool) -> tuple[str, ...]:
    """What is to be recorded: of the normalizations that run before the last of the layers `until`, and in it."""
    order = [layer.name for layer in network.layers]
    last = max(order.index(network.layer(name).name) for name in until)
    return tuple(one.name for one in running_statistics(network, folded=folded) if order.index(one.layer) <= last)


def statistics_distance(values: Tensor, one: RunningStatistics, count: int) -> Tensor:
    """How unlike natural pictures each of `count` pictures is in one place, (N,), by its views' maps (N·V, C, h, w).

    The mean over channels of the squared distance of the means, in deviations, and of half the squared logarithm of the
    variances' ratio. Channels that were learned to be always the same don't count.
    """
    alive = one.deviation > 1e-6
    mean, deviation = one.mean.to(values), torch.where(alive, one.deviation, 1.0).to(values)
    variance, centre = torch.var_mean(values.unflatten(0, (count, -1)), (1, 3, 4), correction=0)
    distance = ((centre - mean) / deviation).square()
    ratio = (variance / deviation.square()).clamp(min=_LEAST).log().square() / 2
    return (distance + ratio)[:, alive].mean(1)


@memoised
def deviation(network: Network, objective: Objective) -> float:
    """The standard deviation of what an objective is made of over all places of a few photographs."""
    found = []
    for layer in layers_of(objective):
        maps = [feature_maps(network, sample(name), layer) for name in PHOTOGRAPHS]
        if isinstance(objective, Unit):
            maps = [one[objective.channel] for one in maps]
        found.append(float(torch.cat([torch.from_numpy(one.copy()).flatten() for one in maps]).std()))
    return max(found)
