"""The runs of training that come with the app: one with true labels, and two that differ from it in one thing only.

`python -m explorer.learning.exemplar_cnn.shipped_runs` trains them anew, from the same seed, and writes
assets/learned/. So that the claim "this is owed to the labels" doesn't rest on one seed, it repeats the true and the
shuffled run from others, too, and keeps how selective the filters were after each epoch. All of it takes about a
quarter of an hour on two cores.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.learning.exemplar_cnn.epochs import FOLDER, Epoch, read_epochs, save_epochs
from explorer.learning.exemplar_cnn.training import TrainingSettings, train
from explorer.pictures.samples import sample

PHOTOGRAPHS = (
    "flower", "coffee", "cat", "astronaut", "rocket", "china", "motorcycle", "retina", "immunohistochemistry",
    "camera", "brick", "grass",
)  # fmt: skip
TRUE, SHUFFLED, PLAIN = "true", "shuffled", "plain"
RUNS = {
    TRUE: TrainingSettings(),
    SHUFFLED: TrainingSettings(shuffled=True, epochs=120),  # learning by heart takes longer
    PLAIN: TrainingSettings(batch_norm=False),
}
SEEDS = (0, 1, 2)  #: that the true and the shuffled run are repeated from
_ALL, _EVERY = 30, 6  # of a run all the first epochs are kept, then every sixth
_REPEATS = "selectivity.npz"


@memoised
def shipped(run: str) -> tuple[Epoch, ...]:
    """The epochs of a run in RUNS, the untrained network first; the last of the true run has its weights."""
    from safetensors.torch import load_file

    epochs = read_epochs(FOLDER / f"{run}.npz")
    weights = FOLDER / f"{run}.safetensors"
    return (*epochs[:-1], replace(epochs[-1], state=load_file(weights))) if weights.is_file() else epochs


@memoised
def selectivities(run: str) -> NDArray[np.float64]:
    """How selective the filters are in the TRUE or the SHUFFLED run, (seeds, epochs): row by row from SEEDS.

    Both have as many epochs as the true run, the untrained network included.
    """
    with np.load(FOLDER / _REPEATS) as runs:
        found: NDArray[np.float64] = runs[run]
    return read_only(found)


def write(folder: Path, runs: Iterable[str] = tuple(RUNS), *, seed: int = 0) -> None:
    """Train, on the CPU, and write each run's history, and the weights of the true one."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    images = [sample(name) for name in PHOTOGRAPHS]
    for run in runs:
        epochs = list(train(images, RUNS[run], seed=seed, device="cpu"))
        kept = [epoch for epoch in epochs if epoch.number <= _ALL or epoch.number % _EVERY == 0]
        save_epochs(kept, folder / f"{run}.npz")
        if run == TRUE:
            save_file(dict(epochs[-1].state), folder / f"{run}.safetensors")


def write_repeats(folder: Path, *, seeds: Iterable[int] = SEEDS, epochs: int = RUNS[TRUE].epochs) -> None:
    """Train the true and the shuffled run from each seed, on the CPU, and write how selective their filters became."""
    images, seeds = [sample(name) for name in PHOTOGRAPHS], tuple(seeds)

    def repeated(run: str) -> list[list[float]]:
        settings = replace(RUNS[run], epochs=epochs)
        return [[epoch.selectivity for epoch in train(images, settings, seed=seed, device="cpu")] for seed in seeds]

    runs: dict[str, Any] = {run: np.array(repeated(run)) for run in (TRUE, SHUFFLED)}
    np.savez_compressed(folder / _REPEATS, **runs)


if __name__ == "__main__":
    write(FOLDER)
    write_repeats(FOLDER)
