"""Lucent in a process of its own, in an environment of its own over our torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from explorer.maximization import Unit
from explorer.pictures.images import Image, from_array

PACKAGES = (("--no-deps", "torch-lucent==0.1.8", "kornia==0.4.1"), ("future", "decorator", "ipython"))


class Lucent:
    """The other process."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._file = process, folder / "picture.npy"
        self.answer: dict[str, Any] = self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())

    def climb(self, network: str, pretrained: bool, unit: Unit, *, steps: int, side: int, seed: int = 0) -> Image:
        request = {"network": network, "pretrained": pretrained, "layer": unit.layer, "channel": unit.channel,
                   "steps": steps, "side": side, "seed": seed, "file": str(self._file)}  # fmt: skip
        assert self._process.stdin
        print(json.dumps(request), file=self._process.stdin, flush=True)
        self.answer = self._read()
        return from_array((np.load(self._file).clip(0, 1) * 255).round().astype(np.uint8))


@contextmanager
def lucent(count: int) -> Iterator[Lucent]:
    """Lucent in an environment of its own over our torch; installed once into EXPLORER_CACHE or a temporary folder."""
    root = Path(os.environ.get("EXPLORER_CACHE") or tempfile.gettempdir()) / "explorer-lucent"
    if not all((root / name).is_dir() for name in ("lucent", "decorator", "IPython")):
        for packages in PACKAGES:
            command = ["uv", "pip", "install", "--quiet", "--python", sys.executable, "--target", str(root), *packages]
            subprocess.run(command, check=True)
    # after our own packages: only what these lack comes from there
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    code = f"import sys; sys.path.append({str(root)!r}); sys.argv[1:] = ['{count}']; "
    code += "from benchmarks.lucent_side import main; main()"
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", code], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True, env=environment)  # fmt: skip
        try:
            yield Lucent(process, Path(folder))
        finally:
            process.terminate()
            process.wait()
