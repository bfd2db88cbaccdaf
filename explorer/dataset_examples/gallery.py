"""Where natural pictures come from: the samples' patches, or a collection on the server (`uploads` brings others)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from explorer.imports import imported
from explorer.pictures.images import Image, from_array, open_image
from explorer.pictures.samples import sample, sample_names

SETTING = "EXPLORER_PICTURES"  #: names the server's collection in the environment
LONGER_SIDE = 448  #: pixels of the longer side that are kept: more than any network here looks at
KINDS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm")
_PARTS = 6  # of a sample: the whole is the first


class GalleryError(ValueError):
    """A collection of pictures that can't be used: one sentence says why and what to do."""


class Gallery(Protocol):
    """Pictures by number; `digest` changes with any of them."""

    @property
    def names(self) -> Sequence[str]:
        """One for each picture, in their order."""
        ...

    @property
    def digest(self) -> str:
        """The same for the same pictures in the same order, and for no others."""
        ...

    def source(self, number: int) -> int:
        """The first picture's number of those cut from the same one; its own where there are no parts."""
        ...

    def open(self, number: int) -> Image:
        """Raises ImageError for a file that is no picture."""
        ...


@dataclass(frozen=True)
class Patches:
    """Every sample whole, its four corners and its middle: small things become large enough to be seen."""

    share: float = 0.6  #: of the sides that a part has

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in sample_names() for _ in range(_PARTS))

    @cached_property
    def digest(self) -> str:
        return digest_of([str(self.share), *(sample(name).digest for name in sample_names())])

    def source(self, number: int) -> int:
        return number - number % _PARTS

    def open(self, number: int) -> Image:
        image, part = sample(self.names[number]), number % _PARTS
        if part == 0:
            return image
        height, width = (max(1, round(self.share * side)) for side in (image.height, image.width))
        down, right = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.5))[part - 1]
        top, left = round(down * (image.height - height)), round(right * (image.width - width))
        return from_array(image.pixels[top : top + height, left : left + width], image.name)


@dataclass(frozen=True)
class Folder:
    """All picture files under a folder, such as one folder for each class (torchvision's ImageFolder)."""

    root: Path

    @cached_property
    def names(self) -> tuple[str, ...]:
        found = (path for path in self.root.rglob("*") if path.suffix.lower() in KINDS and path.is_file())
        return tuple(sorted(path.relative_to(self.root).as_posix() for path in found))

    @cached_property
    def digest(self) -> str:
        stats = ((name, (self.root / name).stat()) for name in self.names)
        return digest_of([f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats])

    def source(self, number: int) -> int:
        return number

    def open(self, number: int) -> Image:
        return open_image(self.root / self.names[number], max_side=LONGER_SIDE, name=self.names[number])


@dataclass(frozen=True)
class Dataset:
    """A torchvision data set that is on the server: its class's name and its folder. Nothing is downloaded."""

    kind: str
    root: Path

    @cached_property
    def _items(self) -> Any:
        found = getattr(imported("torchvision.datasets"), self.kind, None)
        if found is None:
            raise GalleryError(
                f"torchvision has no data set {self.kind!r}; {SETTING} names one as torchvision:CIFAR10:/folder."
            )
        try:
            return found(self.root)
        except Exception as error:  # each data set has its own way to say that its files aren't there
            raise GalleryError(f"{self.kind} can't be read from the folder that {SETTING} names: {error}") from error

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(f"{self.kind} {number}" for number in range(len(self._items)))

    @cached_property
    def digest(self) -> str:
        return digest_of([self.kind, str(self.root), str(len(self.names))])

    def source(self, number: int) -> int:
        return number

    def open(self, number: int) -> Image:
        return open_image(self._items[number][0], max_side=LONGER_SIDE, name=self.names[number])


def on_server() -> Gallery | None:
    """The collection that EXPLORER_PICTURES names: a folder, or torchvision:CIFAR10:/folder. None without a setting.

    Raises GalleryError when it isn't there or has no pictures.
    """
    setting = os.environ.get(SETTING, "").strip()
    if not setting:
        return None
    head, *rest = setting.split(":", 2)
    if head == "torchvision" and len(rest) == 2:
        gallery: Gallery = Dataset(rest[0], Path(rest[1]).expanduser())
    else:
        gallery = Folder(Path(setting).expanduser())
    if not gallery.names:
        raise GalleryError(
            f"There are no pictures where {SETTING} points to; name a folder with pictures on the server."
        )
    return gallery


def digest_of(parts: Sequence[str]) -> str:
    """One digest for these parts in this order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
