"""A classifier's body behind its normalization: pictures in [0, 1] go in, so that ε is always in pixel units."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from explorer.compute import free_memory, is_memory_full


class Normalized(nn.Module):
    """Takes pictures in [0, 1], normalizes them (grey first if the body sees one channel) and runs the body.

    A pass that fills the memory of its device is run once more, on the CPU, after what isn't needed was freed.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, body: nn.Module, mean: Sequence[float], std: Sequence[float], channels: int) -> None:
        super().__init__()
        self.body = body
        self.grey = channels == 1
        for name, values in (("mean", mean), ("std", std)):
            numbers = torch.tensor([float(v) for v in values])
            self.register_buffer(name, (numbers.mean()[None] if self.grey else numbers).view(1, -1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = x.mean(1, keepdim=True) if self.grey else x
        x = (x - self.mean) / self.std
        try:
            logits: Tensor = self.body(x)
            return logits
        except RuntimeError as error:
            if not is_memory_full(error):
                raise
        free_memory(on_gpu=x.device.type != "cpu")  # here the error is gone, and the tensors its frames held
        return self._on_the_cpu(x)

    def _on_the_cpu(self, x: Tensor) -> Tensor:
        """The body's answer to normalized pictures, by weights copied for this one pass."""
        state = {name: tensor.cpu() for name, tensor in (*self.body.named_parameters(), *self.body.named_buffers())}
        logits: Tensor = torch.func.functional_call(self.body, state, (x.cpu(),))
        return logits.to(x.device)


def input_channels(module: nn.Module) -> int:
    """How many channels a network's pictures have, by its first convolution; 3 when it has none."""
    first = next((m for m in module.modules() if isinstance(m, nn.Conv2d)), None)
    return first.in_channels if first is not None else 3
