"""Fetch what the app serves of others for the browser: `make runtime`, after a change of a version.

ONNX Runtime Web computes the networks there: of npm's package, 138 MB, the app needs two files, the script, and what
it runs, compressed as it is served. gifenc writes Live's films.
"""

from __future__ import annotations

import gzip
import subprocess
import tarfile
import tempfile
from pathlib import Path

from explorer.networks.graphs.served import FOLDER

VERSION = "1.30.0"
SCRIPT, BINARY = "dist/ort.wasm.bundle.min.mjs", "dist/ort-wasm-simd-threaded.wasm"
STEM = "onnxruntime-web"
GIF_STEM, GIF_VERSION = "gifenc", "1.0.3"
GIF_SCRIPT, GIF_LICENCE = "dist/gifenc.esm.js", "LICENSE.md"


def fetch() -> None:
    """Put all files in place of those of another version."""
    script, binary = _of_package(STEM, VERSION, SCRIPT, BINARY)
    gif, licence = _of_package(GIF_STEM, GIF_VERSION, GIF_SCRIPT, GIF_LICENCE)
    for stem in (STEM, GIF_STEM):
        for old in (*FOLDER.glob(f"{stem}-*.mjs"), *FOLDER.glob(f"{stem}-*.gz")):
            old.unlink()
    (FOLDER / f"{STEM}-{VERSION}.mjs").write_text(_without_map(script), "utf-8")
    (FOLDER / f"{STEM}-{VERSION}.wasm.gz").write_bytes(gzip.compress(binary, 9, mtime=0))
    (FOLDER / f"{GIF_STEM}-{GIF_VERSION}.mjs").write_text(_without_map(gif), "utf-8")
    (FOLDER / f"{GIF_STEM}-LICENSE").write_bytes(licence)


def _of_package(name: str, version: str, *files: str) -> list[bytes]:
    """Files of a package of npm's."""
    with tempfile.TemporaryDirectory() as folder:
        packed = ["npm", "pack", "--silent", f"{name}@{version}", "--pack-destination", folder]
        subprocess.run(packed, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as opened:
            return [_content(opened, file) for file in files]


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"package/{name}")
    assert file is not None
    return file.read()


def _without_map(script: bytes) -> str:
    return script.decode().partition("//# sourceMappingURL=")[0]  # it isn't here


if __name__ == "__main__":
    fetch()
