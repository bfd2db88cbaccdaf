"""What a station's question is held against: measures, each run by the engine when the visitor has answered.

A path names one by its function in `picture_measures` or `network_measures`. There `image` and `net` are the visitor's
picture and network; every other argument stands in the path, under `with`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Number:
    """A measured number, and the sentence that says it."""

    value: float
    said: str


@dataclass(frozen=True)
class Word:
    """Which of a question's cases it was, and the sentence that says it."""

    value: str
    said: str


@dataclass(frozen=True, eq=False)
class Map:
    """How much of what was asked for stands at each place of the picture, (h, w), and what that is."""

    values: NDArray[np.floating[Any]]
    said: str


Measured = Number | Word | Map
MEASURES: dict[str, Callable[..., Measured]] = {}


def measure(function: Callable[..., Measured]) -> Callable[..., Measured]:
    """Offer a function to the paths, by its name."""
    MEASURES[function.__name__] = function
    return function


def result_kind(name: str) -> str:
    """What a measure gives: "Number", "Word" or "Map"."""
    return str(inspect.signature(MEASURES[name]).return_annotation)


def arguments(name: str) -> tuple[set[str], set[str]]:
    """The arguments that a path has to give a measure, and those it may."""
    told = [one for one in inspect.signature(MEASURES[name]).parameters.values() if one.kind is one.KEYWORD_ONLY]
    needed = {one.name for one in told if one.default is one.empty}
    return needed, {one.name for one in told} - needed


def needs(name: str) -> set[str]:
    """Which of the visitor's things a measure looks at: "image", "net"."""
    return inspect.signature(MEASURES[name]).parameters.keys() & {"image", "net"}
