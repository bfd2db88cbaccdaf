"""Gates of a network, such as ReLU: where each shuts, and gradients that pass them as if all were open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode

_aten = torch.ops.aten

# For each gate's backward operation: its input (or its output, which says the same), where it shuts below and above.
GATES: dict[OpOverload, Callable[..., tuple[Tensor, float, float]]] = {
    _aten.threshold_backward.default: lambda _, x, threshold: (x, threshold, inf),  # ReLU
    _aten.hardtanh_backward.default: lambda _, x, low, high: (x, low, high),  # ReLU6
    _aten.hardswish_backward.default: lambda _, x: (x, -3.0, inf),
    _aten.hardsigmoid_backward.default: lambda _, x: (x, -3.0, 3.0),
}


class StraightThroughGates(TorchDispatchMode):
    """In this block every gate lets all of a gradient through, so that backward passes see the weights alone.

    Only backward passes of this thread are changed. Other non-linearities keep the slope that they have.
    """

    def __torch_dispatch__(
        self,
        func: OpOverload,
        types: object,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func in GATES:
            return args[0].clone()
        if func is _aten.where.self and args[2].ndim == 0:
            return args[1].expand_as(args[0]).clone()
        return func(*args, **(kwargs or {}))
