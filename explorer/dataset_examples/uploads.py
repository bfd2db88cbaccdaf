"""The pictures that a visitor brings, archives among them: unpacked within limits, reduced, each counted once."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from explorer.dataset_examples.gallery import KINDS, LONGER_SIDE, GalleryError, digest_of
from explorer.pictures.images import Image, ImageError, open_image

MOST_PICTURES = 400  #: that one visitor can bring at once
MOST_BYTES = 300 * 2**20  #: in all, unpacked
_MOST_ENTRIES = 5000  # of an archive, folders and other files included


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
        return digest_of([hashlib.sha256(file).hexdigest() for _, file in self.files])

    @property
    def content_key(self) -> Hashable:
        """What stands for the pictures in the memo's keys: their names too, for they are in what is made of them."""
        return ("pictures brought", self.digest, self.names)

    @property
    def memory_bytes(self) -> int:
        """What the packed files weigh, for the memo."""
        return sum(len(file) for _, file in self.files)

    def source(self, number: int) -> int:
        return number

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
            image = open_image(content, name=name, max_side=LONGER_SIDE)
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
                if path.suffix.lower() in KINDS and not path.name.startswith(".") and "__MACOSX" not in path.parts:
                    with opened.open(entry) as file:
                        yield path.name, file.read(MOST_BYTES + 1)
    except GalleryError:
        raise
    except Exception as error:  # a damaged archive fails in many ways: BadZipFile, zlib.error, LZMAError, ValueError …
        raise GalleryError(f"{archive} can't be unpacked ({error}); bring the pictures themselves.") from error
