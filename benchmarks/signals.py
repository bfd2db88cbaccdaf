"""One control moved on each of the screens on signals, patterns and motion: 300 ms, counted in yardsticks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

from benchmarks.measure import Figure, interleave, timed
from benchmarks.yardstick import within, yardstick
from explorer.filtering import motion, patterns
from explorer.one_dimension import line_kernels, signals
from explorer.pictures.crops import resize_crop
from explorer.pictures.images import Image
from explorer.pictures.samples import sample

LIMIT_MS = 300
_fresh = count(1)  # every turn asks for what no memo has kept


def figures() -> Iterator[Figure]:
    for name, answer in ANSWERS.items():
        yield Figure(f"signals: {name}", *interleave(timed(answer), yardstick, rounds=9), within(LIMIT_MS))


def _smoothed() -> Any:
    source = signals.noisy_sine()
    weights = tuple(float(w) for w in line_kernels.gaussian(4 + next(_fresh) / 1000))
    after = signals.filtered(source, weights, padding="replicate")
    places, before = signals.spectrum(source)
    return before, signals.spectrum(after), signals.response(weights, places)


def _searched(colour: bool) -> Any:
    picture = _darker("coins")
    found = patterns.search(picture, picture, (140, 140, 195, 195), colour=colour)
    return patterns.non_max_suppression(found, threshold=0.6)


def _moved(kind: str) -> Any:
    """The largest k: two answers to show, and three curves over all velocities."""
    picture = _darker("cat")
    volume = motion.moving(kind, 1.0, picture)
    return [motion.energy(volume, one, 9) for one in ("right", "left")], motion.tuning(kind, 9, picture)


def _darker(name: str) -> Image:
    """A picture that no memo has met: a little darker each time."""
    return Image(resize_crop(sample(name), 512, 512).pixels * (1 - next(_fresh) / 10000))


ANSWERS: dict[str, Callable[[], Any]] = {
    "a kernel over a row, its spectra": _smoothed,
    "a coin looked for in grey": partial(_searched, colour=False),
    "a coin looked for in colour": partial(_searched, colour=True),
    "moving bars, all velocities": partial(_moved, "bars"),
    "moving dots, all velocities": partial(_moved, "dots"),
    "a moving picture, all velocities": partial(_moved, "your picture"),
}
