"""One layer's maps, past the memo, beside the bare forward pass up to that layer: what hooks and an early end cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import timm
import torch
from torch import Tensor, nn

from benchmarks.measure import Figure, interleave, timed
from explorer.compute import threads
from explorer.networks.loading import Network, load_network
from explorer.networks.normalized import Normalized
from explorer.pictures.samples import sample
from explorer.responses.activations import feature_maps

STAGES = {"early": 0, "middle": 3, "last": 6}
GOAL = 1.10


def figures() -> Iterator[Figure]:
    torch.set_num_threads(threads())  # as ours sets them itself
    network = load_network()
    image = network.prepare(sample("flower"))
    x = network.tensor(image)
    for place, stage in STAGES.items():
        layer = f"blocks.{stage}"

        def ours(layer: str = layer) -> object:
            return feature_maps.__wrapped__(network, image, layer)  # type: ignore[attr-defined]

        theirs = bare(network, stage, x)
        np.testing.assert_array_equal(ours(), theirs()[0].numpy())
        name = f"feature_maps: {network.name} {layer} ({place})"
        yield Figure(name, *interleave(timed(ours), timed(theirs), rounds=25, warm_up=3), GOAL)


def bare(network: Network, stage: int, x: Tensor) -> Callable[[], Tensor]:
    """The forward pass that ends with `stage`, on a copy of the network that never had a tap; x is prepared already.

    It ends in main memory, as ours does: only there has a GPU finished.
    """
    whole: Any = timm.create_model(f"tf_{network.name}", pretrained=False)
    whole.load_state_dict(network.module.get_submodule("body").state_dict())
    body = nn.Sequential(whole.conv_stem, whole.bn1, *whole.blocks[: stage + 1])
    mean, std = (network.module.get_buffer(name).flatten().tolist() for name in ("mean", "std"))
    module = Normalized(body, mean, std, 3).to(x.device).eval().requires_grad_(False)

    def forward() -> Tensor:
        with torch.inference_mode():
            return module(x).cpu()

    return forward
