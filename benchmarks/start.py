"""The Convolution screen before torch: importing what it imports, beside importing torch, which it must not need."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure, interleave

ROOT = Path(__file__).parents[1]
SCREEN = (ROOT / "app.py", ROOT / "pages" / "convolution.py")
CODE = """
import sys, time
start = time.perf_counter()
{imports}
print((time.perf_counter() - start) * 1000, "torch" in sys.modules)
"""


def figures() -> Iterator[Figure]:
    screen = "\n".join(map(imports_of, SCREEN))
    without_torch = not imported(screen)[1]
    medians = interleave(lambda: imported(screen)[0], lambda: imported("import torch")[0], rounds=5, warm_up=1)
    note = "torch is not loaded" if without_torch else "torch IS loaded"
    yield Figure("start: import of the Convolution screen, torch", *medians, None, holds=without_torch, note=note)


def imports_of(script: Path) -> str:
    """What a script imports when it begins, as it stands there."""
    begun = (
        node for node in ast.parse(script.read_text("utf-8")).body if isinstance(node, ast.Import | ast.ImportFrom)
    )
    return "\n".join(ast.unparse(node) for node in begun if getattr(node, "module", "") != "__future__")


def imported(imports: str) -> tuple[float, bool]:
    """Import in a Python of its own: milliseconds it took, and whether torch is there afterwards."""
    code = CODE.format(imports=imports)
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    milliseconds, torch = ended.stdout.split()
    return float(milliseconds), torch == "True"
