"""A machine that has other things to do: as many processes as it has cores, each computing all the time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

_FOR_EVER = "while True: sum(range(10_000))"


@contextmanager
def busy(processes: int = os.cpu_count() or 1) -> Iterator[None]:
    """Within the block every core has something else to compute."""
    with ExitStack() as ending:
        for _ in range(processes):
            other = subprocess.Popen([sys.executable, "-c", _FOR_EVER], stdin=subprocess.DEVNULL)
            ending.callback(other.wait)
            ending.callback(other.kill)
        yield
