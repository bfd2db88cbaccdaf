"""Pictures: opened from whatever a visitor brings, read-only, known by their pixels."""

from __future__ import annotations

import hashlib
import os
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
import PIL.Image
from numpy.typing import ArrayLike, NDArray

from explorer.arrays import read_only
from explorer.file_names import shown_name
from explorer.pictures.decoding import convert, decode
from explorer.pictures.formats import ImageError
from explorer.pictures.scaling import over_white, shrink, to_unit_range

__all__ = ["MAX_BYTES", "Image", "ImageError", "from_array", "open_image"]

MAX_BYTES = 512 * 2**20
_ROUNDING = 1e-6  # float arithmetic may step over 0 or 1 by as much

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes] | PIL.Image.Image | NDArray[Any]


@dataclass(frozen=True, slots=True, init=False)
class Image:
    """A picture; two are equal when their pixels are, whatever their names.

    digest: SHA-256 of shape and pixels, the key of every memo. source_size: the width and height that it was reduced
    from, or None. Make one with `open_image` or `from_array`, which check the values.
    """

    digest: str
    name: str = field(compare=False)
    source_size: tuple[int, int] | None = field(compare=False)
    # What is in memory: bytes where they say all, as of nearly every file, a quarter of the floats that they stand for.
    _kept: NDArray[Any] = field(compare=False, repr=False)

    def __init__(
        self, pixels: NDArray[np.float32], name: str = "picture", source_size: tuple[int, int] | None = None
    ) -> None:
        # A private copy, so nobody can change it from outside; + 0 turns −0 into 0, which has other bytes.
        pixels = np.ascontiguousarray(pixels, dtype=np.float32) + np.float32(0)
        digest = hashlib.sha256(repr(pixels.shape).encode())
        digest.update(pixels.data)
        eight = _rounded(pixels)
        kept = eight if np.array_equal(to_unit_range(eight), pixels) else pixels
        for slot, value in zip(self.__slots__, (digest.hexdigest(), name, source_size, read_only(kept)), strict=True):
            object.__setattr__(self, slot, value)

    @property
    def pixels(self) -> NDArray[np.float32]:
        """(H, W, 3) float32 in [0, 1], RGB, read-only."""
        return self._kept if self._kept.dtype == np.float32 else read_only(to_unit_range(self._kept))

    @property
    def height(self) -> int:
        """Rows."""
        return int(self._kept.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self._kept.shape[1])

    @property
    def uint8(self) -> NDArray[np.uint8]:
        """The pixels rounded to (H, W, 3) uint8, the caller's own."""
        return self._kept.copy() if self._kept.dtype == np.uint8 else _rounded(self._kept)

    @property
    def memory_bytes(self) -> int:
        """What it takes in memory."""
        return self._kept.nbytes

    @property
    def content_key(self) -> str:
        """What stands for the picture in the memo's keys."""
        return f"picture {self.digest}"

    def named(self, name: str) -> Image:
        """The same picture under another name; its pixels are shared. What a memo hands out needs it: any name in it is
        that of the visitor who asked first."""
        if name == self.name:
            return self
        other = copy(self)
        object.__setattr__(other, "name", name)
        return other

    def png(self) -> bytes:
        """The rounded pixels as a PNG file."""
        return cv2.imencode(".png", cv2.cvtColor(self.uint8, cv2.COLOR_RGB2BGR))[1].tobytes()


def _rounded(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.rint(pixels * np.float32(255)).astype(np.uint8)


def from_array(pixels: ArrayLike, name: str = "") -> Image:
    """A picture from an array of floats in [0, 1] or of uint8.

    The shape is (H, W), (H, W, 1), (H, W, 3) or (H, W, 4) with alpha, which is put in front of white.
    Raises ImageError for other shapes, types and values.
    """
    array = np.asarray(pixels)
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 3, 4):
        raise ImageError(f"An array of shape {array.shape} is no picture; use (H, W), (H, W, 3) or (H, W, 4).")
    if array.size == 0:
        raise ImageError(f"An array of shape {array.shape} has no pixels; use at least one row and one column.")
    values = _unit_values(array)
    if channels == 4:
        values = over_white(values)
    elif channels == 1:
        values = np.repeat(values.reshape(*array.shape[:2], 1), 3, axis=2)
    return Image(values, name=shown_name(name) or "picture")


def _unit_values(array: NDArray[Any]) -> NDArray[np.float32]:
    if array.dtype == np.uint8:
        return to_unit_range(array)
    if not np.issubdtype(array.dtype, np.floating):
        raise ImageError(f"An array of {array.dtype} is no picture; use floats from 0 to 1 or uint8 from 0 to 255.")
    low, high = array.min(), array.max()
    if not (low >= -_ROUNDING and high <= 1 + _ROUNDING):  # also when one is NaN
        raise ImageError(f"The array's values go from {low:g} to {high:g}; use floats from 0 to 1 or uint8.")
    return np.clip(array, 0, 1).astype(np.float32)


def open_image(source: Source, *, max_side: int = 1024, name: str | None = None) -> Image:
    """A picture from a path, bytes, a binary file object, a PIL image or an array.

    It comes out upright, in sRGB, in front of white, with its larger side reduced to max_side pixels.
    Raises ImageError, one sentence in plain text, for everything that cannot be shown whole.
    """
    if max_side < 1:
        raise ImageError(f"The larger side cannot be {max_side} pixels; use at least 1.")
    shown = shown_name(_name_of(source) if name is None else name)
    label = f"“{shown}”" if shown else "This picture"
    if isinstance(source, PIL.Image.Image):
        pixels, *size = convert(source, label, max_side)
    elif hasattr(source, "__array__"):
        whole = from_array(np.asarray(source)).pixels
        pixels, size = shrink(whole, max_side), [whole.shape[1], whole.shape[0]]
    else:
        pixels, *size = decode(_read(source, label), label, max_side)
    width, height = size
    return Image(pixels, shown or "picture", None if pixels.shape[:2] == (height, width) else (width, height))


def _name_of(source: object) -> str:
    if isinstance(source, str | os.PathLike):
        return os.fsdecode(source)
    name = getattr(source, "name", None) or getattr(source, "filename", None)
    return name if isinstance(name, str) else ""


def _read(source: Any, label: str) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    if isinstance(source, str | os.PathLike):
        return _read_path(Path(source), label)
    if not hasattr(source, "read"):
        kind = type(source).__name__
        raise ImageError(f"A picture cannot be made from a {kind}; use a path, bytes, a file, a PIL image or an array.")
    try:
        if source.seekable():
            source.seek(0)
        content = source.read(MAX_BYTES + 1)
    except (OSError, ValueError, AttributeError) as error:
        raise ImageError(f"{label} cannot be read from its file; open the file again in binary mode.") from error
    if not isinstance(content, bytes):
        raise ImageError(f"{label} was opened as text; open it in binary mode.")
    return _bounded(content, len(content), label)


def _read_path(path: Path, label: str) -> bytes:
    try:
        if path.is_dir():
            raise ImageError(f"{label} is a folder; choose one picture inside it.")
        if not path.is_file():
            raise ImageError(f"{label} was not found; check the path and the spelling.")
        _bounded(b"", path.stat().st_size, label)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, ImageError):
            raise
        raise ImageError(f"{label} cannot be read; check the path and the permissions.") from error


def _bounded(content: bytes, size: int, label: str) -> bytes:
    if size > MAX_BYTES:
        raise ImageError(f"{label} is a file of more than {MAX_BYTES >> 20} MB; reduce the picture first.")
    return content
