"""Networks that differ in one thing are trained one after the other, on the same examples and from the same seeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from explorer.learning.datasets.digits import Digits, split_digits
from explorer.learning.datasets.spirals import split_spirals
from explorer.learning.ensembles.experiments import SEEDS
from explorer.learning.ensembles.settings import EnsembleEpoch, EnsembleSettings, check
from explorer.learning.ensembles.training import train_ensemble
from explorer.learning.errors import TrainingError

Compared = tuple[str, EnsembleEpoch | None]


def examples(data: str) -> tuple[Digits, Digits]:
    """What is learned from and what is held out: "digits" or "spirals". Raises TrainingError on other data."""
    if data not in ("digits", "spirals"):
        raise TrainingError(f"The data are digits or spirals, not {data!r}.")
    return split_digits() if data == "digits" else split_spirals()


def compare(
    several: Mapping[str, EnsembleSettings], *, data: str = "digits", seeds: Sequence[int] = SEEDS
) -> Iterator[Compared]:
    """Train networks by each of the settings in turn; yields the name and the EnsembleEpoch of each pass.

    Where the loss of all is no longer a number, (name, None) is the last of that name. The same seeds give the same
    bits. Raises TrainingError, here and not at the first step, on settings that don't do.
    """
    for settings in several.values():
        check(settings)
    return _compared(several, *examples(data), seeds)


def _compared(
    several: Mapping[str, EnsembleSettings], learned: Digits, held_out: Digits, seeds: Sequence[int]
) -> Iterator[Compared]:
    for name, settings in several.items():
        try:
            for epoch in train_ensemble(learned, held_out, settings, seeds=seeds):
                yield name, epoch
        except TrainingError:
            yield name, None
