"""A new server: Home's labels beside an empty app's word, and the Convolution screen beside the import of torch."""

from __future__ import annotations

import ast
import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.load import command
from benchmarks.measure import Figure, interleave
from tests.browser.support.server import running
from tests.support.visitor import Answer, Visitor

ROOT = Path(__file__).parents[1]
BARS = '<div class="bars">'  # of the labels
SCREEN = (ROOT / "app.py", ROOT / "pages" / "convolution.py")
CODE = """
import sys, time
start = time.perf_counter()
{imports}
print((time.perf_counter() - start) * 1000, "torch" in sys.modules)
"""
COLD_GOAL = 1.8


def figures() -> Iterator[Figure]:
    """Both, each in processes of its own."""
    medians = interleave(lambda: cold("app.py", BARS), lambda: cold("benchmarks/empty_app.py"), rounds=5, warm_up=1)
    yield Figure("start: a cold server to Home's labels, to a word", *medians, COLD_GOAL)
    screen = "\n".join(map(imports_of, SCREEN))
    without_torch = not imported(screen)[1]
    medians = interleave(lambda: imported(screen)[0], lambda: imported("import torch")[0], rounds=5, warm_up=1)
    note = "torch is not loaded" if without_torch else "torch IS loaded"
    yield Figure("start: import of the Convolution screen, torch", *medians, None, holds=without_torch, note=note)


def cold(script: str, shows: str = "") -> float:
    """Start a server and open its first page: milliseconds until all of it has come. It must show the words."""
    with TemporaryDirectory() as folder:
        start = perf_counter()
        with running(Path(folder) / "server.log", command(script)) as server:
            answer = asyncio.run(_first_page(server.url))
            took = (perf_counter() - start) * 1000
    if shows not in answer.text or answer.errors:
        raise RuntimeError(f"{script} does not show {shows!r}: {answer.errors}")
    return took


async def _first_page(url: str) -> Answer:
    async with Visitor(url) as visitor:
        return await visitor.open("")


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
