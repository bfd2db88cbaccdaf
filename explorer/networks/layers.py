"""A network's layers in the order in which they finish: shape, parameters, multiply-adds, receptive field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from math import isqrt, prod
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn

from explorer.networks.multiply_adds import multiply_adds
from explorer.networks.operations import Operation, Watcher, tensors
from explorer.networks.receptive_fields import Field, FieldTracker

OUTPUT = "output"  #: the layer that stands for the whole network, where its own code makes the last step


@dataclass(frozen=True)
class Layer:
    """One call of one module; `shape` is its output's for one picture: (C, h, w), (h, w, C), (C,) or tokens (n, C).

    `parameters` and `multiply_adds` include those of all inside it; `field` is its receptive field. `input_shape` is
    the shape of the first tensor it takes, () if it takes none. Tokens that are those of the patches, row by row, are
    maps too: `prefix` says how many others, such as the class token, stand before them; it is None for all else.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    field: Field
    input_shape: tuple[int, ...] = ()
    prefix: int | None = None

    @property
    def channels(self) -> int:
        """How many maps it puts out, or how many numbers for each token or in all."""
        return self.shape[-1 if len(self.shape) < 3 or self._channels_last else 0]

    @property
    def places(self) -> tuple[int, ...]:
        """At how many places it puts them out: (rows, columns), (tokens,), or () for numbers without a place."""
        if self.prefix is not None:
            side = isqrt(self.shape[0] - self.prefix)
            return side, side
        return self.shape[1:] if len(self.shape) == 3 and not self._channels_last else self.shape[:-1]

    @property
    def has_maps(self) -> bool:
        """Whether it puts out maps that can be looked at: rows and columns of more than one place."""
        return len(self.places) == 2 and min(self.places) > 1

    @property
    def _channels_last(self) -> bool:
        return channels_last(self.shape)

    @property
    def receptive_field(self) -> int:
        """The longer side of the receptive field, in input pixels."""
        return self.field.size


def channels_last(shape: Sequence[int]) -> bool:
    """Whether one picture's output is (h, w, C), as inside the blocks of ConvNeXt and Swin, and not (C, h, w).

    Pictures being square, the two equal sides tell.
    """
    return len(shape) == 3 and shape[0] == shape[1] != shape[2]


def prefix_tokens(module: nn.Module) -> int:
    """How many tokens a transformer puts before those of the patches: its class token and registers; 0 if unknown.

    timm's networks say so, torchvision's have a class token.
    """
    said = getattr(module, "num_prefix_tokens", None)
    if isinstance(said, int):
        return said
    token = getattr(module, "class_token", getattr(module, "cls_token", None))
    return token.shape[-2] if isinstance(token, Tensor) and token.ndim > 1 else 0


def call_name(name: str, call: int) -> str:
    """The name of a module's first, second, … call in one pass: "relu", "relu:2", …"""
    return name if call == 1 else f"{name}:{call}"


def module_name(layer: str) -> str:
    """The module that a layer is a call of: "relu" for "relu" and for "relu:2"."""
    return layer.partition(":")[0]


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
