"""Many pictures for one study: each once, as the network gets them, half to learn from and half to judge by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from explorer.networks.loading import Network
from explorer.pictures.images import Image


def distinct(network: Network, images: Iterable[Image]) -> list[Image]:
    """The images as the network gets them, in their order, equal ones once: so none can be on both sides of a split."""
    return list(dict.fromkeys(network.prepare(image) for image in images))


def batch(network: Network, images: Sequence[Image]) -> Tensor:
    """At least one image as pictures (N, 3, S, S) in [0, 1]."""
    return torch.cat([network.tensor(image) for image in images])


def split(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Every second picture (or its class) from the first on, to learn from, and the others, held out to judge by."""
    return pictures[::2], pictures[1::2]
