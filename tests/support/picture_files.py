"""Pictures as files, as programs write them and as none does, and what is said of a file that is no picture."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import cv2
import numpy as np
import PIL.Image
import pytest

from explorer.pictures.images import ImageError, open_image

NOISE = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)
ROWS, COLUMNS = np.indices((30, 40))
SMOOTH = np.dstack([COLUMNS * 5, ROWS * 7, np.full((30, 40), 99)]).astype(np.uint8)


def encoded(picture: PIL.Image.Image | np.ndarray, kind: str, **options: Any) -> bytes:
    if isinstance(picture, np.ndarray):
        picture = PIL.Image.fromarray(picture)
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def by_opencv(extension: str, rgb: np.ndarray) -> bytes:
    order = {2: slice(None), 3: [2, 1, 0], 4: [2, 1, 0, 3]}
    channels = rgb.shape[2] if rgb.ndim == 3 else 2
    return cv2.imencode(extension, rgb if rgb.ndim == 2 else rgb[..., order[channels]])[1].tobytes()


def error_of(source: Any, **options: Any) -> str:
    with pytest.raises(ImageError) as caught:
        open_image(source, **options)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def plain_tiff(order: str, values: np.ndarray, *, width: int | None = None, white_is_zero: bool = False) -> bytes:
    """A TIFF of 16-bit grey written by hand: neither Pillow nor OpenCV writes these kinds."""
    height = len(values)
    fields = {256: width or values.shape[1], 257: height, 258: 16, 259: 1, 262: 0 if white_is_zero else 1}
    fields |= {273: 8 + 2 + 12 * 8 + 4, 278: height, 279: values.nbytes}
    start = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HIH", 42, 8, len(fields))
    directory = b"".join(struct.pack(order + "HHII", tag, 4, 1, value) for tag, value in fields.items())
    return start + directory + bytes(4) + values.astype(order + "u2").tobytes()


class Upload(io.BytesIO):
    """As Streamlit's UploadedFile: bytes with a name."""

    name = "holiday.png"
