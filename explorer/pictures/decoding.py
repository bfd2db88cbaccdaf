"""Picture files of every kind, turned into RGB float32 (H, W, 3) in [0, 1]."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
import PIL.Image
import PIL.ImageCms
import PIL.TiffImagePlugin
from numpy.typing import NDArray

from explorer.pictures.formats import ImageError, failure, kind_of

MAX_PIXELS = 120_000_000

_ORIENTATION_TAG = 0x0112
_DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
_ALPHA_MODES = ("LA", "La", "PA", "RGBA", "RGBa")
_WORKING_MODES = ("L", "RGB", "RGBA", "CMYK")


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


def _fit(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    scale = min(1.0, max_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _decode(file: bytes, kind: str, label: str, max_side: int) -> NDArray[np.float32]:
    if kind == "TIFF" and _is_deep_tiff(tags := _tiff_tags(file)):
        _check_size((tags[256], tags[257]), label)
        return _decode_deep(file, label, max_side)
    # Image.open would apply Pillow's own, global pixel limit; the format's reader stops after the header.
    image = PIL.Image.OPEN[kind][0](io.BytesIO(file), "")
    _check_size(image.size, label)
    width, height = _fit(image.size, max_side)
    image.draft(None, (2 * width, 2 * height))  # a large JPEG is decoded at 1/2, 1/4 or 1/8 of its size
    image.load()
    is_deep = kind == "PNG" and file[24] == 16 and file[25] in (2, 4, 6)
    if is_deep and _foreign_profile(image.info.get("icc_profile")) is None:
        orientation = _orientation(image)
        image.close()  # Pillow's 8 bits have shown that the file is whole; their memory is needed now
        return _orient(_decode_deep(file, label, max_side), orientation)
    return _upright(image, label, max_side)


def _tiff_tags(file: bytes) -> PIL.TiffImagePlugin.ImageFileDirectory_v2:
    tags = PIL.TiffImagePlugin.ImageFileDirectory_v2(file[: 16 if 43 in file[2:4] else 8])
    stream = io.BytesIO(file)
    stream.seek(tags.next)
    tags.load(stream)
    return tags


def _is_deep_tiff(tags: PIL.TiffImagePlugin.ImageFileDirectory_v2) -> bool:
    """RGB of more than 8 bits, which Pillow would cut to 8 or refuse."""
    bits = max(tags.get(258, (1,)))
    is_converted = bits == 16 and _foreign_profile(tags.get(34675)) is not None  # colours before depth
    return tags.get(262) == 2 and bits > 8 and not is_converted


def _decode_deep(file: bytes, label: str, max_side: int) -> NDArray[np.float32]:
    """16-bit or float RGB or RGBA by OpenCV, which keeps all bits."""
    bgr = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
    if bgr is None or bgr.ndim != 3:
        raise ValueError("OpenCV cannot decode it")
    return _from_deep(bgr, label, max_side)[..., ::-1]


def _upright(image: PIL.Image.Image, label: str, max_side: int) -> NDArray[np.float32]:
    orientation = _orientation(image)
    if image.mode in _DEEP_MODES:
        values = np.array(image)
        if values.dtype == np.uint16 and getattr(image, "tag_v2", {}).get(262) == 0:
            values = np.invert(values)  # in this kind of TIFF zero is white
        if image.mode == "I" and image.format in ("PNG", "PPM"):
            values = values.astype(np.uint16)  # older Pillows widen 16 bits to 32
        return _orient(_from_deep(values, label, max_side), orientation)
    return _orient(_from_eight_bits(image, max_side), orientation)


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


def _from_deep(values: NDArray[np.generic], label: str, max_side: int) -> NDArray[np.float32]:
    """Pixels of a (H, W), (H, W, 3) or (H, W, 4) array of more than 8 bits."""
    if values.dtype != np.uint16:
        values = values.astype(np.float32)
        if not np.isfinite(values).all():
            raise ImageError(f"{label} holds values that are not numbers (NaN or infinity); export it as PNG.")
    colour = values[..., :3] if values.ndim == 3 else values
    low, high = _value_range(colour)
    if values.ndim == 3 and values.shape[2] == 4:
        _blend_rows(values, high)
    return shrink(colour, max_side, low, high)


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
    for top in range(0, len(values), 256):
        rows = values[top : top + 256]
        alpha = np.clip(rows[..., 3:].astype(np.float32) / opaque, 0, 1)
        blended = rows[..., :3] * alpha + np.float32(white) * (1 - alpha)
        rows[..., :3] = np.rint(blended) if values.dtype == np.uint16 else blended


def shrink(values: NDArray[np.generic], max_side: int, low: float = 0.0, high: float = 1.0) -> NDArray[np.float32]:
    """(H, W) or (H, W, 3) from low … high to RGB in [0, 1], averaged to a larger side ≤ max_side."""
    size = _fit((values.shape[1], values.shape[0]), max_side)
    if values.shape[1::-1] != size:
        values = cv2.resize(np.ascontiguousarray(values), size, interpolation=cv2.INTER_AREA)
    pixels = np.clip((values.astype(np.float32) - np.float32(low)) / np.float32(high - low), 0, 1)
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)


def unit(values: NDArray[np.uint8]) -> NDArray[np.float32]:
    """0 … 255 to the float32 nearest to value/255."""
    return np.divide(values, np.float32(255), dtype=np.float32)


def over_white(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W, 4) in [0, 1] with straight alpha → (H, W, 3) in front of white."""
    alpha = pixels[..., 3:]
    return pixels[..., :3] * alpha + (1 - alpha)


