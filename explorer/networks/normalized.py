"""A classifier's body behind its normalization: pictures in [0, 1] go in, so that ε is always in pixel units."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from explorer.compute import free_memory, is_memory_full
from explorer.pictures.reduced import LUMA


class Normalized(nn.Module):
    """Takes pictures in [0, 1], normalizes them (grey first if the body sees one channel) and runs the body.

    The body computes in its own kind of numbers; what comes out is of the pictures' kind. A pass that fills the memory
    of its device is run once more, on the CPU, after what isn't needed was freed.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, body: nn.Module, mean: Sequence[float], std: Sequence[float], channels: int) -> None:
        super().__init__()
        self.body = body
        self.grey = channels == 1
        where = next((p.device for p in body.parameters()), None)
        for name, values in (("mean", mean), ("std", std)):
            numbers = torch.tensor([float(v) for v in values])
            numbers = in_grey(numbers.view(1, 3, 1, 1))[0, :1, 0, 0] if self.grey and len(numbers) == 3 else numbers
            self.register_buffer(name, numbers.view(1, -1, 1, 1).to(where))

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (N, 3, H, W) in [0, 1] to logits (N, classes)."""
        pictures = x
        x = in_grey(x)[:, :1] if self.grey else x
        x = (x - self.mean) / self.std
        kind = parameter_dtype(self.body) or x.dtype
        x = x if x.dtype == kind else x.to(kind)
        try:
            logits: Tensor = self.body(x)
            return _as(logits, pictures)
        except RuntimeError as error:
            if not is_memory_full(error):
                raise
        free_memory(on_gpu=x.device.type != "cpu")  # here the error is gone, and the tensors its frames held
        return _as(self._on_the_cpu(x), pictures)

    def _on_the_cpu(self, x: Tensor) -> Tensor:
        """The body's answer to normalized pictures, by weights copied for this one pass."""
        state = {name: tensor.cpu() for name, tensor in (*self.body.named_parameters(), *self.body.named_buffers())}
        logits: Tensor = torch.func.functional_call(self.body, state, (x.cpu(),))
        return logits.to(x.device)


def in_grey(pictures: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) without their colours: 0.299 red + 0.587 green + 0.114 blue, three times."""
    grey = sum(weight * plane for weight, plane in zip(LUMA.tolist(), pictures.unbind(1), strict=True))
    assert isinstance(grey, Tensor)
    return grey[:, None].expand_as(pictures)


def _as(logits: Tensor, pictures: Tensor) -> Tensor:
    """Logits in the pictures' kind of numbers, or the finer one; while a module is tried, whatever it gives."""
    if not isinstance(logits, Tensor) or not logits.is_floating_point() or logits.dtype == pictures.dtype:
        return logits
    return logits.to(torch.promote_types(logits.dtype, pictures.dtype))


def parameter_dtype(module: nn.Module) -> torch.dtype | None:
    """The dtype of a module's first parameter of floating-point numbers; None when it has none."""
    return next((p.dtype for p in module.parameters() if p.is_floating_point()), None)


def input_channels(module: nn.Module) -> int:
    """1 for a network of grey pictures, by its first convolution, else 3.

    That convolution may take more than the picture has: TResNet's sees 4 × 4 pixels at once, 48 channels.
    """
    first = next((m for m in module.modules() if isinstance(m, nn.Conv2d)), None)
    return 1 if first is not None and first.in_channels == 1 else 3
