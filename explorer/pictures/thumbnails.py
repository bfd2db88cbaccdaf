"""The middle of every sample as a small square, made beforehand: to open them all takes half a second."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer import render
from explorer.arrays import read_only
from explorer.pictures.crops import resize_crop
from explorer.pictures.samples import sample, sample_files, sample_names
from explorer.shipped_results import file_of

SIDE = 128  #: pixels


@lru_cache(maxsize=1)
def thumbnails() -> NDArray[np.uint8]:
    """All squares (n, 128, 128, 3), in the order of `sample_names`, read-only."""
    sheet = shipped()
    if not sheet.exists():
        return read_only(made())
    return read_only(np.asarray(cv2.imread(str(sheet), cv2.IMREAD_COLOR_RGB), np.uint8).reshape(-1, SIDE, SIDE, 3))


def made() -> NDArray[np.uint8]:
    """As `thumbnails`, from the samples themselves."""
    return np.stack([resize_crop(sample(name), SIDE, SIDE).uint8 for name in sample_names()])


def shipped() -> Path:
    """The file that holds them for samples with these names and of so many bytes; whether it is there or not."""
    return file_of(("thumbnails", SIDE, *((name, file.stat().st_size) for name, file in sample_files().items())))


def write() -> None:
    """Make that file."""
    shipped().write_bytes(render.webp(made().reshape(-1, SIDE, 3)))
