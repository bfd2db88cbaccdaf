"""Write the graphs of the networks that come with the app: python -m explorer.networks.graphs (it needs onnx)."""

from __future__ import annotations

from explorer.networks.building import built
from explorer.networks.graphs import writing
from explorer.networks.graphs.parts import parts_of
from explorer.networks.graphs.served import FOLDER, FORWARD, GRADIENT, named_by_content
from explorer.networks.registry.efficientnet_lite import EfficientNetLite
from explorer.networks.registry.specs import EMBEDDED


def graphs(name: str) -> dict[str, bytes]:
    """The files of an embedded network by kind; no weight is in them, so random ones do."""
    module, given = built(name)
    assert isinstance(module, EfficientNetLite)
    parts = parts_of(module.eval())
    made = {FORWARD: writing.forward(parts, given.input_size), GRADIENT: writing.gradient(parts, given.input_size)}
    return {kind: model.SerializeToString(deterministic=True) for kind, model in made.items()}


if __name__ == "__main__":
    for old in FOLDER.glob("*.onnx"):
        old.unlink()
    for name in EMBEDDED:
        for kind, content in graphs(name).items():
            (FOLDER / named_by_content(f"{name}-{kind}", content, "onnx")).write_bytes(content)
