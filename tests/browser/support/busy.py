"""A machine that has other things to do: as many processes as it has cores, each computing all the time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

# It ends with whoever asked for it, also when that is killed.
_WHILE_ASKED = "import os; asked = os.getppid()\nwhile os.getppid() == asked: sum(range(10_000))"


@contextmanager
def busy(processes: int = os.cpu_count() or 1) -> Iterator[None]:
    """Within the block every core has something else to compute."""
    with ExitStack() as ending:
        for _ in range(processes):
            other = subprocess.Popen([sys.executable, "-c", _WHILE_ASKED], stdin=subprocess.DEVNULL)
            ending.callback(other.wait)
            ending.callback(other.kill)
        yield
