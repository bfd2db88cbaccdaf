"""Pictures of more than 8 bits a colour, which Pillow would cut short: by OpenCV, which keeps all bits."""

from __future__ import annotations

import io

import cv2
import numpy as np
import PIL.TiffImagePlugin
from numpy.typing import NDArray

from explorer.pictures.eight_bits import foreign_profile
from explorer.pictures.formats import ImageError
from explorer.pictures.scaling import averaged, shrink

_STRIP = 256  # rows that are looked at together


def tiff_tags(file: bytes) -> PIL.TiffImagePlugin.ImageFileDirectory_v2:
    """The tags of a TIFF file's first picture."""
    tags = PIL.TiffImagePlugin.ImageFileDirectory_v2(file[: 16 if 43 in file[2:4] else 8])
    stream = io.BytesIO(file)
    stream.seek(tags.next)
    tags.load(stream)
    return tags


def is_deep_tiff(tags: PIL.TiffImagePlugin.ImageFileDirectory_v2) -> bool:
    """RGB of more than 8 bits, which Pillow would cut to 8 or refuse."""
    bits = max(tags.get(258, (1,)))
    is_converted = bits == 16 and foreign_profile(tags.get(34675)) is not None  # colours before depth
    return tags.get(262) == 2 and bits > 8 and not is_converted


def decode_deep(file: bytes, label: str, max_side: int) -> NDArray[np.float32]:
    """16-bit or float RGB or RGBA by OpenCV, which keeps all bits."""
    bgr = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
    if bgr is None or bgr.ndim != 3:
        raise ValueError("OpenCV cannot decode it")
    return from_deep(bgr, label, max_side)[..., ::-1]


def from_deep(values: NDArray[np.generic], label: str, max_side: int) -> NDArray[np.float32]:
    """Pixels of a (H, W), (H, W, 3) or (H, W, 4) array of more than 8 bits."""
    if values.dtype != np.uint16:
        values = values.astype(np.float32, copy=False)
        if not all(np.isfinite(values[top : top + _STRIP]).all() for top in range(0, len(values), _STRIP)):
            raise ImageError(f"{label} holds values that are not numbers (NaN or infinity); export it as PNG.")
    low, high = _value_range(values[..., :3] if values.ndim == 3 else values)
    if values.ndim == 3 and values.shape[2] == 4:
        _blend_rows(values, high)
    small = averaged(values, max_side)  # alpha too: a copy of the colours alone may not fit
    return shrink(small[..., :3] if small.ndim == 3 else small, max_side, low, high)


def _value_range(values: NDArray[np.generic]) -> tuple[float, float]:
    """Values shown black and white: a customary range that the values fill, else their own range."""
    if values.dtype == np.uint16:
        return 0.0, 65535.0
    low, high = float(values.min()), float(values.max())
    for least, white in ((0.0, 1.0), (127.5, 255.0), (32767.5, 65535.0)):
        if low >= 0 and least <= high <= white:
            return 0.0, white
    return low, high if high > low else low + 1.0


def _blend_rows(values: NDArray[np.generic], white: float) -> None:
    """Put RGBA in front of white, in place and a few rows at a time: a second large array may not fit."""
    opaque = np.float32(65535 if values.dtype == np.uint16 else 1)
    for top in range(0, len(values), _STRIP):
        rows = values[top : top + _STRIP]
        alpha = np.clip(rows[..., 3:].astype(np.float32) / opaque, 0, 1)
        blended = rows[..., :3] * alpha + np.float32(white) * (1 - alpha)
        rows[..., :3] = np.rint(blended) if values.dtype == np.uint16 else blended
