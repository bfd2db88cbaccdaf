"""Skip connections: where an earlier layer's output joins what came through the layers between (ResNet, DenseNet)."""

from __future__ import annotations

import copy
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.networks.layers import call_name
from explorer.networks.loading import Network
from explorer.networks.normalized import input_channels
from explorer.networks.tracing.operations import Operation, Watcher, tensors

PICTURE = ""  #: in place of a layer: the skip connection starts at the picture
_JOINS = {"add": "added", "cat": "joined", "mul": "multiplied"}
_BRANCH = "read"


@dataclass(frozen=True)
class Skip:
    """What layer `start` (or the picture) gave goes around others.

    It is `added` to, `joined` to (as further maps) or `multiplied` with what layer `end` gave; or `end` itself has
    `read` it, although others have run in between.
    """

    start: str
    end: str
    how: str


@memoised
def skips(network: Network) -> tuple[Skip, ...]:
    """A network's skip connections in the order in which they end, found by one pass that watches every operation."""
    shared = {id(t): t for t in (*network.module.parameters(), *network.module.buffers())}
    body = copy.deepcopy(network.module, shared).get_submodule("body")  # hooks on the shared one would hear everybody
    like = next((p for p in body.parameters() if p.is_floating_point()), torch.empty(0))
    picture = torch.zeros(1, input_channels(body), network.input_size, network.input_size).to(like)
    names = {layer.name for layer in network.layers}
    with compute_slot(), torch.no_grad(), _SkipFinder(picture, names) as finder, ExitStack() as hooks:
        for name, module in body.named_modules():
            hooks.callback(module.register_forward_pre_hook(finder.enter).remove)
            hooks.callback(module.register_forward_hook(partial(finder.leave, name)).remove)
        body(picture)
    return tuple(Skip(finder.name(start), finder.name(end), how) for start, end, how in finder.found)


class _SkipFinder(Watcher):
    """Knows of each tensor by which layer it was made last, and so sees where two of different age meet."""

    def __init__(self, picture: Tensor, layers: set[str]) -> None:
        super().__init__()
        self.found: dict[tuple[int, int, str], None] = {}  # in order
        self._layers, self._done = layers, list[str]()
        self._calls: Counter[str] = Counter()
        self._running: list[tuple[int, int]] = []  # how many layers were done when a module began, and its input's
        self._made_by: WeakTensorKeyDictionary = WeakTensorKeyDictionary()
        self._made_by[picture] = -1

    def name(self, number: int) -> str:
        """The layer of that number; the picture for a negative one."""
        return PICTURE if number < 0 else self._done[number]

    def saw(self, operation: Operation, output: Any) -> None:
        """Of each result, keep the latest maker of its operands; where makers differ, two ways have met."""
        makers = self._makers(tensor for _, tensor, _ in operation.tensors)
        if not makers:
            return
        if operation.name in _JOINS:
            for maker in sorted(makers - {max(makers)}):
                self.found[maker, max(makers), _JOINS[operation.name]] = None
        for result in tensors([output, operation.written]):
            self._made_by[result] = max(makers)

    def enter(self, _module: nn.Module, inputs: tuple[Any, ...]) -> None:
        """Before a module: how many layers were done, and which made its input."""
        self._running.append((len(self._done), max(self._makers(tensors(inputs)), default=len(self._done) - 1)))

    def leave(self, name: str, _module: nn.Module, _inputs: object, output: object) -> None:
        """After a module: it is done, and has skipped layers if its input was made before the last of them."""
        before, maker = self._running.pop()
        self._calls[name] += 1
        call = call_name(name, self._calls[name])
        if call not in self._layers or not isinstance(output, Tensor):
            return
        self._done.append(call)
        if before == len(self._done) - 1 and maker < before - 1:  # nothing inside it is a layer
            self.found[maker, before, _BRANCH] = None
        self._made_by[output] = len(self._done) - 1

    def _makers(self, several: Any) -> set[int]:
        return {self._made_by[t] for t in several if t in self._made_by}
