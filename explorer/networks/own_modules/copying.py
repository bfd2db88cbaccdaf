"""A copy of a visitor's module that is ours alone: outside its wrappers, without its hooks, or why there is none."""

from __future__ import annotations

import copy
from inspect import isroutine
from typing import Any

import torch
from torch import Tensor, nn

from explorer.networks.classifier import NetworkError

_HOOKS = (
    "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_forward_hooks", "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called", "_backward_hooks", "_backward_pre_hooks",
)  # fmt: skip


def own_copy(module: Any, name: str) -> nn.Module:
    """A copy in eval mode that no hook of the visitor's listens to, of the module inside torch.compile's or
    DataParallel's wrappers. Raises NetworkError on what is no module, or none that can be copied or opened."""
    if isinstance(module, torch.jit.ScriptModule):
        raise NetworkError(
            f"{name} is a program in TorchScript, whose layers can't be opened: give the module it was made of."
        )
    if not isinstance(module, nn.Module):
        kind = "a class" if isinstance(module, type) else "a table of weights" if isinstance(module, dict) else None
        kind = kind or ("a function" if isroutine(module) else f"of the type {type(module).__name__}")
        raise NetworkError(
            f"{name} is {kind}, not a torch.nn.Module: make a module that calls or holds it, and give that."
        )
    if any(nn.parameter.is_lazy(tensor) for tensor in (*module.parameters(), *module.buffers())):
        raise NetworkError(f"{name} has lazy layers without weights yet: let it see one batch first, then give it.")
    if any(tensor.is_meta for tensor in (*module.parameters(), *module.buffers())):
        raise NetworkError(f"{name} is on torch's meta device, without numbers: load its weights first, then give it.")
    module = _unwrapped(module)
    try:
        own = copy.deepcopy(module, _computed(module))
    except (RuntimeError, TypeError, AttributeError) as error:
        raise NetworkError(f"This module can't be copied ({error}); save its state dict and load it anew.") from error
    for part in own.modules():
        _silence(part)
    return own.eval()


def _unwrapped(module: nn.Module) -> nn.Module:
    inside = getattr(module, "_orig_mod", None)  # of torch.compile
    if isinstance(module, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
        inside = module.module
    return _unwrapped(inside) if isinstance(inside, nn.Module) else module


def _computed(module: nn.Module) -> dict[int, Any]:
    """Copies of the tensors that modules have computed, such as weight_norm's weight: deepcopy refuses those."""
    held = (value for part in module.modules() for value in vars(part).values() if isinstance(value, Tensor))
    return {id(value): value.detach().clone() for value in held if value.grad_fn is not None}


def _silence(part: nn.Module) -> None:
    """Take hooks off a module of ours, but for torch's own, which compute weights (weight_norm, pruning)."""
    for name in _HOOKS:
        hooks = getattr(part, name, {})
        for key, hook in list(hooks.items()):
            if not type(hook).__module__.startswith("torch.nn.utils."):
                del hooks[key]