def _from_eight_bits(image: PIL.Image.Image, max_side: int) -> NDArray[np.float32]:
    profile = _foreign_profile(image.info.get("icc_profile"))
    image = _resize(image, max_side)
    if profile is not None:
        image = _to_srgb(image, profile)
    pixels = unit(np.asarray(image if image.mode == "RGBA" else image.convert("RGB")))
    return over_white(pixels) if image.mode == "RGBA" else pixels


def _resize(image: PIL.Image.Image, max_side: int) -> PIL.Image.Image:
    """Bicubic with antialiasing to a larger side ≤ max_side; far larger pictures are averaged first.

    The average goes strip by strip, so a palette picture of 100 megapixels is never held as RGBA.
    """
    fitted = _fit(image.size, max_side)
    if image.size == fitted:
        return _working(image)
    factor = max(1, max(image.size) // (3 * max_side))
    box = (0.0, 0.0, image.width / factor, image.height / factor)
    if factor == 1:
        return _working(image).resize(fitted, PIL.Image.Resampling.BICUBIC, box)
    reduced: PIL.Image.Image | None = None
    step = factor * max(1, 512 // factor)
    for top in range(0, image.height, step):
        strip = _working(image.crop((0, top, image.width, min(top + step, image.height)))).reduce(factor)
        if reduced is None:
            reduced = PIL.Image.new(strip.mode, (strip.width, -(-image.height // factor)))
        reduced.paste(strip, (0, top // factor))
    assert reduced is not None  # a picture has at least one row
    return reduced.resize(fitted, PIL.Image.Resampling.BICUBIC, box)


def _working(image: PIL.Image.Image) -> PIL.Image.Image:
    """The picture in a mode that can be averaged: grey, RGB, RGBA or CMYK."""
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in _WORKING_MODES:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _foreign_profile(icc: bytes | None) -> PIL.ImageCms.ImageCmsProfile | None:
    """The embedded colour profile; None where there is none, it is broken, or it is sRGB already."""
    if not isinstance(icc, bytes):
        return None
    try:
        profile = PIL.ImageCms.ImageCmsProfile(io.BytesIO(icc))
        return None if "srgb" in PIL.ImageCms.getProfileDescription(profile).lower() else profile
    except (OSError, PIL.ImageCms.PyCMSError):
        return None


def _to_srgb(image: PIL.Image.Image, profile: PIL.ImageCms.ImageCmsProfile) -> PIL.Image.Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        converted = PIL.ImageCms.profileToProfile(image, profile, PIL.ImageCms.createProfile("sRGB"), outputMode=mode)
    except PIL.ImageCms.PyCMSError:  # a profile for other channels than the picture has
        return image
    assert converted is not None  # None is returned only for inPlace=True
    return converted
