"""The units of a layer whose weights are most similar to those of one of them."""

from __future__ import annotations

import numpy as np
from torch import nn

from explorer.architecture.neighbours import convolution_near, module_of
from explorer.cache import memoised
from explorer.networks.loading import Network, NetworkError


@memoised
def most_similar(network: Network, layer: str, channel: int, count: int = 5) -> tuple[tuple[int, float], ...]:
    """The `count` channels with the most similar weights, each with the cosine, in [−1, 1], the most similar first.

    The weights are those of the convolution or fully connected layer that makes the layer's maps: the last one in it,
    or before it. Raises NetworkError for an unknown layer, one that none makes, or a channel it lacks.
    """
    module = module_of(network, layer)
    if not isinstance(module, nn.Linear):
        module = module_of(network, convolution_near(network, layer).name)
    assert isinstance(module, nn.Linear | nn.Conv2d)
    weights = module.weight.detach().flatten(1).float().cpu().numpy()
    if channel not in range(len(weights)):
        raise NetworkError(f"{layer} has weights for channels 0 to {len(weights) - 1}, not {channel}.")
    unit = weights / np.maximum(np.linalg.norm(weights, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    cosines = unit @ unit[channel]
    nearest = [int(n) for n in np.argsort(-cosines, kind="stable") if n != channel][:count]
    return tuple((n, float(cosines[n])) for n in nearest)
