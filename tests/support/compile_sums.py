"""Compile the live convolution's loops to WebAssembly: `make wasm`. The tests hold the binary against its source."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "assets" / "convolution" / "sums.c"
BINARY = SOURCE.with_suffix(".wasm")
CLANG = (
    *(sys.executable, "-m", "ziglang", "cc", "--target=wasm32-freestanding", "-O3", "-msimd128"),
    *("-nostdlib", "-s", "-Wl,--no-entry", "-Wl,-z,stack-size=0"),  # the page lays the memory out, from 0 on
)


def compiled() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / BINARY.name
        subprocess.run([*CLANG, "-Wall", "-Wextra", "-Werror", "-o", result, SOURCE], check=True)
        return result.read_bytes()


if __name__ == "__main__":
    BINARY.write_bytes(compiled())
