"""The network in use as the visitor's browser computes it: which files it fetches, or that it can't."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from explorer.networks.specs import EMBEDDED

if TYPE_CHECKING:
    from explorer.networks.loading import Network

STAGES = ("bn1", *(f"blocks.{stage}" for stage in range(7)), "bn2")  #: whose maps the graphs put out
RUNTIME = "onnxruntime-web-1.30.0"
ON_THE_SERVER = (
    "Only the networks that come with the app, with the weights they learned, run in your browser: this one runs on "
    "the server."
)


def files(net: Network) -> Mapping[str, Any] | None:
    """What a component needs to compute the network; None where only the server can."""
    from explorer.networks.graphs.served import FOLDER, served

    if not net.key.startswith(tuple(f"{name}|trained" for name in EMBEDDED)):
        return None
    try:
        names = served(FOLDER, net.name)
    except OSError:  # a folder that can't be written
        return None
    runtime, binary = f"{RUNTIME}.mjs", f"{RUNTIME}.wasm.gz"
    size = sum((FOLDER / name).stat().st_size for name in (binary, names.weights))
    addresses = {"forward": names.forward, "gradient": names.gradient, "weights": names.weights}
    return addresses | {
        "runtime": runtime, "binary": binary, "bytes": size, "size": net.input_size, "resize": net.resize,
        "labels": list(net.labels),
    }  # fmt: skip
