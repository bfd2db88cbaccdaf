"""Trains what the screens on overfitting, depth and tricks open with, and writes assets/learned/comparisons.npz.

`python -m explorer.learning.ensembles` makes it anew, from the same seeds the same but for the seconds; it
takes some minutes on one core.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from explorer.learning.ensembles.compare import compare
from explorer.learning.ensembles.experiments import BATCH_NORM, SEEDS, SHIPPED
from explorer.learning.ensembles.runs import FILE, Run, as_run
from explorer.learning.ensembles.settings import EnsembleSettings


def write(file: Path, several: Sequence[tuple[str, EnsembleSettings]] = SHIPPED) -> None:
    """Train each of `several`, (data, settings), from SEEDS, and write all their runs to `file` (NPZ)."""
    parts: dict[str, Any] = {}
    for number, (data, settings) in enumerate(several):
        epochs = [epoch for _, epoch in compare({"": settings}, data=data, seeds=SEEDS) if epoch is not None]
        parts |= {f"{number}/{name}": values for name, values in _parts(as_run(epochs), settings).items()}
        print(f"{number + 1} of {len(several)}: {data}, {settings}", flush=True)
    np.savez_compressed(file, **parts)


def _parts(run: Run, settings: EnsembleSettings) -> dict[str, Any]:
    """A run as arrays; of histograms only those that are shown."""
    shown = settings.layers == BATCH_NORM.layers
    layers = {name: values if shown or name != "histograms" else values[:0] for name, values in run.layers.items()}
    small = {name: values.astype(np.float16) for name, values in layers.items() if name == "histograms"}
    return {**run.curves, **layers, **small, "changed": run.changed, "seconds": np.float32(run.seconds)}


if __name__ == "__main__":
    write(FILE)
