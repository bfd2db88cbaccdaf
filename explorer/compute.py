"""How many heavy passes may run at once: as many as there are cores, whoever asks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore


def cores() -> int:
    """The cores this process may use (a container may see more than it is given)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_turns = BoundedSemaphore(cores())


@contextmanager
def heavy() -> Iterator[None]:
    """Wait for a turn at a heavy pass. Hold it for one pass or one step only, and never inside another."""
    with _turns:
        yield
