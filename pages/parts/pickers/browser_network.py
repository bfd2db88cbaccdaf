"""The network in use as the visitor's browser computes it: its files, or that it can't; and the components that do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from explorer.networks.registry.specs import EMBEDDED
from pages.parts.widgets.component import ASSETS, joined, register

if TYPE_CHECKING:
    from explorer.networks.loading import Network

STAGES = ("bn1", *(f"blocks.{stage}" for stage in range(7)), "bn2")  #: whose maps the graphs put out
NETWORK = ASSETS / "network"  # what all components that compute a network have in common
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


@cache
def network_component(name: str, *scripts: str) -> Any:
    """As `component`, for one that computes a network in the browser; `scripts` are those it uses beside its own."""
    worker = f"const WORKER = {json.dumps((NETWORK / 'worker.js').read_text('utf-8'))};\n"
    together = joined(ASSETS, ["network/client", "network/pixels", *scripts, f"{name}/{name}"])
    styles = (file.read_text("utf-8") for file in (ASSETS / "bars.css", NETWORK / "network.css"))
    return register(name, ASSETS / name, worker + together, "".join(styles))
