"""The comparisons that the screens on overfitting, depth and tricks open with: settings, and what came of them.

Nothing here needs torch. `python -m explorer.learning.ensembles` makes the results anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.learning.ensembles.settings import EnsembleEpoch, EnsembleSettings, parameters
from explorer.learning.exemplar_cnn.epochs import FOLDER
from explorer.learning.optimization.optimizers import OPTIMIZERS

FILE = FOLDER / "comparisons.npz"
SEEDS = (0, 1, 2, 3, 4)
CURVES = ("loss", "accuracy", "held_out_loss", "held_out")
LAYERS = ("gradients", "means", "deviations", "histograms")

RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  #: of plain gradient descent, with batch normalization and without
DEEP = (4, 8, 16, 32, 64)  #: hidden layers, plain and residual
OPTIMIZER_RATES = (0.0001, 0.001, 0.01, 0.1, 1.0)
DROPOUTS = (0.0, 0.2, 0.5, 0.8)
DEPTHS = (1, 2, 3, 4, 6, 8, 12)  #: hidden layers that share the same number of parameters
BUDGETS = {"spirals": 700, "digits": 5000}  #: parameters, by data
SIZES = {"spirals": (2, 2), "digits": (64, 10)}  #: inputs and classes

MEMORIZING = EnsembleSettings(layers=(256, 256), rate=0.003, epochs=60, learned=600)
DIGITS = EnsembleSettings(layers=(128,), rate=0.001, epochs=40)
NORMALIZING = EnsembleSettings(layers=(64,) * 5, optimizer="SGD", rate=0.1, epochs=10)
DROPPING = EnsembleSettings(layers=(256, 256), rate=0.001, epochs=60, learned=200)
DEEPENING = EnsembleSettings(layers=(32,) * 16, batch_norm=True, epochs=10)
AUGMENTING = EnsembleSettings(layers=(128,), rate=0.003, epochs=40)
OPTIMIZING = EnsembleSettings(epochs=8)
SPIRALLING = EnsembleSettings(rate=0.01, epochs=150)
SHARING = EnsembleSettings(rate=0.003, epochs=20)


def residual(depth: int, added: bool) -> EnsembleSettings:
    """A deep narrow network, plain or residual."""
    return replace(DEEPENING, layers=(32,) * depth, residual=added)


def shared_out(data: str, depth: int, budget: int | None = None) -> EnsembleSettings:
    """A network of `depth` equal hidden layers that has as many parameters as the others of that data."""
    inputs, classes = SIZES[data]
    budget = budget or BUDGETS[data]
    layers = min(
        ((width,) * depth for width in range(1, 2049)), key=lambda ones: abs(parameters(inputs, ones, classes) - budget)
    )
    return replace(SPIRALLING if data == "spirals" else SHARING, layers=layers)


#: What comes with the app, of networks from SEEDS: (data, settings)
SHIPPED = (
    ("digits", DIGITS),
    *(("digits", replace(MEMORIZING, shuffled=shuffled)) for shuffled in (False, True)),
    *(("digits", replace(NORMALIZING, rate=rate, batch_norm=norm)) for norm in (False, True) for rate in RATES),
    *(("digits", replace(DROPPING, dropout=share)) for share in DROPOUTS),
    *(("digits", residual(depth, added)) for added in (False, True) for depth in DEEP),
    *(("digits", replace(AUGMENTING, augmented=strength)) for strength in (0.0, 0.5)),
    *(("digits", replace(OPTIMIZING, optimizer=one, rate=rate)) for one in OPTIMIZERS for rate in OPTIMIZER_RATES),
    *((data, shared_out(data, depth)) for data in BUDGETS for depth in DEPTHS),
)


@dataclass(frozen=True, eq=False)
class Run:
    """The history of E + 1 epochs, the untrained networks first, of S networks.

    `curves` has each of CURVES (E + 1, S), `layers` each of LAYERS, as EnsembleEpoch has them: (E + 1, …); `changed` is
    the last epoch's. A loss that is no longer a number ends it.
    """

    curves: Mapping[str, NDArray[np.float32]]
    layers: Mapping[str, NDArray[np.float32]]
    changed: NDArray[np.float32]
    seconds: float

    def __len__(self) -> int:
        return len(self.curves["loss"])

    def last(self, curve: str) -> NDArray[np.float32]:
        """What each network has come to in the end, (S,)."""
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
        {name: part(name) for name in CURVES}, {name: part(name) for name in LAYERS}, part("changed"),
        float(held[f"{number}/seconds"]),
    )  # fmt: skip


def shipped(data: str, settings: EnsembleSettings) -> Run | None:
    """The run that came with the app for these settings, of networks from SEEDS; None where none did."""
    return _shipped().get((data, settings))


def as_run(epochs: Sequence[EnsembleEpoch]) -> Run:
    """A history as one record. The epochs are at least one."""
    return Run(
        {name: np.array([getattr(one, name) for one in epochs], np.float32) for name in CURVES},
        {name: np.array([getattr(one, name) for one in epochs], np.float32) for name in LAYERS},
        np.array(epochs[-1].changed, np.float32),
        epochs[-1].seconds,
    )
