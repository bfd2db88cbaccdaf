"""The numbers behind a file's tensors: byte ranges of an archive, or of the older format's tail."""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass, field
from functools import partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from explorer.networks.checkpoints.stored import OverclaimError, Stored
from explorer.networks.registry.published import WeightsError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

#: How torch calls the storages of each type, as they stand in a file.
NUMBERS = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
    "ByteStorage": "uint8", "BoolStorage": "bool", "UntypedStorage": "uint8",
    "ComplexFloatStorage": "complex64", "ComplexDoubleStorage": "complex128",
    "QInt8Storage": "qint8", "QUInt8Storage": "quint8", "QInt32Storage": "qint32",
}  # fmt: skip


class Source(Protocol):
    """Where a file keeps the bytes of its storages."""

    def bytes_of(self, key: str) -> bytearray:
        """The bytes of one storage. Raises WeightsError when the file has no such, or not whole."""
        ...


@dataclass(frozen=True, eq=False)
class Storage:
    """A stretch of `count` numbers in a file; `start` is where it begins in the one of that `key`."""

    numbers: str
    key: str
    count: int
    source: Source
    start: int = 0


@dataclass(eq=False)
class ArchiveSource:
    """torch.save's archive: an entry for each storage."""

    path: Path
    archive: zipfile.ZipFile
    folder: str

    def bytes_of(self, key: str) -> bytearray:
        return bytearray(entry_in(self.archive, f"{self.folder}data/{key}", self.path))


def entry_in(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    """An entry of the archive at `path`, its checksum looked at. Raises WeightsError on a missing or damaged one."""
    try:
        return archive.read(name)
    except Exception as error:  # on damaged bytes zipfile raises some ten kinds
        raise WeightsError(f"{path} is damaged: its part {name} can't be read. Copy or save it again.") from error


@dataclass
class TailSource:
    """The format before 2020: storages one after the other behind the pickles, each after its length in numbers."""

    path: Path
    places: dict[str, tuple[int, int]] = field(default_factory=dict)  #: key: (first byte, how many)

    def bytes_of(self, key: str) -> bytearray:
        if key not in self.places:
            raise WeightsError(f"{self.path} is damaged: the numbers {key} are missing. Save it again.")
        start, length = self.places[key]
        numbers = bytearray(length)
        with self.path.open("rb") as file:
            file.seek(start)
            file.readinto(numbers)
        return numbers

    def find(self, keys: list[str], widths: dict[str, int], start: int) -> None:
        """Note where each storage lies, from byte `start` on. Raises WeightsError when the file ends before they do."""
        size = self.path.stat().st_size
        with self.path.open("rb") as file:
            for key in keys:
                file.seek(start)
                head = file.read(8)
                count = struct.unpack("<q", head)[0] if len(head) == 8 else -1
                length = count * widths.get(key, 1)
                if not 0 <= length <= size - start - 8:
                    raise WeightsError(f"{self.path} is damaged: it ends before its numbers do. Copy or save it again.")
                self.places[key] = start + 8, length
                start += 8 + length


def width(numbers: str) -> int:
    """The bytes that one number of a type takes."""
    return _dtype(numbers).itemsize


def _dtype(numbers: str) -> torch.dtype:
    import torch

    found = getattr(torch, numbers, None)
    if not isinstance(found, torch.dtype):
        raise WeightsError(
            f"These weights are numbers of a kind ({numbers}) that isn't known here: save them as float."
        )
    return found


def tensor_in(storage: Storage, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], odd: str = "") -> Stored:
    """A view of a storage, as torch describes it: the first number's place, the shape, the steps along each axis."""
    return Stored(shape, storage.numbers, partial(_read, storage, offset, shape, stride), odd)


def _read(storage: Storage, offset: int, shape: tuple[int, ...], stride: tuple[int, ...]) -> Tensor:
    import torch

    kind, first = _dtype(storage.numbers), storage.start + offset
    if len(shape) != len(stride) or min((first, *shape, *stride)) < 0:
        raise OverclaimError
    if 0 in shape:
        return torch.empty(shape, dtype=kind)
    last = first + sum((n - 1) * step for n, step in zip(shape, stride, strict=True))
    body = storage.source.bytes_of(storage.key)
    held = len(body) // kind.itemsize
    if last >= held or prod(shape) > held:
        raise OverclaimError
    numbers = torch.frombuffer(body, dtype=torch.uint8)
    return numbers[: held * kind.itemsize].view(kind).as_strided(shape, stride, first)
