"""What each elementary operation does with the dimensions of its operands: where they go, and through which window."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from explorer.networks.tracing.operations import Operation

Shape = tuple[int, ...]


class Window(NamedTuple):
    """A window along one dimension: output i reads inputs i · stride − padding + j · dilation, j < kernel."""

    kernel: int = 1
    stride: int = 1
    padding: int = 0
    dilation: int = 1


class Destination(NamedTuple):
    """Where a dimension goes, and the window through which the result sees it."""

    dim: int
    window: Window = Window()


Destinations = list[Destination | None]  # for each dimension of the operand; None: every output sees all of it

_VIEWS = {"_reshape_alias", "squeeze", "unsqueeze", "_unsafe_view", "view"}
#: the arguments that are the factors of a matrix product
_FACTORS = {
    "mm": ("self", "mat2"),
    "addmm": ("mat1", "mat2"),
    "bmm": ("self", "mat2"),
    "baddbmm": ("batch1", "batch2"),
}


def is_fresh(operation: Operation) -> bool:
    """Whether only the shape of the operand matters."""
    return operation.name.startswith("new_") or operation.name.endswith("_like")


def is_view(operation: Operation) -> bool:
    """Whether the operation keeps all elements in their order, counted row by row."""
    return operation.name in _VIEWS


def destinations(operation: Operation, argument: str, source: Shape, target: Shape) -> Destinations | None:
    """Where the dimensions of an operand go in a result of shape `target`; None: not known."""
    if operation.pointwise:
        return _broadcast(source, target)
    if argument in _FACTORS.get(operation.name, ()):
        return _factor(_FACTORS[operation.name].index(argument), source)
    rule = _RULES.get(operation.name)
    return rule(operation, source, target) if rule is not None and argument == operation.first else None


def _broadcast(source: Shape, target: Shape) -> Destinations | None:
    offset = len(target) - len(source)
    if offset < 0 or any(s not in (1, t) for s, t in zip(source, target[offset:], strict=True)):
        return None
    return [Destination(dim + offset) for dim in range(len(source))]


def _factor(which: int, source: Shape) -> Destinations:
    """A matrix product sums over the columns of its left factor and the rows of its right one."""
    return _except(source, len(source) - 1 - which)


def _except(source: Shape, *dims: int) -> Destinations:
    mixed = {dim % len(source) for dim in dims}
    return [None if dim in mixed else Destination(dim) for dim in range(len(source))]


def _last(source: Shape, seen: Sequence[Window]) -> Destinations:
    """Windows along the last dimensions."""
    first = len(source) - len(seen)
    return [Destination(dim, seen[dim - first] if dim >= first else Window()) for dim in range(len(source))]


def _convolution(operation: Operation, source: Shape, target: Shape) -> Destinations | None:
    if operation["transposed"]:
        return None
    kernel = operation["weight"].shape[2:]
    rest = (operation.each(name, len(kernel)) for name in ("stride", "padding", "dilation"))
    return [Destination(0), None, *_last(source, list(map(Window, kernel, *rest)))[2:]]


def _pool(operation: Operation, source: Shape, target: Shape) -> Destinations:
    count = _spatial(operation)
    kernel = operation.each("kernel_size", count)
    stride = operation.each("stride", count) or kernel
    dilation = operation.each("dilation", count) or [1] * count
    return _last(source, list(map(Window, kernel, stride, operation.each("padding", count), dilation)))


def _adaptive_pool(operation: Operation, source: Shape, target: Shape) -> Destinations:
    """Output i of m reads from ⌊i n / m⌋ to ⌈(i + 1) n / m⌉: a window that covers all these, best at the last."""
    seen = []
    for n, m in list(zip(source, target, strict=True))[-_spatial(operation) :]:
        stride = n // m
        seen.append(Window(n - (m - 1) * stride, stride))
    return _last(source, seen)


def _spatial(operation: Operation) -> int:
    found = re.search(r"(\d)d", operation.name)
    assert found is not None
    return int(found[1])


def _pad(operation: Operation, source: Shape, target: Shape) -> Destinations:
    before = operation["pad"][::2][::-1]
    return _last(source, [Window(padding=amount) for amount in before])


def _slice(operation: Operation, source: Shape, target: Shape) -> Destinations:
    dim = operation["dim"] % len(source)
    first, _, step = slice(operation["start"], operation["end"], operation["step"]).indices(source[dim])
    return [Destination(d, Window(1, step, -first) if d == dim else Window()) for d in range(len(source))]


def _reduce(operation: Operation, source: Shape, target: Shape) -> Destinations:
    """Every output sees all along the dimensions named (all if none are), which may vanish."""
    dims = operation.each("dim", 1) or list(range(len(source)))
    mixed = _except(source, *dims)
    if len(target) == len(source):
        return mixed
    left = iter(range(len(source)))
    return [None if one is None else Destination(next(left)) for one in mixed]


def _layer_norm(operation: Operation, source: Shape, target: Shape) -> Destinations:
    return _except(source, *range(-len(operation["normalized_shape"]), 0))


def _batch_norm(operation: Operation, source: Shape, target: Shape) -> Destinations | None:
    training = operation.arguments.get("training", operation.name != "_native_batch_norm_legit_no_training")
    return None if training else _broadcast(source, target)


def _permute(operation: Operation, source: Shape, target: Shape) -> Destinations:
    order = [dim % len(source) for dim in operation["dims"]]
    return [Destination(order.index(dim)) for dim in range(len(source))]


def _transpose(operation: Operation, source: Shape, target: Shape) -> Destinations:
    order = list(range(len(source)))
    one, other = (operation["dim0"], operation["dim1"]) if operation.name == "transpose" else (0, -1)
    order[one], order[other] = order[other], order[one]
    return [Destination(dim) for dim in order]


_RULES: dict[str, Callable[[Operation, Shape, Shape], Destinations | None]] = {
    "convolution": _convolution,
    "constant_pad_nd": _pad,
    "slice": _slice,
    "permute": _permute,
    "expand": lambda operation, source, target: _broadcast(source, target),
    **dict.fromkeys(("transpose", "t"), _transpose),
    **dict.fromkeys(("cat", "split", "split_with_sizes", "select", "unbind"), _reduce),
    **dict.fromkeys(("_softmax", "_log_softmax"), _reduce),
    **dict.fromkeys(("amax", "amin", "linalg_vector_norm", "max", "mean", "min", "std", "sum", "var"), _reduce),
    **dict.fromkeys(("native_layer_norm", "_fused_rms_norm"), _layer_norm),
    **dict.fromkeys(("native_batch_norm", "cudnn_batch_norm", "miopen_batch_norm"), _batch_norm),
    **dict.fromkeys(("_native_batch_norm_legit", "_native_batch_norm_legit_no_training"), _batch_norm),
    **dict.fromkeys(("max_pool2d_with_indices", "max_pool3d_with_indices", "avg_pool2d", "avg_pool3d"), _pool),
    **dict.fromkeys((f"_adaptive_avg_pool{n}d" for n in (2, 3)), _adaptive_pool),
    **dict.fromkeys((f"adaptive_max_pool{n}d" for n in (2, 3)), _adaptive_pool),
}
