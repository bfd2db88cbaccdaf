"""What a limit in milliseconds is counted in: work of a known size, done by a library in the same minute."""

from __future__ import annotations

import numpy as np
from scipy import signal

from benchmarks.measure import timed

NAME = "SciPy’s 7×7 correlate2d on 512×512×3"
USUAL_MS = 65.0  # on one core of an AMD EPYC with nothing else to do
_source = np.random.default_rng(0)
_PLANES, _KERNEL = _source.random((3, 512, 512), np.float32), _source.random((7, 7), np.float32)

yardstick = timed(lambda: [signal.correlate2d(plane, _KERNEL, "same") for plane in _PLANES])


def within(milliseconds: float) -> float:
    """The goal, in yardsticks, of what may take so long on a machine where a yardstick takes what it usually does."""
    return round(milliseconds / USUAL_MS, 1)
