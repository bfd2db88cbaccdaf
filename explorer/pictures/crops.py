"""The middle of a picture at the size that a network wants: resized, then cropped."""

from __future__ import annotations

import numpy as np
import PIL.Image

from explorer.pictures.formats import ImageError
from explorer.pictures.images import Image
from explorer.pictures.scaling import to_unit_range

INTERPOLATIONS = {
    "nearest": PIL.Image.Resampling.NEAREST,
    "bilinear": PIL.Image.Resampling.BILINEAR,
    "bicubic": PIL.Image.Resampling.BICUBIC,
    "lanczos": PIL.Image.Resampling.LANCZOS,
}


def resize_crop(image: Image, size: int, resize: int, *, interpolation: str = "bicubic", squash: bool = False) -> Image:
    """The middle size × size pixels once the shorter side is `resize` pixels; with `squash`, once both sides are.

    `interpolation` is one of INTERPOLATIONS, with antialiasing. Every value is a multiple of 1/255. A size × size
    picture of such values is returned as it is, so one that was saved and opened again stays untouched. Raises
    ImageError unless 1 ≤ size ≤ resize, and on another interpolation.
    """
    if interpolation not in INTERPOLATIONS:
        raise ImageError(f"The interpolation is one of {', '.join(INTERPOLATIONS)}, not {interpolation!r}.")
    if not 1 <= size <= resize:
        raise ImageError(f"Cannot crop {size} pixels from a shorter side of {resize}; use 1 ≤ size ≤ resize.")
    if (image.height, image.width) == (size, size):
        rounded = Image(to_unit_range(image.uint8), name=image.name)
        return image if rounded == image else rounded
    top, left, bottom, right = crop_of(image, size, resize, squash=squash)
    # Only the crop is computed: a 1 × 5000 picture would otherwise become one of a million columns.
    picture = PIL.Image.fromarray(image.uint8).resize(
        (size, size), INTERPOLATIONS[interpolation], (left, top, right, bottom)
    )
    return Image(to_unit_range(np.asarray(picture)), name=image.name)


def crop_of(image: Image, size: int, resize: int, *, squash: bool = False) -> tuple[float, float, float, float]:
    """Which part of the picture `resize_crop` keeps: (top, left, bottom, right) in its pixels, of which it may cut."""
    shorter = min(image.height, image.width)
    width, height = (resize if squash else resize * side // shorter for side in (image.width, image.height))
    left, right = _middle(image.width, width, size)
    top, bottom = _middle(image.height, height, size)
    return top, left, bottom, right


def visible_part(image: Image, size: int, resize: int, *, squash: bool = False) -> tuple[int, int, int, int]:
    """As `crop_of`, in whole pixels; of a picture that has the size already, all of it."""
    if (image.height, image.width) == (size, size):
        return 0, 0, image.height, image.width
    top, left, bottom, right = crop_of(image, size, resize, squash=squash)
    return round(top), round(left), round(bottom), round(right)


def _middle(length: int, resized: int, size: int) -> tuple[float, float]:
    """Where the middle `size` of `resized` pixels begin and end, in the `length` pixels of the source."""
    start = round((resized - size) / 2)
    return start * length / resized, (start + size) * length / resized
