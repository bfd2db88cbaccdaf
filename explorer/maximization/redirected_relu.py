"""Bringing dead units to life: gradients through gates that are shut.

Where a ReLU's input is below zero its gradient is zero, and no gradient leads to a unit behind shut gates alone. Lucid
(Olah et al. 2017) lets such gradients through at the start; here only one backward pass sees other rules, and no module
is touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode

from explorer.networks.gradients.derivatives import found_derivative
from explorer.networks.gradients.gates import GATES


class RedirectedReLU(TorchDispatchMode):
    """In this block, where a gate lets nothing through for a sample of the batch, that sample's gradient opens it.

    Only backward passes of this thread are changed. What would push a value further away stays blocked, so a unit that
    is as high as it can be stays there; of gates written as clamp or where the side isn't known, so all gets through.
    Gates that something passes stay as they are: opened everywhere, a deep network's gradient means nothing.
    """

    def __torch_dispatch__(
        self,
        func: OpOverload,
        types: object,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if func in GATES:
            x, low, high = GATES[func](*args)
            gradient = args[0]
            opening = ((x <= low) & (gradient > 0)) | ((x >= high) & (gradient < 0))
            return _redirected(result, torch.where(opening, gradient, result))
        if func is torch.ops.aten.where.self and args[2].ndim == 0:  # autograd's "gradient where open, else 0"
            return _redirected(result, args[1].expand_as(result))
        return result


def _redirected(ordinary: Tensor, opened: Tensor) -> Tensor:
    """`opened` for the samples whose ordinary gradient is all zero."""
    passes = (ordinary != 0).reshape(ordinary.shape[:1].numel(), -1).any(1)
    return torch.where(passes.view(-1, *[1] * (ordinary.ndim - 1)), ordinary, opened)


def ascent_gradient(total: Tensor, x: Tensor, *, redirect: bool) -> tuple[Tensor, Tensor]:
    """The gradient of the values' sum by the parameters, and for which (N,) it was all zero before redirection."""
    gradient = _derivative(total, x, again=redirect)
    flat = gradient.flatten(1).abs().amax(1) == 0
    if redirect and flat.any():
        with RedirectedReLU():
            opened = _derivative(total, x, again=False)
        gradient = torch.where(flat.view(-1, *[1] * (x.ndim - 1)), opened, gradient)
    return gradient, flat


def _derivative(total: Tensor, x: Tensor, *, again: bool) -> Tensor:
    """The gradient of the sum of the values, all zero where no gradient passes a layer."""
    gradient = found_derivative(total, x, again=again)
    return torch.zeros_like(x) if gradient is None else gradient.nan_to_num(0, 0, 0)  # a visitor's may divide by zero
