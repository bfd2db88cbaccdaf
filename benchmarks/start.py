"""The Convolution screen before torch: importing what it needs, beside importing torch, which it must not need."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pkgutil import iter_modules

import pages.parts
from benchmarks.measure import Figure, interleave

ENGINE = (
    "explorer.filtering.convolution",
    "explorer.filtering.kernels",
    "explorer.pictures.images",
    "explorer.pictures.samples",
)
CODE = """
import sys, time
start = time.perf_counter()
import {modules}
print((time.perf_counter() - start) * 1000, "torch" in sys.modules)
"""


def figures() -> Iterator[Figure]:
    parts = tuple(f"pages.parts.{module.name}" for module in iter_modules(pages.parts.__path__))
    screen = (*ENGINE, *parts)
    without_torch = not imported(screen)[1]
    medians = interleave(lambda: imported(screen)[0], lambda: imported(("torch",))[0], rounds=5, warm_up=1)
    note = "torch is not loaded" if without_torch else "torch IS loaded"
    yield Figure("start: import of the Convolution screen, torch", *medians, None, holds=without_torch, note=note)


def imported(modules: tuple[str, ...]) -> tuple[float, bool]:
    """Import modules in a Python of their own: milliseconds it took, and whether torch is there afterwards."""
    code = CODE.format(modules=", ".join(modules))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    milliseconds, torch = ended.stdout.split()
    return float(milliseconds), torch == "True"
