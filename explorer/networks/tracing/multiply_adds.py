"""How often a network multiplies two numbers and adds: by torch's own formulas, one operation after another."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import torch
from torch import Tensor

from explorer.networks.tracing.operations import Operation


@contextmanager
def _without_triton() -> Iterator[None]:
    """Triton, which comes with torch for CUDA, is loaded only to count kernels of its own: 65 MB and 0.3 s."""
    modules = cast(dict[str, Any], sys.modules)
    logger = logging.getLogger("torch.utils.flop_counter")  # which would warn that it is missing
    unloaded, disabled = "triton" not in modules, logger.disabled
    if unloaded:
        modules["triton"] = None
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = disabled
        if unloaded:
            del modules["triton"]


with _without_triton():
    from torch.utils.flop_counter import flop_registry, sdpa_flop_count

_aten = torch.ops.aten


def _attention(query: Tensor, key: Tensor, value: Tensor, *_: Any, **__: Any) -> int:
    return int(sdpa_flop_count(query.shape, key.shape, value.shape))


# Twice the multiply-adds of a call, by operation; biases are free. Of torch's kernels for attention some versions know
# no formula for the CPU's, and none for the one of Apple's GPU.
_FORMULAS: dict[Any, Callable[..., int]] = {
    **flop_registry,
    _aten._scaled_dot_product_flash_attention_for_cpu: _attention,
    _aten._scaled_dot_product_attention_math_for_mps: _attention,
}
_FUSED = ("_native_multi_head_attention", "_transformer_encoder_layer_fwd")


def multiply_adds(operation: Operation, output: Any) -> int:
    """Those of one call of a convolution, matrix product or attention; 0 of any other operation."""
    if operation.name in _FUSED:
        return _fused_attention(operation)
    formula = _FORMULAS.get(getattr(_aten, operation.name, None))
    return formula(*operation.arguments.values(), out_val=output) // 2 if formula else 0


def _fused_attention(operation: Operation) -> int:
    """What `nn.MultiheadAttention` and `nn.TransformerEncoderLayer` run without gradients; torch has no formula.

    Every matrix of weights acts on each token; then each token meets each other, and takes from each.
    """
    x: Tensor = operation[operation.first]
    batch, tokens, width = x.shape
    weights = [
        one
        for name, one in operation.arguments.items()
        if "weight" in name and isinstance(one, Tensor) and one.ndim == 2
    ]
    return batch * tokens * sum(one.numel() for one in weights) + 2 * batch * tokens**2 * width
