"""Pictures of 8 bits a colour: reduced, brought to sRGB, put in front of white."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import PIL.ImageCms
from numpy.typing import NDArray

from explorer.pictures.scaling import fit, over_white, to_unit_range

_ALPHA_MODES = ("LA", "La", "PA", "RGBA", "RGBa")
_WORKING_MODES = ("L", "RGB", "RGBA", "CMYK")


def from_eight_bits(image: PIL.Image.Image, max_side: int) -> NDArray[np.float32]:
    """Pixels (H, W, 3) in [0, 1] of a picture that is upright already: in sRGB, over white, larger side ≤ max_side."""
    profile = foreign_profile(image.info.get("icc_profile"))
    image = _resize(image, max_side)
    if profile is not None:
        image = _to_srgb(image, profile)
    pixels = to_unit_range(np.asarray(image if image.mode == "RGBA" else image.convert("RGB")))
    return over_white(pixels) if image.mode == "RGBA" else pixels


def _resize(image: PIL.Image.Image, max_side: int) -> PIL.Image.Image:
    """Bicubic with antialiasing to a larger side ≤ max_side; far larger pictures are averaged first.

    The average goes strip by strip, so a palette picture of 100 megapixels is never held as RGBA.
    """
    fitted = fit(image.size, max_side)
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


def foreign_profile(icc: bytes | None) -> PIL.ImageCms.ImageCmsProfile | None:
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
