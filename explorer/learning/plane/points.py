"""Points of two classes in the plane: the classic arrangements, each from its formula and a seed."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.learning.errors import TrainingError
from explorer.learning.plane.seeded import Seeded

Points = NDArray[np.float64]
Labels = NDArray[np.int64]
Point = tuple[float, float]

SIDE = 3.0  #: the plane that is shown is −3 to 3 on both axes
FEWEST, MOST = 2, 500
_POINTS, _SPLIT = 1, 2  # streams of a seed


def _blobs(random: Seeded, label: int, _share: float) -> Point:
    away = 1.2 if label else -1.2
    return away + 0.4 * random.normal(), away + 0.4 * random.normal()


def _clouds(random: Seeded, label: int, _share: float) -> Point:
    """So near each other that no line parts them."""
    return (0.8 if label else -0.8) + 0.8 * random.normal(), 0.8 * random.normal()


def _circles(random: Seeded, label: int, _share: float) -> Point:
    radius = 1.7 + 0.7 * random.uniform() if label else 1.1 * sqrt(random.uniform())
    angle = 2 * pi * random.uniform()
    return radius * cos(angle), radius * sin(angle)


def _xor(random: Seeded, label: int, _share: float) -> Point:
    x, y = 0.2 + 2.0 * random.uniform(), 0.2 + 2.0 * random.uniform()
    right = random.uniform() < 0.5
    return (x if right else -x), (y if right == (label == 0) else -y)


def _moons(random: Seeded, label: int, _share: float) -> Point:
    angle = pi * random.uniform()
    across, up = 1.4 * cos(angle), 1.4 * sin(angle)
    return (across + 0.7, 0.4 - up) if label else (across - 0.7, up - 0.4)


def _spirals(_random: Seeded, label: int, share: float) -> Point:
    x, y = spiral(share, label, begins=0.2, reaches=2.5, turns=1.75)
    return float(x), float(y)


def spiral(share: ArrayLike, label: ArrayLike, *, begins: float, reaches: float, turns: float) -> Points:
    """Places (2, …) on two spirals wound into each other, a `share` of the way out; the one of label 1 is half a turn
    on. Radii run from `begins` to `reaches`."""
    share, label = np.asarray(share, np.float64), np.asarray(label)
    radius, angle = begins + (reaches - begins) * share, 2 * pi * turns * share + pi * label
    return radius * np.stack([np.cos(angle), np.sin(angle)])


ARRANGEMENTS: dict[str, Callable[[Seeded, int, float], Point]] = {
    "circles": _circles, "blobs": _blobs, "clouds": _clouds, "XOR": _xor, "moons": _moons, "spirals": _spirals,
}  # fmt: skip


def plane_points(name: str, count: int = 200, *, noise: float = 0.0, seed: int = 0) -> tuple[Points, Labels]:
    """`count` points (count, 2) of an arrangement, to four decimals, and their labels 0 or 1 in turn.

    noise: the standard deviation of what is added to both coordinates, 0 to 1. Raises TrainingError on an unknown name,
    a count outside 2 to 500 or a noise outside its range.
    """
    if name not in ARRANGEMENTS:
        raise TrainingError(f"There is no arrangement {name!r}; choose one of {', '.join(ARRANGEMENTS)}.")
    if not FEWEST <= count <= MOST:
        raise TrainingError(f"The number of points is {FEWEST} to {MOST}, not {count}.")
    if not 0 <= noise <= 1:
        raise TrainingError(f"The noise is 0 to 1, not {noise}.")
    random, pairs = Seeded(seed, _POINTS), (count + 1) // 2
    points = []
    for i in range(count):
        x, y = ARRANGEMENTS[name](random, i % 2, (i // 2 + 0.5) / pairs)
        points.append((x + noise * random.normal(), y + noise * random.normal()))
    return np.round(np.array(points), 4) + 0.0, np.arange(count) % 2


def held_out_mask(count: int, share: float, *, seed: int = 0) -> NDArray[np.bool_]:
    """Which of `count` points are held out, each by a draw of its own: a point more leaves the others where they are.

    Raises TrainingError on a share outside 0 to 0.9.
    """
    if not 0 <= share <= 0.9:
        raise TrainingError(f"The share held out is 0 to 0.9, not {share}.")
    random = Seeded(seed, _SPLIT)
    return np.array([random.uniform() < share for _ in range(count)], np.bool_)
