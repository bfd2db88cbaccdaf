"""What came of the experiments: the history of several networks as one record, and those that come with the app.

Nothing here needs torch. `python -m explorer.learning.ensembles` makes the shipped ones anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.learning.ensembles.experiments import SHIPPED
from explorer.learning.ensembles.settings import EnsembleEpoch, EnsembleSettings
from explorer.learning.exemplar_cnn.epochs import FOLDER

FILE = FOLDER / "comparisons.npz"
CURVES = ("loss", "accuracy", "held_out_loss", "held_out")
LAYER_STATISTICS = ("gradients", "means", "deviations", "histograms")


@dataclass(frozen=True, eq=False)
class Run:
    """The history of S networks over E + 1 epochs, the first before learning; it ends where the loss is no number.

    `curves` has each of CURVES, (E + 1, S); `layers` each of LAYER_STATISTICS as EnsembleEpoch has them, (E + 1, …);
    `changed` is the last epoch's; `seconds` is what learning took.
    """

    curves: Mapping[str, NDArray[np.float32]]
    layers: Mapping[str, NDArray[np.float32]]
    changed: NDArray[np.float32]
    seconds: float

    def __len__(self) -> int:
        return len(self.curves["loss"])

    def last(self, curve: str) -> NDArray[np.float32]:
        """The last epoch's value of one of CURVES for each network, (S,)."""
        return self.curves[curve][-1]


@memoised
def _shipped() -> dict[tuple[str, EnsembleSettings], Run]:
    with np.load(FILE) as file:
        held = {name: file[name] for name in file.files}
    return {one: _read(held, number) for number, one in enumerate(SHIPPED) if f"{number}/loss" in held}


def _read(held: Mapping[str, NDArray[np.float32]], number: int) -> Run:
    def part(name: str) -> NDArray[np.float32]:
        return read_only(held[f"{number}/{name}"].astype(np.float32))

    return Run(
        {name: part(name) for name in CURVES}, {name: part(name) for name in LAYER_STATISTICS}, part("changed"),
        float(held[f"{number}/seconds"]),
    )  # fmt: skip


def shipped_run(data: str, settings: EnsembleSettings) -> Run | None:
    """The run of networks from SEEDS that comes with the app for these data and settings; None where none does."""
    return _shipped().get((data, settings))


def as_run(epochs: Sequence[EnsembleEpoch]) -> Run:
    """The history of these epochs, of which there is at least one, as one record."""
    return Run(
        {name: np.array([getattr(one, name) for one in epochs], np.float32) for name in CURVES},
        {name: np.array([getattr(one, name) for one in epochs], np.float32) for name in LAYER_STATISTICS},
        np.array(epochs[-1].changed, np.float32),
        epochs[-1].seconds,
    )
