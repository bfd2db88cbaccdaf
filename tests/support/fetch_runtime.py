"""Fetch ONNX Runtime Web, with which browsers compute the networks: `make runtime`, after a change of its version.

Of npm's package, 138 MB, the app needs two files: the script, and what it runs, compressed as it is served.
"""

from __future__ import annotations

import gzip
import subprocess
import tarfile
import tempfile
from pathlib import Path

from explorer.networks.graphs.served import FOLDER

VERSION = "1.30.0"
SCRIPT, BINARY = "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"
STEM = "onnxruntime-web"


def fetch() -> None:
    """Put both files in place of those of another version."""
    with tempfile.TemporaryDirectory() as folder:
        packed = ["npm", "pack", "--silent", f"{STEM}@{VERSION}", "--pack-destination", folder]
        subprocess.run(packed, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as opened:
            script, binary = (_content(opened, name) for name in (SCRIPT, BINARY))
    for old in (*FOLDER.glob(f"{STEM}-*.mjs"), *FOLDER.glob(f"{STEM}-*.gz")):
        old.unlink()
    text = script.decode().partition("//# sourceMappingURL=")[0]  # a map that isn't here
    (FOLDER / f"{STEM}-{VERSION}.mjs").write_text(text, "utf-8")
    (FOLDER / f"{STEM}-{VERSION}.wasm.gz").write_bytes(gzip.compress(binary, 9, mtime=0))


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"package/dist/{name}")
    assert file is not None
    return file.read()


if __name__ == "__main__":
    fetch()
