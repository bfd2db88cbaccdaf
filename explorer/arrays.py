"""Arrays that are shared: nobody may change what another still reads."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


def read_only(values: NDArray[Scalar]) -> NDArray[Scalar]:
    """The same array, never to be changed again: results that a memo keeps are many callers'."""
    values.setflags(write=False)
    return values
