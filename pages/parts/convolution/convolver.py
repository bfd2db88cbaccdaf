"""The live convolution: a component that answers in the browser, and hands Python the settled choices."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer import render
from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.filtering.kernels import random
from pages.parts.pickers.kernel_settings import LARGEST_KERNEL, SEEDS, KernelSettings, read_settings
from pages.parts.widgets.component import fingerprint, joined, pack, read_when_drawn, register, value_sent, values_sent

if TYPE_CHECKING:
    from explorer.pictures.images import Image

FOLDER = Path(__file__).parents[3] / "assets" / "convolution"
SCRIPTS = (
    "geometry", "formulas", "job", "sums", "processor", "engine", "paint", "numbers", "blocks",
    "tools", "cells", "drag", "kernel", "editor", "fields", "camera", "messages", "pictures", "stage",
    "walk", "reader", "arithmetic", "inspector", "zoom", "colours", "presets", "main",
)  # fmt: skip
LIVE_SIDE = 512  # pixels on the longer side: what a browser without a GPU can convolve while a finger moves


def convolver(
    picture: Image | NDArray[Any], settings: KernelSettings, *, key: str, revision: int = 0,
    presets: Sequence[Mapping[str, Any]] = (), on_numbers: Callable[[], None] | None = None,
) -> KernelSettings:  # fmt: skip
    """Show picture, kernel, arithmetic and result; return the choices once the hand has rested for 250 ms.

    picture: an Image (shown at 512 px on the longer side at most), or a plain 2-D array of numbers (written
    out up to 12×12). `settings` rules whenever it differs from the last one given (a preset) or `revision`
    does (the same preset again); in between the visitor's changes stand. What came back may be given again.
    `presets` are offered to begin with: see `editor.offered`.
    `on_numbers` is called when the visitor has changed one of the numbers: `renumbered` gives them all.
    """
    given = asdict(settings)
    base = fingerprint(json.dumps([given, revision]))[:12]
    shape, kind, raw = _raw_pixels(picture)
    digest = fingerprint(raw)[:12]
    header = {"shape": shape, "kind": kind, "digest": digest, "name": getattr(picture, "name", "")}
    header |= {"presets": list(presets)}
    colours = render.diverging_colours().tobytes().hex()
    data = pack(header | {"settings": given, "base": base, "revision": revision, "diverging": colours}, raw)
    result = _component()(
        data=data, key=key, on_settled_change=read_when_drawn, on_filming_change=read_when_drawn,
        on_frozen_change=read_when_drawn, on_cropped_change=read_when_drawn,
        on_numbers_change=on_numbers or read_when_drawn,
    )  # fmt: skip
    return _settled(result.settled, base) or settings


def filming(key: str) -> bool:
    """Whether the component shows the camera's frames, which stay in the browser, and not the picture given."""
    return bool(value_sent(key, "filming"))


def cropped(key: str) -> tuple[float, float, float, float] | None:
    """The part (top, left, bottom, right; shares of the picture) that the visitor has just asked to keep, or None."""
    part = value_sent(key, "cropped")
    if not isinstance(part, (list, tuple)) or len(part) != 4 or not all(isinstance(n, (int, float)) for n in part):
        return None
    top, left, bottom, right = map(float, part)
    whole = 0 <= top < bottom <= 1 and 0 <= left < right <= 1  # what is not, is forged
    return (top, left, bottom, right) if whole else None


def renumbered(key: str) -> str:
    """The picture of numbers as the visitor left it: values parted by spaces, rows by semicolons; "" for none."""
    text = values_sent(key, "numbers").get("rows")
    return text if isinstance(text, str) else ""


def live_pixels(image: Image) -> NDArray[np.uint8]:
    """The pixels the component convolves: (h, w, 3) uint8, at most 512 on the longer side."""
    return _live_pixels(image)


@memoised
def _live_pixels(image: Image) -> NDArray[np.uint8]:
    height, width = image.height, image.width
    factor = LIVE_SIDE / max(height, width)
    if factor >= 1:
        return read_only(image.uint8)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA)
    return read_only(np.rint(np.clip(small, 0, 1) * 255).astype(np.uint8))


def _raw_pixels(picture: Image | NDArray[Any]) -> tuple[tuple[int, ...], str, bytes]:
    if isinstance(picture, np.ndarray):
        return picture.shape, "numbers", picture.astype("<f4").tobytes()
    pixels = live_pixels(picture)
    return pixels.shape, "colours", pixels.tobytes()


def bundle(folder: Path = FOLDER) -> str:
    """The ES modules as one script: an inline module cannot import its neighbours, nor bytes."""
    normals = np.stack([LARGEST_KERNEL * random(LARGEST_KERNEL, seed) for seed in range(SEEDS)])
    given = {"BINARY": (folder / "sums.wasm").read_bytes(), "NORMALS": normals.astype("<f4").tobytes()}
    constants = "".join(f'const {name} = "{base64.b64encode(raw).decode()}";\n' for name, raw in given.items())
    return constants + joined(folder, SCRIPTS)


@lru_cache(maxsize=1)
def _component() -> Any:
    return register("convolver", FOLDER, bundle())


def _settled(state: Any, base: str) -> KernelSettings | None:
    """The browser's settled choices; None when it has none yet, or they answer an older preset."""
    if not isinstance(state, Mapping) or state.get("base") != base:
        return None
    try:
        return read_settings(state)
    except (
        KeyError,
        TypeError,
        ValueError,
    ):  # whatever reaches the server may be forged: fall back to what we sent
        return None
