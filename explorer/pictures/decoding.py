"""Picture files of every kind, turned into RGB float32 (H, W, 3) in [0, 1]."""

from __future__ import annotations

import io
import threading
import warnings
from typing import NamedTuple

import numpy as np
import PIL.Image
import PIL.TiffImagePlugin
from numpy.typing import NDArray

from explorer.pictures.deep import decode_deep, from_deep, is_deep_tiff, tiff_tags
from explorer.pictures.eight_bits import foreign_profile, from_eight_bits
from explorer.pictures.formats import ImageError, failure, kind_of
from explorer.pictures.scaling import fit

MAX_PIXELS = 120_000_000
MAX_DECODED = 4 * MAX_PIXELS  # bytes: what Pillow needs for the largest picture of 8 bits a colour
_SMALL = 32 * 2**20  # bytes that need not wait for others

_ORIENTATION_TAG = 0x0112
_DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
_BYTES = {"1": 1, "L": 1, "P": 1} | {mode: 2 for mode in _DEEP_MODES if mode.startswith("I;")}  # a pixel; else 4
# Bytes a pixel that a format's decoder holds beside the picture: a turned copy, frames, planes of whole numbers.
_BESIDE = {"TIFF": 4, "WEBP": 4, "AVIF": 8, "HEIF": 8, "JPEG2000": 16}


class Decoded(NamedTuple):
    """Pixels (H, W, 3) in [0, 1], and the width and height that the file has, both upright."""

    pixels: NDArray[np.float32]
    width: int
    height: int


def decode(file: bytes, label: str, max_side: int) -> Decoded:
    """A picture file: upright, in sRGB, over white, larger side ≤ max_side.

    `label` names the file in the sentences. Raises ImageError for whatever cannot be shown whole.
    """
    if not file:
        raise ImageError(f"{label} is empty (0 bytes); choose a picture such as a JPEG or PNG.")
    with _QUIET:
        kind = kind_of(file, label)
        try:
            return _decode(file, kind, label, max_side)
        except ImageError:
            raise
        except Exception as error:  # on damaged data the decoders raise a dozen kinds of exception
            raise ImageError(failure(label, kind, error)) from error


def convert(image: PIL.Image.Image, label: str, max_side: int) -> Decoded:
    """A PIL image, prepared as by `decode`; the image itself is not changed."""
    _check_size(image.size, label)
    cost = _cost(image)
    _check_cost(cost, image.size, label)
    with _QUIET, _room(cost):
        try:
            image.load()
            return _upright(image, label, max_side, image.size)
        except ImageError:
            raise
        except Exception as error:  # an image PIL opened lazily may turn out to be damaged
            raise ImageError(failure(label, image.format or "picture", error)) from error


class _Quiet:
    """No warnings while any picture is decoded. `catch_warnings` is not thread-safe: the first to come changes the
    filters, the last to go restores them."""

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), 0
        self._filters = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._filters = warnings.catch_warnings()
                self._filters.__enter__()
                warnings.simplefilter("ignore")

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._filters.__exit__(None, None, None)


_QUIET = _Quiet()
_LARGE, _SEVERAL = threading.Lock(), threading.BoundedSemaphore(8)


def _room(cost: int) -> threading.Lock | threading.BoundedSemaphore:
    """What bounds the memory of thirty visitors' pictures together: the large ones one at a time, beside eight small
    ones that wait for no large one."""
    return _SEVERAL if cost <= _SMALL else _LARGE


def _check_size(size: tuple[int, int], label: str) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise ImageError(f"{label} has no pixels; choose another picture.")
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"{label} has {width:,} by {height:,} pixels, more than the {MAX_PIXELS // 10**6} million "
            "that can be opened; reduce it first."
        )


def _check_cost(cost: int, size: tuple[int, int], label: str) -> None:
    if cost > MAX_DECODED:
        raise ImageError(
            f"{label} has {size[0]:,} by {size[1]:,} pixels, {cost / 1e6:,.0f} MB unpacked, more than the "
            f"{MAX_DECODED // 10**6} MB that can be opened; reduce it first, or save it with 8 bits a colour."
        )


