"""The Convolution screen before torch: importing what it needs, beside importing torch, which it must not need."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.measure import Figure, interleave

SCREEN = ("pages.parts.shell.frame", "pages.parts.convolution.explanation", "pages.parts.convolution.guide")
CODE = """
import sys, time
start = time.perf_counter()
import {modules}
print((time.perf_counter() - start) * 1000, "torch" in sys.modules)
"""


def figures() -> Iterator[Figure]:
    without_torch = not imported(SCREEN)[1]
    medians = interleave(lambda: imported(SCREEN)[0], lambda: imported(("torch",))[0], rounds=5, warm_up=1)
    note = "torch is not loaded" if without_torch else "torch IS loaded"
    yield Figure("start: import of the Convolution screen, torch", *medians, None, holds=without_torch, note=note)


def imported(modules: tuple[str, ...]) -> tuple[float, bool]:
    """Import modules in a Python of their own: milliseconds it took, and whether torch is there afterwards."""
    code = CODE.format(modules=", ".join(modules))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    milliseconds, torch = ended.stdout.split()
    return float(milliseconds), torch == "True"
