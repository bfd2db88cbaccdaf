"""Snippets run each by a fresh interpreter: one that has imported the large libraries, and nothing of ours, is copied.

Importing PyTorch and scikit-learn takes most of what a snippet takes. The copy (a fork) has no name of another
snippet's and must import what it uses; what it leaves behind goes with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]


class Interpreter:
    """Runs scripts in their folders."""

    def __init__(self, given: IO[str], told: IO[str]) -> None:
        self._given, self._told = given, told

    def run(self, script: Path) -> str:
        """What the script wrote as errors where it failed, else nothing."""
        self._given.write(f"{script}\n")
        self._given.flush()
        said: str = json.loads(self._told.readline())
        return said


@contextmanager
def interpreter() -> Iterator[Interpreter]:
    """One that waits for scripts, for as long as the block."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    with subprocess.Popen(
        [sys.executable, __file__], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as waiting:
        assert waiting.stdin is not None
        assert waiting.stdout is not None
        yield Interpreter(waiting.stdin, waiting.stdout)
        waiting.stdin.close()


def _wait_for_scripts() -> None:
    import cv2  # noqa: F401
    import numpy  # noqa: F401
    import sklearn.datasets  # noqa: F401
    import torch._dynamo  # noqa: F401  # by torch's first optimizer: seconds

    for line in sys.stdin:
        script = Path(line.strip())
        errors = script.with_suffix(".errors")
        child = os.fork()
        if child == 0:
            _become(script, errors)
        _, status = os.waitpid(child, 0)
        failed = errors.read_text("utf-8") or f"ended by {status}" if status else ""
        print(json.dumps(failed), flush=True)


def _become(script: Path, errors: Path) -> None:
    """Run the script as if Python had been started with it in its folder, and end."""
    import runpy
    import traceback

    status = 1
    with errors.open("w", encoding="utf-8") as file, open(os.devnull, "w") as nowhere:
        sys.stdout, sys.stderr, sys.argv = nowhere, file, [script.name]
        sys.path[0] = str(script.parent)
        os.chdir(script.parent)
        try:
            runpy.run_path(script.name, run_name="__main__")
            status = 0
        except BaseException:
            traceback.print_exc()
    os._exit(status)


if __name__ == "__main__":
    _wait_for_scripts()
