"""How deep a network is: the most layers with weights that lie between the picture and an answer, counted by a pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

from explorer.networks.normalized import input_channels
from explorer.networks.tracing.multiply_adds import multiply_adds
from explorer.networks.tracing.operations import Operation, Watcher, tensors


@dataclass(frozen=True)
class Cost:
    """What one picture goes through: `depth` layers with weights on the longest way, and all multiply-adds."""

    depth: int
    multiply_adds: int


def cost_of(module: nn.Module, side: int) -> Cost:
    """Depth and multiply-adds of a classifier of pictures of `side` × `side`.

    A layer with weights is a convolution or a matrix that was learned: normalizations, and products of two things that
    both come from the picture, as in attention, are none. So ResNet-50 has 50, though beside its longest way there are
    four more. A module on torch's meta device, which has shapes and no numbers, is counted without computing anything.
    """
    like = next((p for p in module.parameters() if p.is_floating_point()), torch.empty(0))
    picture = torch.zeros(1, input_channels(module), side, side, device=like.device, dtype=like.dtype)
    with torch.no_grad(), _DepthCounter(picture) as counter:
        output = module(picture)
    return Cost(max((counter.depth.get(one, 0) for one in tensors(output)), default=0), counter.multiply_adds)


class _DepthCounter(Watcher):
    """Knows of each tensor that comes from the picture how many layers with weights it has been through at most."""

    def __init__(self, picture: Tensor) -> None:
        super().__init__()
        self.multiply_adds = 0
        self.depth: WeakTensorKeyDictionary = WeakTensorKeyDictionary()
        self.depth[picture] = 0

    def saw(self, operation: Operation, output: Any) -> None:
        """A result has been through as many as the deepest of its operands, and through what multiplies them now."""
        work = multiply_adds(operation, output)
        self.multiply_adds += work
        given = [tensor for _, tensor, _ in operation.tensors]
        depths = [self.depth[tensor] for tensor in given if tensor in self.depth]
        if not depths:  # made of weights alone
            return
        weights = sum(tensor.ndim > 1 and tensor not in self.depth for tensor in given) if work else 0
        for result in tensors([output, operation.written]):
            self.depth[result] = max(depths) + weights
