"""A hierarchy by hand: up to five stages, each working on what the one before it made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.filtering.convolution import convolve
from explorer.filtering.edges import slope
from explorer.filtering.grids import rotated_grid
from explorer.filtering.kernels import Kernel, KernelError, gaussian

MOST_STAGES = 5
Values = NDArray[np.float32]


class PipelineError(ValueError):
    """A stage that can't be: one sentence says why and what to do."""


@dataclass(frozen=True)
class Stage:
    """One step: a kind of `KINDS`, its amount (length, σ or side in pixels, or a level) and, for filters, an angle."""

    kind: str
    amount: float = 0.0
    angle_deg: float = 90.0


@dataclass(frozen=True, eq=False)
class StageResult:
    """What a stage made of what it was given: values (h, w), smaller after pooling, read-only."""

    stage: Stage
    values: Values

    @property
    def mean(self) -> float:
        """The mean over all places: βᵀv with every β = 1/n."""
        return float(self.values.mean(dtype=np.float64))


@dataclass(frozen=True)
class StageKind:
    """How a kind of stage is set: the name, range and start of its amount (None: it has none), and whether it turns."""

    apply: Callable[[Values, Stage], Values]
    amount: tuple[str, float, float, float] | None = None
    turns: bool = False


def long_line(angle_deg: float, length: float, sigma: float = 1.0) -> Kernel:
    """A bright line of about `length` pixels between two dark ones; weights sum to 0, their sizes to 2.

    Across the line it is a Gaussian's negative curvature (σ in the form exp(−x²/σ²)), along it a Gaussian that falls to
    exp(−1) at length/2. `angle_deg` is counter-clockwise from horizontal.
    """
    across, along = rotated_grid(angle_deg, 2 * int(np.ceil(length)) + 1)
    bell = np.exp(-((across / sigma) ** 2) - (2 * along / length) ** 2)
    weights = (1 - 2 * (across / sigma) ** 2) * bell
    bright, dark = weights.clip(0), (-weights).clip(0)
    return (bright / bright.sum() - dark / dark.sum()).astype(np.float32)


@memoised
def kernel(stage: Stage) -> Kernel:
    """The kernel of a stage that is a convolution, read-only.

    Kept, since making one takes longer than sliding it over a small picture.
    """
    if stage.kind == "edge":
        weights = slope("Gaussian", stage.angle_deg, stage.amount)
    elif stage.kind == "line":
        weights = long_line(stage.angle_deg, stage.amount)
    else:
        assert stage.kind == "blur", stage
        weights = gaussian(stage.amount)
    return read_only(weights)


def _filter(values: Values, stage: Stage) -> Values:
    weights = kernel(stage)
    return convolve(values, weights, padding="reflect" if min(values.shape) > max(weights.shape) else "replicate")


def _pool(values: Values, stage: Stage) -> Values:
    """The largest or the mean of each side × side block; what is left over at the rim is dropped."""
    side = int(min(stage.amount, *values.shape))
    rows, columns = (n // side for n in values.shape)
    blocks = values[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return blocks.max((1, 3)) if stage.kind == "max pool" else blocks.mean((1, 3))


KINDS: dict[str, StageKind] = {
    "edge": StageKind(_filter, ("σ, exp(−r²/σ²)", 0.5, 4.0, 1.0), turns=True),
    "line": StageKind(_filter, ("Length", 3.0, 24.0, 8.0), turns=True),
    "blur": StageKind(_filter, ("σ, exp(−r²/σ²)", 0.5, 8.0, 2.0)),
    "absolute": StageKind(lambda values, _: np.abs(values)),
    "ReLU": StageKind(lambda values, _: np.maximum(values, 0)),
    "max pool": StageKind(_pool, ("Side", 2.0, 16.0, 2.0)),
    "mean pool": StageKind(_pool, ("Side", 2.0, 16.0, 2.0)),
    "threshold": StageKind(lambda values, stage: (values > stage.amount).astype(np.float32), ("Level", 0.0, 1.0, 0.1)),
}


def check(stage: Stage) -> None:
    """Raise PipelineError when the kind is unknown, or the amount outside its range."""
    if stage.kind not in KINDS:
        raise PipelineError(f"A stage is one of {', '.join(KINDS)}, not {stage.kind!r}.")
    if (limits := KINDS[stage.kind].amount) is not None:
        name, low, high, _ = limits
        if not low <= stage.amount <= high:
            raise PipelineError(f"{name} of {stage.kind} goes from {low:g} to {high:g}, not {stage.amount:g}.")


def run(values: Values, stages: Sequence[Stage]) -> list[StageResult]:
    """Send brightness (h, w) through the stages, at most five; one result for each, in order.

    Raises PipelineError on another number, on an unknown stage or amount, and KernelError on another shape.
    """
    if len(stages) > MOST_STAGES:
        raise PipelineError(f"A pipeline has at most {MOST_STAGES} stages, not {len(stages)}.")
    if values.ndim != 2 or values.size == 0:
        raise KernelError(f"A pipeline takes rows and columns of numbers; this has shape {values.shape}.")
    results: list[StageResult] = []
    for stage in stages:
        check(stage)
        values = read_only(np.ascontiguousarray(KINDS[stage.kind].apply(values, stage), dtype=np.float32))
        results.append(StageResult(stage, values))
    return results


#: the lecture's two measures: how much vertical edge, and how much of it stands in long vertical lines
EDGES = (Stage("edge", 1.0, 90), Stage("absolute"))
LONG_LINES = (*EDGES, Stage("line", 8.0, 90), Stage("ReLU"))
