"""What training has come to after each epoch, and a run of epochs as a small file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explorer.architecture.selectivity import mean_selectivity
from explorer.arrays import read_only

if TYPE_CHECKING:
    from torch import Tensor

FOLDER = Path(__file__).parents[3] / "assets" / "learned"  #: the runs that come with the app
_LEVELS = 127
_NUMBERS = ("number", "loss", "accuracy", "held_out", "seconds")


@dataclass(frozen=True, eq=False)
class Epoch:
    """A network after `number` passes through its views; number 0 is before learning.

    `loss` (cross-entropy, in nats) and `accuracy` are means over the views it learns from, taken while it learns (at
    number 0: before); `held_out` is its accuracy on other views of the same patches, with their right labels.
    """

    number: int
    loss: float
    accuracy: float
    held_out: float
    seconds: float  #: since the beginning
    filters: NDArray[np.float32]  #: (n, 3, k, k), the first layer's weights now; read-only
    #: all weights now, by name; empty when only the filters were kept
    state: Mapping[str, Tensor] = field(default_factory=dict, repr=False)

    @property
    def selectivity(self) -> float:
        """How much the filters prefer one orientation, 0 to 1."""
        return mean_selectivity(self.filters)


def save_epochs(epochs: Sequence[Epoch], file: Path) -> None:
    """Write epochs without their states as NPZ, each filter in 255 levels of its own largest weight."""
    columns: dict[str, Any] = {name: np.array([getattr(epoch, name) for epoch in epochs]) for name in _NUMBERS}
    filters = np.stack([epoch.filters for epoch in epochs])
    limits = np.abs(filters).max((2, 3, 4), keepdims=True).clip(1e-12)
    levels = np.rint(filters / limits * _LEVELS).astype(np.int8)
    np.savez_compressed(file, levels=levels, limits=limits, **columns)


def read_epochs(file: Path) -> tuple[Epoch, ...]:
    """The epochs that `save_epochs` wrote, without states; weights are off by at most 1/254 of their filter's most."""
    with np.load(file) as columns:
        filters = columns["levels"] * (columns["limits"] / np.float32(_LEVELS))
        number, loss, accuracy, held_out, seconds = (columns[name].tolist() for name in _NUMBERS)
    return tuple(map(Epoch, number, loss, accuracy, held_out, seconds, map(read_only, filters)))
