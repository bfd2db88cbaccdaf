"""Permanent taps on a shared network's modules: any thread may listen to a forward pass, none disturbs another.

Hooks put on and off a shared network record other visitors' passes. A tap stays for good, writes only into the sink of
the thread (more exactly, the context) that is running the pass, and ends the pass once all that was asked for is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import partial
from typing import Any

from torch import Tensor, nn

from explorer.layers import OUTPUT, call_name, module_name


class _Sink:
    def __init__(self, wanted: Iterable[str]) -> None:
        self.missing = set(wanted)
        self.calls = {module_name(name): 0 for name in self.missing}
        self.outputs: dict[str, Tensor] = {}


class _AllThereError(Exception):
    """Every wanted layer has been computed: the rest of the pass isn't needed."""


_sink: ContextVar[_Sink | None] = ContextVar("sink", default=None)


def install_taps(module: nn.Module, layers: Iterable[str]) -> None:
    """Put a tap on the module of each layer, once, before the network is shared."""
    tapped = {module_name(layer) for layer in layers}
    for name, child in module.named_modules():
        if (name or OUTPUT) in tapped:
            child.register_forward_hook(partial(_tap, name or OUTPUT))


def listen(run: Callable[[], Any], wanted: Iterable[str]) -> dict[str, Tensor]:
    """Run a forward pass as far as needed and return the outputs of the layers `wanted`, by name.

    They are copies that stay differentiable: an in-place ReLU that follows does not overwrite them.
    """
    sink = _Sink(wanted)
    token = _sink.set(sink)
    try:
        run()
    except _AllThereError:
        pass
    finally:
        _sink.reset(token)
    return sink.outputs


def _tap(name: str, _module: nn.Module, _inputs: object, output: object) -> None:
    sink = _sink.get()
    if sink is None or name not in sink.calls:  # nearly always: a deep pass meets hundreds of taps
        return
    sink.calls[name] += 1
    call = call_name(name, sink.calls[name])
    if call not in sink.missing or not isinstance(output, Tensor):
        return
    sink.missing.discard(call)
    sink.outputs[call] = output.clone() if sink.missing else output
    if not sink.missing:
        raise _AllThereError
