"""Where networks compute: on a GPU where there is one that has room, else on the CPU."""

from __future__ import annotations

import os

import torch
from torch import nn

from explorer.compute import free_memory, gpu_was_full, is_memory_full
from explorer.networks.classifier import NetworkError


def choose_device(wish: str | None = None) -> torch.device:
    """CUDA, else MPS, else the CPU; or the one asked for (also by the environment's EXPLORER_DEVICE).

    Once a GPU's memory was full, it is the CPU. Raises NetworkError when what was asked for isn't there.
    """
    wish = wish or os.environ.get("EXPLORER_DEVICE") or None
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if gpu_was_full():
        return torch.device("cpu")
    if wish is None:
        return torch.device(next(kind for kind, is_there in there.items() if is_there))
    kind = str(wish).partition(":")[0]
    if not there.get(kind, False):
        raise NetworkError(
            f"There is no device {wish!r} here; use {', '.join(k for k, is_there in there.items() if is_there)}."
        )
    return torch.device(wish)


def placed(module: nn.Module, device: torch.device) -> nn.Module:
    """The module on its device, or on the CPU when the device has no room for it."""
    try:
        return module.to(device)
    except RuntimeError as error:
        if device.type == "cpu" or not is_memory_full(error):
            raise
    free_memory(on_gpu=True)
    return module.to("cpu")
