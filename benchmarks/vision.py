"""One control moved on each screen from smoothing to descriptors: 300 ms, counted in yardsticks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from benchmarks.measure import Figure, interleave, timed
from benchmarks.yardstick import within, yardstick
from explorer.classical import eye
from explorer.classical.hog import hog_of
from explorer.classical.sift_matching import matches
from explorer.filtering import edges, pipeline, smoothing
from explorer.pictures.reduced import grey, reduced
from explorer.pictures.samples import sample

LIMIT_MS = 300
_fresh = count()  # every turn asks for what no memo has kept


def figures() -> Iterator[Figure]:
    for name, answer in ANSWERS.items():
        yield Figure(f"vision: {name}", *interleave(timed(answer), yardstick, rounds=9), within(LIMIT_MS))


def _smoothing() -> Any:
    clean = reduced(sample("flower"), 224)
    noise = smoothing.noisy(clean, "Gaussian", 30 + next(_fresh) / 1000)
    return [smoothing.quality_curve(clean, noise, name) for name in smoothing.FILTERS]


def _edges() -> Any:
    found = edges.gradient(grey(sample("flower"), 320), "Sobel")
    return edges.direction_picture(found), edges.shares(found)


def _hierarchy() -> Any:
    return pipeline.run(grey(sample("brick"), 256), pipeline.LONG_LINES)


def _eye() -> Any:
    wavelength = 6 + next(_fresh) / 1000
    cells = eye.simple_cell(45, wavelength), eye.complex_cell(45, wavelength)
    return [(eye.angle_tuning(c, "grating", wavelength), eye.size_tuning(c, "grating", 45)) for c in cells]


def _hog() -> Any:
    return hog_of(grey(sample("flower"), 192))


def _matches() -> Any:
    return matches(sample("cat"), 144, 30 + next(_fresh) / 1000, 0.8)


ANSWERS: dict[str, Callable[[], Any]] = {
    "noise, three filters, eight sizes": _smoothing,
    "edges, magnitude, direction": _edges,
    "four stages": _hierarchy,
    "tuning curves of two cells": _eye,
    "HOG": _hog,
    "SIFT anew and matched": _matches,
}
