"""Do filters become oriented within a minute? Selectivity after learning against before, beside the control's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.measure import Figure
from explorer.learning.exemplar_cnn.epochs import Epoch
from explorer.learning.exemplar_cnn.shipped_runs import PHOTOGRAPHS
from explorer.learning.exemplar_cnn.training import TrainingSettings, train
from explorer.pictures.samples import sample

SEEDS = (0, 1, 2)
MINUTE = 60.0  # seconds
GOAL = 0.5  # untrained over learned: at least twice as selective


def figures() -> Iterator[Figure]:
    """One line for each seed. The columns are selectivities here, untrained and learned, in thousandths."""
    for seed in SEEDS:
        epochs = within(MINUTE, TrainingSettings(), seed)
        first, last = epochs[0], epochs[-1]
        control = within(MINUTE, replace(TrainingSettings(), shuffled=True, epochs=last.number), seed)[-1]
        done = last.number == TrainingSettings().epochs
        note = (
            f"selectivity {first.selectivity:.3f} → {last.selectivity:.3f}, {last.selectivity / first.selectivity:.1f} "
            f"times, in {last.seconds:.0f} s and {last.number} epochs{'' if done else ' (cut off)'}; shuffled labels "
            f"{control.selectivity:.3f}; {100 * last.held_out:.0f} % of held-out views right, control "
            f"{100 * control.held_out:.1f} %"
        )
        values = (1000 * first.selectivity, 1000 * last.selectivity)
        yield Figure(f"learning: selectivity × 1000, seed {seed}", *values, GOAL, note=note)


def within(seconds: float, settings: TrainingSettings, seed: int) -> list[Epoch]:
    """The epochs that end within so many seconds."""
    reached: list[Epoch] = []
    for epoch in train([sample(name) for name in PHOTOGRAPHS], settings, seed=seed, device="cpu"):
        if epoch.seconds > seconds:
            break
        reached.append(epoch)
    return reached
