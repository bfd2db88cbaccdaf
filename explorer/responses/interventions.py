"""The rest of a network: what it answers when a layer is made to put out something else.

As in `hooks`, the shared network has no hook: a second set of its modules around the same weights has a permanent one,
which acts only in the thread (more exactly, the context) that asks.
"""

from __future__ import annotations

import copy
from contextvars import ContextVar
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.arrays import read_only
from explorer.cache import kept_network
from explorer.compute import compute_slot
from explorer.networks.layers import OUTPUT, Layer, call_name, channels_last, module_name
from explorer.networks.loading import Network
from explorer.responses.hooks import Extractor
from explorer.responses.units import checked_layer

_AT_ONCE = 16  # outputs of one pass


class _Replacement:
    def __init__(self, layer: Layer, outputs: Tensor) -> None:
        self.layer, self.outputs, self.calls = layer, outputs, 0

    def of(self, name: str, output: Tensor) -> Tensor | None:
        """What a module puts out in this call instead of `output` (1, …), if the call is the one meant."""
        self.calls += 1
        if call_name(name, self.calls) != self.layer.name:
            return None
        instead = self.outputs.to(output.dtype, copy=True)
        instead[:, : self.layer.prefix or 0] = output[:, : self.layer.prefix or 0]
        return instead


_replacement: ContextVar[_Replacement | None] = ContextVar("replacement", default=None)


def predictions_from_vectors(network: Network, layer: str, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The probability of every class, (N, classes), if each of `vectors` (N, C) stood at every place of the layer.

    What goes around the layer, and tokens that aren't of patches, are as for a mid-grey picture. Exact where the
    linear attribution of Carter et al. 2019 is an approximation, but of maps that are the same everywhere. Raises
    NetworkError for a layer without channels.
    """
    here = checked_layer(network, layer)
    parts = np.array_split(vectors, max(1, -(-len(vectors) // _AT_ONCE)))
    return read_only(np.concatenate([_predictions(network, here, part) for part in parts]))


def _predictions(network: Network, layer: Layer, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    module = _replaceable(network, module_name(layer.name)).module
    grey = torch.full((1, 3, network.input_size, network.input_size), 0.5, device=network.device)
    with compute_slot(len(vectors)), torch.inference_mode():
        token = _replacement.set(_Replacement(layer, _everywhere(layer, vectors).to(network.device)))
        try:
            logits: Tensor = module(grey)  # one picture until the layer, from there on as many as there are vectors
        finally:
            _replacement.reset(token)
    shares: NDArray[np.float32] = logits.float().softmax(1).cpu().numpy()
    return shares


def _everywhere(layer: Layer, vectors: NDArray[np.float32]) -> Tensor:
    """Outputs (N, …) of the layer, each with one of the vectors (N, C) at every place."""
    axis = 0 if len(layer.shape) == 3 and not channels_last(layer.shape) else len(layer.shape) - 1
    shape = [layer.channels if i == axis else 1 for i in range(len(layer.shape))]
    return torch.from_numpy(np.array(vectors)).view(-1, *shape).expand(-1, *layer.shape)


@kept_network
def _replaceable(network: Network, name: str) -> Extractor:
    """The network's modules once more, around the same weights, with the hook on one of them."""
    shared = {id(tensor): tensor for tensor in (*network.module.parameters(), *network.module.buffers())}
    own = copy.deepcopy(network.module, shared)
    body = own.get_submodule("body")
    (body if name == OUTPUT else body.get_submodule(name)).register_forward_hook(partial(_hook, name))
    return Extractor(own)


def _hook(name: str, _module: nn.Module, _inputs: object, output: object) -> Tensor | None:
    replacement = _replacement.get()
    return replacement.of(name, output) if replacement is not None and isinstance(output, Tensor) else None
