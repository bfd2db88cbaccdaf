"""A network behind one face: pictures in [0, 1] go in, probabilities come out, it normalizes inside."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.networks.class_names import ClassNames, told_apart
from explorer.networks.layers import Layer
from explorer.pictures.crops import resize_crop, visible_part
from explorer.pictures.images import Image


class NetworkError(ValueError):
    """A network, layer, channel or class that can't be used: one sentence says why and what to do."""


@dataclass(frozen=True, eq=False)
class Network:
    """A classifier whose `module` maps (N, 3, S, S) in [0, 1] to (N, classes) logits; shared, and so never changed.

    `input_size` is S in pixels; `resize` is the shorter side before the centre crop, with `squash` both sides; `labels`
    are the names of the classes, a repeated one with its number, so that each names one class; two networks are equal
    when their `key` is.
    """

    name: str
    key: str
    module: nn.Module = field(repr=False)
    layers: tuple[Layer, ...] = field(repr=False)
    labels: tuple[str, ...] = field(repr=False)
    input_size: int
    resize: int
    device: torch.device
    interpolation: str = "bicubic"
    squash: bool = False
    remarks: str = ""  #: what was set aside and changed in reading weights of the visitor's own

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", told_apart(self.labels))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Network) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def content_key(self) -> str:
        """What stands for the network in the memo's keys."""
        return f"network {self.key}"

    @property
    def trained(self) -> bool:
        """Whether the weights were learned, not drawn by `pretrained=False`."""
        return "|random|" not in self.key

    @property
    def own(self) -> bool:
        """Whether the weights came from a file of the visitor's (`load_own`)."""
        return "|own " in self.key

    @cached_property
    def precision(self) -> str:
        """The kind of numbers it computes with, such as "32-bit"."""
        kind = next((p.dtype for p in self.module.parameters() if p.is_floating_point()), torch.float32)
        return f"{torch.finfo(kind).bits}-bit"

    @cached_property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(p.numel() for p in self.module.parameters())

    @cached_property
    def memory_bytes(self) -> int:
        """What parameters and buffers take."""
        return sum(t.nbytes for t in (*self.module.parameters(), *self.module.buffers()))

    @property
    def channels(self) -> int:
        """3, or 1 for a network that sees pictures in grey."""
        return 1 if getattr(self.module, "grey", False) else 3

    @cached_property
    def _by_name(self) -> dict[str, Layer]:
        return {layer.name: layer for layer in self.layers}

    @cached_property
    def _names(self) -> ClassNames:
        return ClassNames(self.labels)

    def layer(self, name: str) -> Layer:
        """The layer of that name. Raises NetworkError naming the nearest ones."""
        if name in self._by_name:
            return self._by_name[name]
        names = list(self._by_name)
        close = difflib.get_close_matches(name, names, 3) or [*names[:2], names[-1]]
        raise NetworkError(f"{self.name} has no layer {name!r}; among its {len(names)} are {', '.join(close)}.")

    def sees_the_picture(self, layer: str) -> bool:
        """Whether a layer's output depends on the picture: some layers of transformers only number the places.

        The answer does, also where it can't be followed from there.
        """
        return bool(self.layer(layer).field.size) or layer == self.layers[-1].name

    def prepare(self, image: Image) -> Image:
        """The picture as the network gets it, resized as its weights want it, cropped to S × S, 8-bit values."""
        size, resize = self.input_size, self.resize
        prepared = _prepared(image, size, resize, interpolation=self.interpolation, squash=self.squash)
        return prepared.named(image.name)

    def crop(self, image: Image) -> tuple[int, int, int, int]:
        """Which part of a picture the network gets: (top, left, bottom, right) in its pixels, ends excluded."""
        return visible_part(image, self.input_size, self.resize, squash=self.squash)

    def tensor(self, image: Image) -> Tensor:
        """The prepared picture as (1, 3, S, S) in [0, 1] on the network's device; the caller's to change."""
        return self.shared_tensor(image).clone()

    def shared_tensor(self, image: Image) -> Tensor:
        """As `tensor`, but the one that is kept: for passes that neither change it nor ask for its gradient."""
        return _tensor(self.prepare(image), self.device)

    def predict(self, image: Image, top: int = 5) -> list[tuple[str, float]]:
        """The `top` most probable labels with their probabilities, highest first."""
        return top_labels(self.labels, probabilities(self, self.prepare(image)), top)

    def class_index(self, target: int | str) -> int:
        """The number of a class given by number or name, the exact name before one in another case.

        Raises NetworkError naming the nearest ones, or the numbers of all classes that a name may mean.
        """
        if isinstance(target, str):
            return self._named(target)
        if 0 <= target < len(self.labels):
            return int(target)
        raise NetworkError(f"{self.name} knows classes 0 to {len(self.labels) - 1}, not {target}.")

    def _named(self, target: str) -> int:
        found = self._names.called(target)
        if len(found) == 1:
            return found[0]
        if found:
            numbers = ", ".join(map(str, found[:-1])) + f" and {found[-1]}"
            raise NetworkError(
                f"{self.name} has {len(found)} classes called “{target}”, {numbers}: give the number of the one you "
                f"mean, or its whole name, such as “{self.labels[found[0]]}”."
            )
        lower = [label.lower() for label in self.labels]
        close = difflib.get_close_matches(target.lower(), lower, 3) or lower[:3]
        raise NetworkError(f"{self.name} has no class {target!r}; did you mean {', '.join(close)}?")


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
    with compute_slot(), torch.inference_mode():
        logits = network.module(to_tensor(prepared.pixels[None], network.device))
    shares: np.ndarray[Any, np.dtype[np.float32]] = logits.float().softmax(1)[0].cpu().numpy()
    return read_only(shares)


def top_labels(labels: Sequence[str], shares: np.ndarray[Any, Any], top: int) -> list[tuple[str, float]]:
    """The `top` labels with the largest shares, highest first."""
    return [(labels[i], float(shares[i])) for i in np.argsort(-shares, kind="stable")[: max(1, top)]]
