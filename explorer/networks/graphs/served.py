"""The files that a browser fetches to compute a network: two graphs, shipped, and the weights, made of those installed.

The weights stay 32-bit: as 16-bit they would be half as large, but of Lite0's gradient 4 % of the signs turn and its
maps differ by 5 in 1,000.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from explorer.atomic import atomic_write
from explorer.networks.building import built, embedded_file, fill_embedded
from explorer.networks.graphs.parts import parts_of
from explorer.networks.registry.efficientnet_lite import EfficientNetLite
from explorer.networks.registry.specs import EMBEDDED

FOLDER = Path(__file__).parents[3] / "assets" / "static"  #: what the app serves
WEIGHTS = "weights"  #: what the graphs call the file
FORWARD, GRADIENT = "forward", "gradient"
_LEVEL = 1  # of compression: numbers hardly shrink, and higher ones take far longer


@dataclass(frozen=True)
class Served:
    """Names of files in one folder; the hash in each changes with its content, so a browser may keep it for ever."""

    forward: str
    gradient: str
    weights: str


def graph_file(folder: Path, name: str, kind: str) -> Path:
    """Where a network's graph lies, of the kind "forward" or "gradient": a name that changes with its content."""
    return next(iter(sorted(folder.glob(f"{name}-{kind}-*.onnx"))), folder / f"{name}-{kind}.onnx")


def named_by_content(stem: str, content: bytes, ending: str) -> str:
    """A file's name with the beginning of its content's SHA-256."""
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{ending}"


@lru_cache(maxsize=3)
def served(folder: Path, name: str) -> Served:
    """The files of an embedded network in `folder`; its weights are written there if they aren't yet.

    Raises OSError where they can't be written, and where the graphs are missing.
    """
    graphs = [graph_file(folder, name, kind) for kind in (FORWARD, GRADIENT)]
    # what the weights' file holds follows from the weights installed and from the graph that names its parts
    digest = hashlib.sha256(graphs[0].read_bytes() + embedded_file(name).read_bytes()).hexdigest()[:12]
    weights = folder / f"{name}-{WEIGHTS}-{digest}.gz"
    if not weights.is_file():
        _write(weights, name)
    return Served(graphs[0].name, graphs[1].name, weights.name)


def _write(file: Path, name: str) -> None:
    module, _ = built(name)
    fill_embedded(module, name)
    assert isinstance(module, EfficientNetLite)
    raw = b"".join(tensor.tobytes() for tensor in parts_of(module.eval()).tensors())
    with atomic_write(file) as opened:
        opened.write(gzip.compress(raw, _LEVEL, mtime=0))


if __name__ == "__main__":  # where the folder can't be written later
    for network in EMBEDDED:
        served(FOLDER, network)
