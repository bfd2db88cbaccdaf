"""Networks that differ in one thing are trained one after the other, on the same examples and from the same seeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from explorer.learning.datasets.digits import Digits, split_digits
from explorer.learning.datasets.spirals import split_spirals
from explorer.learning.ensembles.experiments import SEEDS
from explorer.learning.ensembles.settings import EnsembleSettings, NamedEpoch, check_settings
from explorer.learning.ensembles.training import train_ensemble
from explorer.learning.errors import TrainingError


def split_data(data: str) -> tuple[Digits, Digits]:
    """Of "digits" or "spirals" those to learn from and those held out. Raises TrainingError on other data."""
    if data not in ("digits", "spirals"):
        raise TrainingError(f"The data are digits or spirals, not {data!r}.")
    return split_digits() if data == "digits" else split_spirals()


def compare(
    several: Mapping[str, EnsembleSettings], *, data: str = "digits", seeds: Sequence[int] = SEEDS
) -> Iterator[NamedEpoch]:
    """Train networks by each of the settings in turn; yields the name and the EnsembleEpoch of each pass.

    Where the loss of all is no longer a number, (name, None) is the last of that name. The same seeds give the same
    bits. Raises TrainingError, here and not at the first step, on settings that don't do.
    """
    for settings in several.values():
        check_settings(settings)
    return _epochs(several, *split_data(data), seeds)


def _epochs(
    several: Mapping[str, EnsembleSettings], learned: Digits, held_out: Digits, seeds: Sequence[int]
) -> Iterator[NamedEpoch]:
    for name, settings in several.items():
        try:
            for epoch in train_ensemble(learned, held_out, settings, seeds=seeds):
                yield name, epoch
        except TrainingError:
            yield name, None
