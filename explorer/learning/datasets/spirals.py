"""Two spirals wound into each other: no line, and no few lines, part them."""

from __future__ import annotations

import numpy as np
import torch

from explorer.learning.datasets.digits import Digits
from explorer.learning.plane.points import spiral

_COUNT, _TURNS, _NOISE = 1000, 2.25, 0.02


def split_spirals() -> tuple[Digits, Digits]:
    """Points (500, 2) of both spirals in [−1, 1]² to learn from, and as many held out, always the same."""
    random = np.random.default_rng(0)
    along = np.sqrt(random.uniform(0.02, 1, _COUNT))
    labels = np.arange(_COUNT) % 2
    points = spiral(along, labels, begins=0.0, reaches=1.0, turns=_TURNS).T
    points += _NOISE * random.standard_normal((_COUNT, 2))
    given = Digits(torch.from_numpy(points.astype(np.float32)), torch.from_numpy(labels))
    half = torch.arange(_COUNT) < _COUNT // 2
    return given.at(half), given.at(~half)
