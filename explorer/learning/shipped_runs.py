"""The runs of training that come with the app: one with true labels, and two that differ from it in one thing only.

`python -m explorer.learning.shipped_runs` trains them anew, from the same seed, and writes assets/learned/.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from explorer.cache import memoised
from explorer.learning.epochs import Epoch, read_epochs, save_epochs
from explorer.learning.training import TrainingSettings, train
from explorer.pictures.samples import sample

FOLDER = Path(__file__).parents[2] / "assets" / "learned"
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
_ALL, _EVERY = 30, 6  # of a run all the first epochs are kept, then every sixth


@memoised
def shipped(run: str) -> tuple[Epoch, ...]:
    """The epochs of a run in RUNS, the untrained network first; the last of the true run has its weights."""
    from safetensors.torch import load_file

    epochs = read_epochs(FOLDER / f"{run}.npz")
    weights = FOLDER / f"{run}.safetensors"
    return (*epochs[:-1], replace(epochs[-1], state=load_file(weights))) if weights.is_file() else epochs


def write(folder: Path, runs: Iterable[str] = tuple(RUNS), *, seed: int = 0) -> None:
    """Train, on the CPU, and write each run's history, and the weights of the true one."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    for run in runs:
        images = [sample(name) for name in PHOTOGRAPHS]
        epochs = list(train(images, RUNS[run], seed=seed, device="cpu"))
        kept = [epoch for epoch in epochs if epoch.number <= _ALL or epoch.number % _EVERY == 0]
        save_epochs(kept, folder / f"{run}.npz")
        if run == TRUE:
            save_file(dict(epochs[-1].state), folder / f"{run}.safetensors")


if __name__ == "__main__":
    write(FOLDER)
