"""Picture files of every kind, turned into RGB float32 (H, W, 3) in [0, 1]."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from explorer.pictures.deep import decode_deep, from_deep, is_deep_tiff, tiff_tags
from explorer.pictures.eight_bits import foreign_profile, from_eight_bits
from explorer.pictures.formats import ImageError, failure, kind_of
from explorer.pictures.scaling import fit

MAX_PIXELS = 120_000_000

_ORIENTATION_TAG = 0x0112
_DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")


def decode(file: bytes, label: str, max_side: int) -> NDArray[np.float32]:
    """Pixels (H, W, 3) in [0, 1] of a picture file: upright, in sRGB, over white, larger side ≤ max_side.

    `label` names the file in the sentences. Raises ImageError for whatever cannot be shown whole.
    """
    if not file:
        raise ImageError(f"{label} is empty (0 bytes); choose a picture such as a JPEG or PNG.")
    with _one_at_a_time():
        kind = kind_of(file, label)
        try:
            return _decode(file, kind, label, max_side)
        except ImageError:
            raise
        except Exception as error:  # on damaged data the decoders raise a dozen kinds of exception
            raise ImageError(failure(label, kind, error)) from error


def convert(image: PIL.Image.Image, label: str, max_side: int) -> NDArray[np.float32]:
    """Pixels (H, W, 3) in [0, 1] of a PIL image, prepared as by `decode`; the image itself is not changed."""
    _check_size(image.size, label)
    with _one_at_a_time():
        try:
            image.load()
            return _upright(image, label, max_side)
        except ImageError:
            raise
        except Exception as error:  # an image PIL opened lazily may turn out to be damaged
            raise ImageError(failure(label, image.format or "picture", error)) from error


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Silence warnings while one picture is decoded.

    The lock is there because `catch_warnings` is not thread-safe; it also bounds the memory that thirty
    visitors with a 100-megapixel picture each can ask for.
    """
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


_LOCK = threading.Lock()


def _check_size(size: tuple[int, int], label: str) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise ImageError(f"{label} has no pixels; choose another picture.")
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"{label} has {width:,} by {height:,} pixels, more than the {MAX_PIXELS // 10**6} million "
            "that can be opened; reduce it first."
        )


def _decode(file: bytes, kind: str, label: str, max_side: int) -> NDArray[np.float32]:
    if kind == "TIFF" and is_deep_tiff(tags := tiff_tags(file)):
        _check_size((tags[256], tags[257]), label)
        return decode_deep(file, label, max_side)
    # Image.open would apply Pillow's own, global pixel limit; the format's reader stops after the header.
    image = PIL.Image.OPEN[kind][0](io.BytesIO(file), "")
    _check_size(image.size, label)
    width, height = fit(image.size, max_side)
    image.draft(None, (2 * width, 2 * height))  # a large JPEG is decoded at 1/2, 1/4 or 1/8 of its size
    image.load()
    is_deep = kind == "PNG" and file[24] == 16 and file[25] in (2, 4, 6)
    if is_deep and foreign_profile(image.info.get("icc_profile")) is None:
        orientation = _orientation(image)
        image.close()  # Pillow's 8 bits have shown that the file is whole; their memory is needed now
        return _orient(decode_deep(file, label, max_side), orientation)
    return _upright(image, label, max_side)


def _upright(image: PIL.Image.Image, label: str, max_side: int) -> NDArray[np.float32]:
    orientation = _orientation(image)
    if image.mode in _DEEP_MODES:
        values = np.array(image)
        if values.dtype == np.uint16 and getattr(image, "tag_v2", {}).get(262) == 0:
            values = np.invert(values)  # in this kind of TIFF zero is white
        if image.mode == "I" and image.format in ("PNG", "PPM"):
            values = values.astype(np.uint16)  # older Pillows widen 16 bits to 32
        return _orient(from_deep(values, label, max_side), orientation)
    return _orient(from_eight_bits(image, max_side), orientation)


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
