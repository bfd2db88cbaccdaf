"""Hooks that record layers of a shared network: safe in any thread, and a pass ends when all is recorded.

Hooks put on and off a shared network record other visitors' passes. So the network itself has none: an extractor is a
second set of its modules around the same weights, with permanent hooks on the layers asked for. A hook writes only into
the recording of the thread (more exactly, the context) that runs the pass, and ends the pass once everything is there.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from torch import Tensor, nn

from explorer.networks.layers import OUTPUT, call_name, module_name

_MODULE_BYTES = 6000


INPUT = "input of "  #: before a layer's name: what goes into it


class _RecordedPass:
    def __init__(self, wanted: Iterable[str]) -> None:
        self.wanted = frozenset(wanted)
        self.begin()

    def begin(self) -> None:
        """Nothing is recorded yet."""
        self.missing = set(self.wanted)
        self.calls = {module_name(name): 0 for name in self.wanted}
        self.found: dict[str, Tensor] = {}


class _AllThereError(Exception):
    """Every wanted layer has been computed: the rest of the pass isn't needed."""


_recording: ContextVar[_RecordedPass | None] = ContextVar("recording", default=None)


@dataclass(frozen=True, eq=False)
class Extractor:
    """A network's modules around the same weights, with hooks on some layers."""

    module: nn.Module

    @property
    def memory_bytes(self) -> int:
        """About what the modules take; the weights are the network's."""
        return _MODULE_BYTES * sum(1 for _ in self.module.modules())


def extractor(module: nn.Module, body: str, layers: Iterable[str]) -> Extractor:
    """Hook the `layers` of the submodule `body`, by a copy of the modules that shares every parameter and buffer."""
    hooked = {module_name(layer) for layer in layers}  # of an input too: "input of relu:2" comes to "input of relu"
    shared = {id(tensor): tensor for tensor in (*module.parameters(), *module.buffers())}
    own = copy.deepcopy(module, shared)
    own.get_submodule(body).register_forward_pre_hook(_begin)
    for name, child in own.get_submodule(body).named_modules():
        if (name or OUTPUT) in hooked:
            child.register_forward_hook(partial(_output_hook, name or OUTPUT))
        if INPUT + (name or OUTPUT) in hooked:
            child.register_forward_pre_hook(partial(_input_hook, INPUT + (name or OUTPUT)))
    return Extractor(own)


def record(run: Callable[[], Any], wanted: Iterable[str]) -> dict[str, Tensor]:
    """Run a forward pass as far as needed and return what the layers `wanted` put out, by name.

    "input of" before a name asks for what goes into that layer. An in-place ReLU that follows does not overwrite them:
    the pass goes on with a copy, so that later values also depend on them for gradients.
    """
    recording = _RecordedPass(wanted)
    token = _recording.set(recording)
    try:
        run()
    except _AllThereError:
        pass
    finally:
        _recording.reset(token)
    return recording.found


def _begin(_module: nn.Module, _inputs: object) -> None:
    """A pass that ran out of memory half way is begun again."""
    recording = _recording.get()
    if recording is not None:
        recording.begin()


def _output_hook(name: str, _module: nn.Module, _inputs: object, output: object) -> Tensor | None:
    return _record(name, output)


def _input_hook(name: str, _module: nn.Module, inputs: tuple[object, ...]) -> tuple[object, ...] | None:
    copied = _record(name, inputs[0]) if inputs else None
    return None if copied is None else (copied, *inputs[1:])


def _record(name: str, value: object) -> Tensor | None:
    """Keep a value that is wanted and return the copy to go on with; None if nobody wants it."""
    recording = _recording.get()
    if recording is None or name not in recording.calls:
        return None
    recording.calls[name] += 1
    call = call_name(name, recording.calls[name])
    if call not in recording.missing or not isinstance(value, Tensor):
        return None
    recording.missing.discard(call)
    recording.found[call] = value
    if not recording.missing:
        raise _AllThereError
    return value.clone()
