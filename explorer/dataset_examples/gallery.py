"""Where natural pictures come from: the samples' patches, what a visitor brings, or a collection on the server."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from explorer.imports import imported
from explorer.pictures.images import Image, ImageError, from_array, open_image
from explorer.pictures.samples import sample, sample_names

SETTING = "EXPLORER_PICTURES"  #: names the server's collection in the environment
MOST_PICTURES = 400  #: that one visitor can bring at once
MOST_BYTES = 300 * 2**20  #: in all, unpacked
_MOST_ENTRIES = 5000  # of an archive, folders and other files included
_SIDE = 448  # pixels of the longer side that are kept: more than any network here looks at
_KINDS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm")


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

    def open(self, number: int) -> Image:
        """Raises ImageError for a file that is no picture."""
        ...


@dataclass(frozen=True)
class Patches:
    """Every sample whole, its four corners and its middle: small things become large enough to be seen."""

    share: float = 0.6  #: of the sides that a part has

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in sample_names() for _ in range(6))

    @cached_property
    def digest(self) -> str:
        return _digest([str(self.share), *(sample(name).digest for name in sample_names())])

    def open(self, number: int) -> Image:
        image, part = sample(self.names[number]), number % 6
        if part == 0:
            return image
        height, width = (max(1, round(self.share * side)) for side in (image.height, image.width))
        down, right = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.5))[part - 1]
        top, left = round(down * (image.height - height)), round(right * (image.width - width))
        return from_array(image.pixels[top : top + height, left : left + width], image.name)


@dataclass(frozen=True)
class UploadedPictures:
    """Pictures that a visitor brought, reduced and packed; `refused` says of the others why not."""

    files: tuple[tuple[str, bytes], ...] = field(repr=False)
    refused: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.files)

    @cached_property
    def digest(self) -> str:
        return _digest([hashlib.sha256(file).hexdigest() for _, file in self.files])

    @property
    def content_key(self) -> Hashable:
        """What stands for the pictures in the memo's keys: their names too, for they are in what is made of them."""
        return ("pictures brought", self.digest, self.names)

    @property
    def memory_bytes(self) -> int:
        """What the packed files weigh, for the memo."""
        return sum(len(file) for _, file in self.files)

    def open(self, number: int) -> Image:
        name, file = self.files[number]
        return open_image(file, name=name)


def unpack_uploads(files: Sequence[tuple[str, bytes]]) -> UploadedPictures:
    """Pictures from (name, content), archives among them opened; equal pictures count once.

    Raises GalleryError for more than MOST_PICTURES pictures or MOST_BYTES unpacked, for an archive that can't be read,
    and when not one picture is there.
    """
    kept: dict[str, tuple[str, bytes]] = {}
    refused: list[str] = []
    left = MOST_BYTES
    for name, content in _unpacked(files):
        left -= len(content)
        if left < 0:
            raise GalleryError(f"These are more than {MOST_BYTES >> 20} MB unpacked; bring fewer or smaller pictures.")
        try:
            image = open_image(content, name=name, max_side=_SIDE)
        except ImageError as error:
            refused.append(str(error))
            continue
        kept.setdefault(image.digest, (name, image.png()))
        if len(kept) > MOST_PICTURES:
            raise GalleryError(f"These are more than {MOST_PICTURES} pictures; bring fewer.")
    if not kept:
        raise GalleryError(f"There is no picture among them. {' '.join(refused[:1])}".strip())
    return UploadedPictures(tuple(kept.values()), tuple(refused))


def _unpacked(files: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for name, content in files:
        if content[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
            yield from _entries(name, content)
        else:
            yield name, content


def _entries(archive: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The pictures in a ZIP archive; no more is unpacked than is allowed, whatever it says of itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            entries = opened.infolist()
            if len(entries) > _MOST_ENTRIES:
                raise GalleryError(f"{archive} holds {len(entries):,} files, more than {_MOST_ENTRIES:,}; bring fewer.")
            for entry in entries:
                path = Path(entry.filename)
                if path.suffix.lower() in _KINDS and not path.name.startswith(".") and "__MACOSX" not in path.parts:
                    with opened.open(entry) as file:
                        yield path.name, file.read(MOST_BYTES + 1)
    except GalleryError:
        raise
    except Exception as error:  # a damaged archive fails in many ways: BadZipFile, zlib.error, LZMAError, ValueError …
        raise GalleryError(f"{archive} can't be unpacked ({error}); bring the pictures themselves.") from error


@dataclass(frozen=True)
class Folder:
    """All picture files under a folder, such as one folder for each class (torchvision's ImageFolder)."""

    root: Path

    @cached_property
    def names(self) -> tuple[str, ...]:
        found = (path for path in self.root.rglob("*") if path.suffix.lower() in _KINDS and path.is_file())
        return tuple(sorted(path.relative_to(self.root).as_posix() for path in found))

    @cached_property
    def digest(self) -> str:
        stats = ((name, (self.root / name).stat()) for name in self.names)
        return _digest([f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats])

    def open(self, number: int) -> Image:
        return open_image(self.root / self.names[number], max_side=_SIDE, name=self.names[number])


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
        return _digest([self.kind, str(self.root), str(len(self.names))])

    def open(self, number: int) -> Image:
        return open_image(self._items[number][0], max_side=_SIDE, name=self.names[number])


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


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
