"""What is known of published weights: where they lie, how they want a picture, ImageNet's classes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.imports import imported

_LABELS = Path(__file__).with_name("imagenet.txt")
_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.[^.]+$")  # resnet18-f37072fd.pth, as torch.hub reads it


class WeightsError(ValueError):
    """A network or its weights that cannot be had: one sentence on what came, what is allowed, what to do."""


@dataclass(frozen=True)
class WeightsFile:
    """A published file of weights.

    `sha256` is the whole digest or its beginning, "" where only the server knows it; `file` is its name in
    the cache folder; `size` is roughly how many bytes it holds, None where only the server knows.
    """

    url: str
    sha256: str
    file: str
    size: int | None = None


@dataclass(frozen=True)
class Preprocessing:
    """How a network wants a picture: shorter side (with `squash`, both) to `resize` pixels by `interpolation`, central
    square of `input_size`, mean, std."""

    input_size: int
    resize: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    labels: tuple[str, ...]
    interpolation: str = "bicubic"
    squash: bool = False


def hashed_in_name(url: str, size: int | None = None) -> WeightsFile:
    """The file at an address whose name holds the beginning of its hash, as torchvision's do."""
    file = url.rpartition("/")[2]  # as torch.hub names it, so that what it downloaded is found
    found = _HASH_IN_NAME.search(file)
    return WeightsFile(url, found[1] if found else "", file, size)


def library_module(module: str) -> Any:
    """A module of torchvision or timm. Raises WeightsError where it is missing, or was built for another torch."""
    try:
        return imported(module)
    except (ImportError, RuntimeError, OSError) as error:
        library = module.partition(".")[0]
        raise WeightsError(
            f"This network is {library}'s, and {library} can't be loaded here ({error}): “pip install torch {library}” "
            "brings two that fit. The networks that come with the app do without."
        ) from error


def imagenet_labels() -> tuple[str, ...]:
    """The names of ImageNet-1k's 1,000 classes, in their usual order and as torchvision writes them."""
    return tuple(_LABELS.read_text("utf-8").splitlines())