def _cost(image: PIL.Image.Image) -> int:
    """The bytes that decoding takes, as the header tells."""
    return image.width * image.height * (_BYTES.get(image.mode, 4) + _BESIDE.get(image.format or "", 0))


def _deep_cost(tags: PIL.TiffImagePlugin.ImageFileDirectory_v2) -> int:
    """As `_cost`, for a TIFF that OpenCV decodes: whatever the channels, each has as many bits as the deepest."""
    channels = max(tags.get(277, 3), len(tags.get(258, ())), 3)
    return int(tags[256] * tags[257] * channels * -(-max(tags.get(258, (8,))) // 8))


def _decode(file: bytes, kind: str, label: str, max_side: int) -> Decoded:
    if kind == "TIFF" and is_deep_tiff(tags := tiff_tags(file)):
        size = (tags[256], tags[257])
        _check_size(size, label)
        cost = _deep_cost(tags)
        _check_cost(cost, size, label)
        with _room(cost):
            return Decoded(decode_deep(file, label, max_side), *size)
    # Image.open would apply Pillow's own, global pixel limit; the format's reader stops after the header.
    image = PIL.Image.OPEN[kind][0](io.BytesIO(file), "")
    _check_size(image.size, label)
    size = image.size
    is_deep = kind == "PNG" and file[24] == 16 and file[25] in (2, 4, 6)
    cost = _cost(image)
    if is_deep:
        cost = max(cost, size[0] * size[1] * 2 * (3 if file[25] == 2 else 4))  # OpenCV makes RGBA of grey with alpha
    coefficients = 2 * size[0] * size[1] * len(image.getbands()) if image.info.get("progressive") else 0
    width, height = fit(size, max_side)
    image.draft(None, (2 * width, 2 * height))  # a large JPEG is decoded at 1/2, 1/4 or 1/8 of its size
    if kind == "JPEG":
        cost = _cost(image) + coefficients  # a progressive one is held whole until its last scan
    _check_cost(cost, size, label)
    with _room(cost):
        image.load()
        if is_deep and foreign_profile(image.info.get("icc_profile")) is None:
            orientation = _orientation(image)
            image.close()  # Pillow's 8 bits have shown that the file is whole; their memory is needed now
            return _turned(decode_deep(file, label, max_side), orientation, size)
        return _upright(image, label, max_side, size if kind == "JPEG" else image.size)  # Pillow turns a TIFF itself


def _upright(image: PIL.Image.Image, label: str, max_side: int, size: tuple[int, int]) -> Decoded:
    orientation = _orientation(image)
    if image.mode in _DEEP_MODES:
        values = np.array(image)
        if values.dtype == np.uint16 and getattr(image, "tag_v2", {}).get(262) == 0:
            values = np.invert(values, out=values)  # in this kind of TIFF zero is white
        if image.mode == "I" and image.format in ("PNG", "PPM"):
            values = values.astype(np.uint16)  # older Pillows widen 16 bits to 32
        return _turned(from_deep(values, label, max_side), orientation, size)
    return _turned(from_eight_bits(image, max_side), orientation, size)


def _turned(pixels: NDArray[np.float32], orientation: int, size: tuple[int, int]) -> Decoded:
    width, height = size if orientation < 5 else size[::-1]
    return Decoded(_orient(pixels, orientation), width, height)


def _orientation(image: PIL.Image.Image) -> int:
    """EXIF orientation 1–8, read after load() because a TIFF is turned by Pillow while it loads."""
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # a broken EXIF block, which fails in many ways, is no reason to refuse the picture
        return 1
    return int(value) if value in range(1, 9) else 1


def _orient(pixels: NDArray[np.float32], orientation: int) -> NDArray[np.float32]:
    """Turn stored rows and columns upright: EXIF 2.32, tag 0x0112."""
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels
