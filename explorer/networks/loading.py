"""Networks by name, or the visitor's own: weights put in, and a control with none that were learned."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import torch
from torch import nn

from explorer.cache import kept_network
from explorer.networks.building import assembled, built, fill_embedded, resolved_name
from explorer.networks.classifier import Network, NetworkError, probabilities, to_tensor, top_labels
from explorer.networks.devices import choose_device, placed
from explorer.networks.labels import names_in_order
from explorer.networks.own_modules.arguments import channel_statistics, checked_side
from explorer.networks.own_modules.copying import own_copy
from explorer.networks.own_modules.trial import try_out
from explorer.networks.random_weights import randomize
from explorer.networks.registry.published import Preprocessing, WeightsError
from explorer.networks.registry.specs import EMBEDDED, all_specs

__all__ = [
    "Network", "NetworkError", "choose_device", "load_network", "load_own", "models_in", "probabilities", "to_tensor",
    "top_labels", "untrained", "wrap_network",
]  # fmt: skip
_mine = count()


def load_network(name: str = "efficientnet_lite0", *, device: str | None = None, pretrained: bool = True) -> Network:
    """Load a network by name: embedded, or any torchvision or timm image classifier ("resnet18", "timm/…").

    Weights that don't come with the app are downloaded once (`explorer.networks.weights.downloads.download` shows
    progress). `pretrained=False` gives seeded random weights, the control. `device` is "cuda", "mps" or "cpu", else
    the first of these that is there. Raises NetworkError on an unknown name, a missing device or a failed download.
    """
    return _load(resolved_name(name), choose_device(device), pretrained)


@kept_network
def _load(name: str, device: torch.device, pretrained: bool) -> Network:
    from explorer.networks.weights.pretrained import load_pretrained

    key = f"{name}|{'trained' if pretrained else 'random'}|{device}"
    try:
        module, given = built(name)
        if pretrained and name in EMBEDDED:
            fill_embedded(module, name)
        elif pretrained:
            load_pretrained(module, name)
    except WeightsError as error:
        raise NetworkError(str(error)) from error
    return assembled(name, key, module, given, given.labels, device)


def load_own(
    name: str,
    file: str | Path,
    *,
    labels: Sequence[Any] | Mapping[Any, Any] | None = None,
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
    from explorer.networks.weights.own import classes_in, fill_own, read_own, remarks
    from explorer.networks.weights.pretrained import digest

    full, where = resolved_name(name), choose_device(device)
    try:
        module, given = built(full)
        published = len(given.labels)
        own = read_own(file, module, published)
        fit = own.chosen(which)
        classes = classes_in(fit, own.checkpoint, module, published)
        if classes != published:
            module, given = built(full, classes)
        fill_own(module, fit, own.checkpoint)
    except WeightsError as error:
        raise NetworkError(str(error)) from error
    chosen = () if labels is None else names_in_order(labels)
    named = chosen if chosen or classes != published else given.labels
    key = f"{full}|own {digest(file)} {fit.label} {named}|{where}"
    return replace(assembled(full, key, module, given, named or None, where), remarks=remarks(own, fit))


def models_in(name: str, file: str | Path) -> tuple[str, ...]:
    """The models in a file that fit a known architecture, as `load_own` takes them for `which`; () if none does.

    Raises NetworkError as `load_own` does on a file that can't be read.
    """
    from explorer.networks.weights.own import read_own

    try:
        module, given = built(resolved_name(name))
        return read_own(file, module, len(given.labels)).choices
    except WeightsError as error:
        raise NetworkError(str(error)) from error


@kept_network
def untrained(network: Network) -> Network:
    """The control for any network, of your own too: the same modules with weights drawn anew, always the same ones.

    A known architecture is built afresh; other modules draw their own, as when they were made, and what no module draws
    is drawn by its shape and kind (`randomize`).
    """
    module = copy.deepcopy(network.module)
    fresh = _fresh(network)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        randomize(module.get_submodule("body"), fresh)
    return replace(network, key=f"{network.key}|random|", module=module.requires_grad_(False), remarks="")


def _fresh(network: Network) -> dict[str, torch.Tensor] | None:
    """The state of a known architecture that was just built, with as many classes; None for another."""
    if network.name not in all_specs():
        return None
    try:
        return dict(built(network.name, len(network.labels))[0].state_dict())
    except WeightsError:
        return None


def wrap_network(
    module: nn.Module,
    *,
    input_size: int,
    mean: Sequence[float] = (0, 0, 0),
    std: Sequence[float] = (1, 1, 1),
    labels: Sequence[Any] | Mapping[Any, Any] | None = None,
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
    input_size = checked_side(input_size)
    own, where = placed(own_copy(module, name), choose_device(device)), choose_device(device)
    means, deviations = channel_statistics(mean, "means"), channel_statistics(std, "deviations")
    taken = try_out(own, input_size, means, deviations, channels, name)
    given = Preprocessing(input_size, input_size, means, deviations, ())
    return assembled(name, f"{name}|{next(_mine)}|{where}", own, given, labels, where, taken)
