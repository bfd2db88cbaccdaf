"""What the visitor has set in the kernel editor, and how it is read from what a browser or a link says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

LARGEST_KERNEL, LARGEST_STEP = 15, 8
SEEDS = 10  # of the random kernels to begin with

PADDINGS = ("valid", "zero", "reflect", "replicate")
DISPLAYS = ("signed", "diverging", "absolute", "clipped")
COLOURS = ("colour", "grey", "filter")
CONTRASTS = ("full", "p99")

Padding = Literal["valid", "zero", "reflect", "replicate"]
Display = Literal["signed", "diverging", "absolute", "clipped"]
Colour = Literal["colour", "grey", "filter"]
Contrast = Literal["full", "p99"]
Grid = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class KernelPreset:
    """The kernel that was begun with, and what its sliders say; those not named stand where they start."""

    name: str
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class KernelSettings:
    """What the visitor has set: result = scale · (sum of products) + bias, computed on values in [0, 1].

    kernel: 1×1 to 15×15 weights; stride, dilation: 1 to 8; pin: (row, column) of the result, or None.
    colour: "colour" convolves R, G and B each on its own; "grey" first takes 0.299 R + 0.587 G + 0.114 B
    (ITU-R BT.601); "filter" sums over the colours: `kernel` is then the grid for red, `rest` those for green and
    blue. display: "signed" has 0 at mid-grey, ±max|value| at white and black; "diverging" goes from blue to amber
    instead (one channel only); "absolute" is |value| from 0 to its maximum; "clipped" cuts off below 0 and above 1.
    contrast: "p99" takes for max|value| the size that 99 % of the values keep within.
    """

    kernel: Grid = ((0.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 0.0))
    padding: Padding = "reflect"
    stride: int = 1
    dilation: int = 1
    flip: bool = False
    display: Display = "clipped"
    colour: Colour = "colour"
    scale: float = 1.0
    bias: float = 0.0
    pin: tuple[int, int] | None = None
    rest: tuple[Grid, Grid] | None = None  #: None unless colour is "filter"
    preset: KernelPreset | None = field(default=None, compare=False)  #: None once a weight was changed by hand
    contrast: Contrast = "full"

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The one grid, or those for red, green and blue."""
        return (self.kernel, *(self.rest or ()))

    @property
    def weights(self) -> NDArray[np.float64]:
        """(k1, k2), or (k1, k2, 3) of a filter over the colours."""
        return np.stack(self.grids, -1) if self.rest else np.array(self.kernel)


def read_settings(state: Mapping[str, Any]) -> KernelSettings:
    """KernelSettings from plain JSON (the browser's, a link's).

    Raises ValueError, KeyError or TypeError on anything that is not allowed.
    """
    known = {one.name: state[one.name] for one in fields(KernelSettings) if one.name != "contrast"}
    known["contrast"] = state.get("contrast", "full")  # links of before do not say it
    known["kernel"] = _read_kernel(known["kernel"])
    known["rest"] = _read_rest(known["rest"], known["kernel"]) if known["colour"] == "filter" else None
    known["preset"] = _read_preset(known["preset"])
    known["scale"], known["bias"] = _finite(known["scale"]), _finite(known["bias"])
    known["flip"] = bool(known["flip"])
    for name in ("stride", "dilation"):
        known[name] = _whole(known[name], 1, LARGEST_STEP)
    for name, allowed in (("padding", PADDINGS), ("display", DISPLAYS), ("colour", COLOURS), ("contrast", CONTRASTS)):
        if known[name] not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {known[name]!r}.")
    if known["pin"] is not None:
        row, column = known["pin"]
        known["pin"] = _whole(row, 0, 2**16), _whole(column, 0, 2**16)
    return KernelSettings(**known)


def _read_kernel(rows: Any) -> Grid:
    kernel = tuple(tuple(_finite(value) for value in row) for row in rows)
    widths = {len(row) for row in kernel}
    if not 1 <= len(kernel) <= LARGEST_KERNEL or len(widths) != 1 or not 1 <= widths.pop() <= LARGEST_KERNEL:
        raise ValueError(f"A kernel has 1 to {LARGEST_KERNEL} rows of equally many weights, at most {LARGEST_KERNEL}.")
    return kernel


def _read_rest(grids: Any, first: Grid) -> tuple[Grid, Grid]:
    green, blue = (_read_kernel(grid) for grid in grids)
    if not np.shape(green) == np.shape(blue) == np.shape(first):
        raise ValueError("The grids for red, green and blue must have the same rows and columns.")
    return green, blue


def _read_preset(state: Any) -> KernelPreset | None:
    if state is None:
        return None
    return KernelPreset(
        str(state["name"])[:40], {str(name): _finite(value) for name, value in state["parameters"].items()}
    )


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"Weights, scale and bias must be finite numbers, not {value!r}.")
    return number


def _whole(value: Any, lowest: int, highest: int) -> int:
    number = int(value)
    if number != value or not lowest <= number <= highest:
        raise ValueError(f"Got {value!r}, but a whole number from {lowest} to {highest} is needed.")
    return number
