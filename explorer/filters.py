"""Learned weights as pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import nn

from explorer.networks import Network, NetworkError


def first_layer_filters(network: Network) -> NDArray[np.float32]:
    """The weights (n, channels, k, k) of the first convolution, as they were learned.

    They act on normalized pictures. Raises NetworkError when there is no convolution.
    """
    convolution = next((m for m in network.module.modules() if isinstance(m, nn.Conv2d)), None)
    if convolution is None:
        raise NetworkError(f"{network.name} has no convolution whose filters could be shown.")
    return convolution.weight.detach().float().cpu().numpy().copy()
