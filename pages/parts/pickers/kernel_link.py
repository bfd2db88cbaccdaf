"""The convolution screen as a few query parameters, short enough to send, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from itertools import chain
from typing import Any

from pages.parts.pickers.kernel_settings import KernelSettings, read_settings

# Each choice's name in the link; what is as it always is is left out.
NAMES = {
    "kernel": "k",
    "padding": "p",
    "stride": "s",
    "dilation": "d",
    "flip": "f",
    "display": "show",
    "colour": "c",
    "scale": "a",
    "bias": "b",
    "contrast": "q",
    "pin": "pin",
}
VIEW, USUAL, NUMBERS = "x", "picture", "numbers"  # what is convolved
LARGEST = 1e6  # weight, scale or bias, as in the fields on the screen
TYPED = "n"  # which numbers: a name, or the rows themselves
OWN = (*NAMES.values(), VIEW, TYPED)
_DEFAULTS = {field.name: field.default for field in fields(KernelSettings)}


def write(settings: KernelSettings, view: str) -> dict[str, str]:
    """The query parameters of a screen: k=3x3_0_1_0_… and whatever else is not as usual.

    A filter over the colours is k=3x3x3_… with the weights of red first, then those of green and of blue.
    """
    rows = settings.kernel
    size = f"{len(rows)}x{len(rows[0])}" + ("x3" if settings.rest else "")
    link = {"k": "_".join([size, *(f"{weight:.6g}" for row in chain(*settings.grids) for weight in row)])}
    for name, short in NAMES.items():
        value = getattr(settings, name)
        if name != "kernel" and value != _DEFAULTS[name]:
            link[short] = _text(value)
    return link if view == USUAL else link | {VIEW: view}


def read(link: Mapping[str, str], views: Sequence[str]) -> tuple[KernelSettings, str]:
    """KernelSettings and view that a link holds. Raises ValueError or TypeError when it was garbled."""
    view = link.get(VIEW, USUAL)
    if view not in views:
        raise ValueError(f"There is no view {view!r}.")
    if "k" not in link:
        raise ValueError("The kernel is missing.")
    state = asdict(KernelSettings())
    for name, short in NAMES.items():
        if short in link:
            state[name] = _READ.get(name, str)(link[short])
    state["kernel"], *rest = state["kernel"]
    state["rest"] = rest or None
    settings = read_settings(state)
    if bool(rest) != (settings.colour == "filter") or (rest and view == NUMBERS):
        raise ValueError("Three grids are for a filter over the colours of a picture, and it needs three.")
    numbers = [settings.scale, settings.bias, *chain.from_iterable(chain(*settings.grids))]
    if settings.scale == 0 or max(map(abs, numbers)) > LARGEST:
        raise ValueError(f"Scale can't be 0, and no number can be above {LARGEST:g}.")
    return settings, view


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "_".join(map(str, value))
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _kernel(text: str) -> list[list[list[float]]]:
    """The grids: one, or three."""
    size, *weights = re.split(r"[_:,; ]+", text.strip())
    rows, columns, count = ([int(n) for n in size.split("x")] + [1])[:3]
    if columns < 1 or count not in (1, 3) or len(weights) != rows * columns * count:
        raise ValueError(f"A kernel of {size} can't have {len(weights)} weights.")
    numbers = [float(weight) for weight in weights]
    lines = [numbers[i : i + columns] for i in range(0, len(numbers), columns)]
    return [lines[i : i + rows] for i in range(0, len(lines), rows)]


def _pair(text: str) -> list[int]:
    return [int(n) for n in re.split(r"[_,]", text)]


_READ: dict[str, Callable[[str], Any]] = {
    "kernel": _kernel,
    "stride": int,
    "dilation": int,
    "flip": int,
    "scale": float,
    "bias": float,
    "pin": _pair,
}
