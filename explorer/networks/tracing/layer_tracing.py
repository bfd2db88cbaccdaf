"""A network's layers written down by one forward pass, in the order in which they finish."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from functools import partial
from math import isqrt, prod
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn

from explorer.networks.layers import OUTPUT, Layer, call_name
from explorer.networks.tracing.multiply_adds import multiply_adds
from explorer.networks.tracing.operations import Operation, Watcher, tensors
from explorer.networks.tracing.receptive_fields import FieldTracker


def trace_layers(module: nn.Module, input_size: int, channels: int = 3) -> tuple[Layer, ...]:
    """The layers of a network in eval mode, in the order in which they finish, by one forward pass.

    A layer is a call of a module inside that gives one tensor (1, …) and computes something. The last is the
    network's output: where the network's own code makes it, a layer named "output" is added. The module is left
    as it was. Raises ValueError if it gives anything but one tensor, and whatever its own code raises.
    """
    with torch.no_grad(), ExitStack() as stack:
        picture = _noise(module, (1, channels, input_size, input_size))
        fields, work = stack.enter_context(FieldTracker(picture)), stack.enter_context(_WorkCounter())
        recorder = _Recorder(fields, work, prefix_tokens(module))
        for name, inner in module.named_modules():
            before, after = partial(recorder.enter, name), partial(recorder.leave, name)
            stack.callback(inner.register_forward_pre_hook(before).remove)
            stack.callback(inner.register_forward_hook(after).remove)
        module(picture)
    return tuple(recorder.layers)


def _noise(module: nn.Module, shape: tuple[int, ...]) -> Tensor:
    """The same noise each time, where and of the type that the parameters are."""
    like = next((p for p in module.parameters() if p.is_floating_point()), torch.empty(0))
    return torch.rand(shape, generator=torch.Generator().manual_seed(0)).to(like)


class _WorkCounter(Watcher):
    """Counts operations and their multiply-adds while the block runs."""

    def __init__(self) -> None:
        super().__init__()
        self.operations = 0
        self.multiply_adds = 0

    def saw(self, operation: Operation, output: Any) -> None:
        """Count one operation and its work."""
        self.operations += 1
        self.multiply_adds += multiply_adds(operation, output)


class _Recorder:
    """Writes down the layers of one pass, called before and after each module."""

    def __init__(self, fields: FieldTracker, work: _WorkCounter, prefix: int) -> None:
        self.layers: list[Layer] = []
        self._fields, self._work, self._prefix = fields, work, prefix
        self._grids: set[int] = set()  # how many places the maps so far have
        self._running: list[tuple[int, int]] = []  # operations and multiply-adds when each module began
        self._calls: Counter[str] = Counter()
        self._last: tuple[Tensor, int] | None = None

    def enter(self, name: str, module: nn.Module, inputs: object) -> None:
        """Before a module: how much had been computed by then."""
        self._running.append((self._work.operations, self._work.multiply_adds))

    def leave(self, name: str, module: nn.Module, inputs: object, output: object) -> None:
        """After a module: write it down if it computed something and gives one tensor."""
        operations, work = self._running.pop()
        self._calls[name or OUTPUT] += 1
        if not name:
            self._finish(module, inputs, output, work)
        elif _is_layer(output) and self._work.operations > operations:
            self._add(name, module, inputs, output, work)

    def _finish(self, network: nn.Module, inputs: object, output: object, work: int) -> None:
        if not _is_layer(output):
            raise ValueError(f"it must give one tensor (1, …) for one picture, not {_described(output)}.")
        if self._last is None or self._last[0] is not output or self._last[1] != _version(output):
            self._add(OUTPUT, network, inputs, output, work)

    def _add(self, name: str, module: nn.Module, inputs: object, output: Tensor, work: int) -> None:
        prefix = self._prefix_of(output)
        layer = Layer(
            name=call_name(name, self._calls[name]),
            kind=type(module).__name__,
            shape=tuple(output.shape[1:]),
            parameters=sum(p.numel() for p in module.parameters()),
            multiply_adds=self._work.multiply_adds - work,
            field=self._fields.field(_in_grid(output) if prefix == 0 else output),
            input_shape=next((tuple(x.shape[1:]) for x in tensors(inputs)), ()),
            prefix=prefix,
        )
        self.layers.append(layer)
        if layer.has_maps:
            self._grids.add(prod(layer.places))
        self._last = output, _version(output)

    def _prefix_of(self, output: Tensor) -> int | None:
        """How many tokens stand before those of the patches; None unless these are as many as an earlier map's places.

        Only square maps count: so are the pictures.
        """
        if output.ndim != 3:
            return None
        fitting = (p for p in (self._prefix, 0) if output.shape[1] - p in self._grids)
        return next((p for p in fitting if isqrt(output.shape[1] - p) ** 2 == output.shape[1] - p), None)


def _in_grid(tokens: Tensor) -> Tensor:
    side = isqrt(tokens.shape[1])
    return tokens.unflatten(1, (side, side))


def _is_layer(output: object) -> TypeGuard[Tensor]:
    return isinstance(output, Tensor) and output.ndim > 1 and len(output) == 1


def _version(tensor: Tensor) -> int:
    """Grows with every change in place."""
    return 0 if tensor.is_inference() else tensor._version


def _described(output: object) -> str:
    return str(tuple(output.shape)) if isinstance(output, Tensor) else f"a {type(output).__name__}"


def prefix_tokens(module: nn.Module) -> int:
    """How many tokens a transformer puts before those of the patches: its class token and registers; 0 if unknown.

    timm's networks say so, torchvision's have a class token.
    """
    said = getattr(module, "num_prefix_tokens", None)
    if isinstance(said, int):
        return said
    token = getattr(module, "class_token", getattr(module, "cls_token", None))
    return token.shape[-2] if isinstance(token, Tensor) and token.ndim > 1 else 0
