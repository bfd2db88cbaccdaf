"""Watching torch's elementary operations as they happen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode


def tensors(value: Any) -> Iterator[Tensor]:
    """The tensors in an argument or a result."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from tensors(item)


class Watcher(TorchDispatchMode):
    """Is told of every operation of this thread while its block runs."""

    def saw(self, operation: Operation, output: Any) -> None:
        """Hear of one operation that was done, and of what it gave."""
        raise NotImplementedError

    def __torch_dispatch__(
        self, func: OpOverload, types: object, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        with self:  # in inference mode some come here in one piece
            output = func.decompose(*args, **(kwargs or {}))
        if output is NotImplemented:
            operation = Operation(func, args, kwargs or {})
            output = func(*args, **(kwargs or {}))
            self.saw(operation, output)
        return output

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """No: shielding us from torch.compile, unused here, would first import all of it, for seconds."""
        return False


class Operation:
    """One call about to happen: its name (`add` for `add_.Tensor`), its arguments, and those it writes to."""

    def __init__(self, func: OpOverload, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        schema = func._schema.arguments
        self.name = func.name().partition("::")[2].partition(".")[0].removesuffix("_")
        self.pointwise = torch.Tag.pointwise in func.tags or self.name in _UNTAGGED
        self.first = schema[0].name if schema else ""
        self.arguments = {a.name: a.default_value for a in schema}
        self.arguments |= dict(zip(self.arguments, args, strict=False)) | dict(kwargs)
        self.tensors = [(n, t, tuple(t.shape)) for n, v in self.arguments.items() for t in tensors(v)]
        written = [a.name for a in schema if a.alias_info is not None and a.alias_info.is_write]
        self.written = list(tensors([self.arguments[name] for name in written]))

    def __getitem__(self, name: str) -> Any:
        return self.arguments[name]

    def each(self, name: str, count: int) -> list[int]:
        """An argument that is given once for all dimensions or once for each."""
        value = self.arguments.get(name)
        values = [value] if isinstance(value, int) else list(value or [])
        return values * count if len(values) == 1 else values


_UNTAGGED = {
    "alias",
    "copy",
    "detach",
    "hardswish",
    "lift_fresh",
    "masked_fill",
    "mish",
    "_prelu_kernel",
    "_to_copy",
}
