"""The live convolution: a component that answers in the browser, and hands Python the settled choices."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import render
from explorer.filtering.kernels import random
from pages.parts.widgets.component import SLIDER

if TYPE_CHECKING:
    from explorer.pictures.images import Image

FOLDER = Path(__file__).parents[3] / "assets" / "convolution"
SCRIPTS = (
    "geometry", "formulas", "job", "sums", "processor", "graphics", "chooser", "engine", "paint", "numbers", "tools",
    "cells", "drag", "kernel", "editor", "fields", "camera", "messages", "pictures", "stage", "walk", "reader",
    "arithmetic", "inspector", "colours", "presets", "main",
)  # fmt: skip
LIVE_SIDE = 512  # pixels on the longer side: what a browser without a GPU can convolve while a finger moves
LARGEST_KERNEL, LARGEST_STEP = 15, 8
SEEDS = 10  # of the random kernels to begin with

PADDINGS = ("valid", "zero", "reflect", "replicate")
DISPLAYS = ("signed", "diverging", "absolute", "clipped")
COLOURS = ("colour", "grey", "filter")

Padding = Literal["valid", "zero", "reflect", "replicate"]
Display = Literal["signed", "diverging", "absolute", "clipped"]
Colour = Literal["colour", "grey", "filter"]
Engine = Literal["fastest", "processor", "graphics"]
Grid = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Preset:
    """The kernel that was begun with, and what its sliders say; those not named stand where they start."""

    name: str
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """What the visitor has set: result = scale · (sum of products) + bias, computed on values in [0, 1].

    kernel: 1×1 to 15×15 weights; stride, dilation: 1 to 8; pin: (row, column) of the result, or None.
    colour: "colour" convolves R, G and B each on its own; "grey" first takes 0.299 R + 0.587 G + 0.114 B
    (ITU-R BT.601); "filter" sums over the colours: `kernel` is then the grid for red, `rest` those for green and
    blue. display: "signed" has 0 at mid-grey, ±max|value| at white and black; "diverging" goes from blue to amber
    instead (one channel only); "absolute" is |value| from 0 to its maximum; "clipped" cuts off below 0 and above 1.
    """

    kernel: Grid = ((0.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 0.0))
    padding: Padding = "reflect"
    stride: int = 1
    dilation: int = 1
    flip: bool = False
    display: Display = "clipped"
    colour: Colour = "colour"
    scale: float = 1.0
    bias: float = 0.0
    pin: tuple[int, int] | None = None
    rest: tuple[Grid, Grid] | None = None  #: None unless colour is "filter"
    preset: Preset | None = field(default=None, compare=False)  #: None once a weight was changed by hand

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The one grid, or those for red, green and blue."""
        return (self.kernel, *(self.rest or ()))

    @property
    def weights(self) -> NDArray[np.float64]:
        """(k1, k2), or (k1, k2, 3) of a filter over the colours."""
        return np.stack(self.grids, -1) if self.rest else np.array(self.kernel)


def convolver(
    picture: Image | NDArray[Any], settings: Settings, *, key: str, revision: int = 0, engine: Engine = "fastest",
    presets: Sequence[Mapping[str, Any]] = (),
) -> Settings:  # fmt: skip
    """Show picture, kernel, arithmetic and result; return the choices once the hand has rested for 250 ms.

    picture: an Image (shown at 512 px on the longer side at most), or a plain 2-D array of numbers (written
    out up to 12×12). `settings` rules whenever it differs from the last one given (a preset) or `revision`
    does (the same preset again); in between the visitor's changes stand. What came back may be given again.
    `presets` are offered to begin with: see `presets.offered`.
    `engine` says who computes: the "processor" (WebAssembly), WebGL2 ("graphics"), or whichever measures faster.
    """
    sent = asdict(settings)
    base = hashlib.sha1(json.dumps([sent, revision]).encode()).hexdigest()[:12]
    shape, kind, raw = _raw_pixels(picture)
    digest = hashlib.sha1(raw).hexdigest()[:12]
    header = {"shape": shape, "kind": kind, "digest": digest, "name": getattr(picture, "name", ""), "engine": engine}
    header |= {"presets": list(presets)}
    colours = render.diverging_colours().tobytes().hex()
    data = pack(header | {"settings": sent, "base": base, "revision": revision, "diverging": colours}, raw)
    result = _component()(data=data, key=key, on_settled_change=lambda: None)
    return _settled(result.settled, base) or settings


def live_pixels(image: Image) -> NDArray[np.uint8]:
    """The pixels the component convolves: (h, w, 3) uint8, at most 512 on the longer side."""
    return _live_pixels(image)


@lru_cache(maxsize=16)
def _live_pixels(image: Image) -> NDArray[np.uint8]:
    height, width = image.pixels.shape[:2]
    factor = LIVE_SIDE / max(height, width)
    if factor >= 1:
        return image.uint8
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA)
    return np.rint(np.clip(small, 0, 1) * 255).astype(np.uint8)


def _raw_pixels(picture: Image | NDArray[Any]) -> tuple[tuple[int, ...], str, bytes]:
    if isinstance(picture, np.ndarray):
        return picture.shape, "numbers", picture.astype("<f4").tobytes()
    pixels = live_pixels(picture)
    return pixels.shape, "colours", pixels.tobytes()


def pack(header: Mapping[str, Any], raw: bytes) -> bytes:
    """Length (uint32), JSON header, raw pixels in one byte string: inside a dict bytes would become text."""
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 4)  # the pixels begin at a multiple of 4: Float32Array wants that
    return len(text).to_bytes(4, "little") + text + raw


def bundle(folder: Path = FOLDER) -> str:
    """The ES modules as one script: an inline module cannot import its neighbours, nor bytes."""
    normals = np.stack([LARGEST_KERNEL * random(LARGEST_KERNEL, seed) for seed in range(SEEDS)])
    given = {"BINARY": (folder / "sums.wasm").read_bytes(), "NORMALS": normals.astype("<f4").tobytes()}
    constants = "".join(f'const {name} = "{base64.b64encode(raw).decode()}";\n' for name, raw in given.items())
    sources = [(folder / f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    joined = "\n".join(re.sub(r"^import .*\n", "", source, flags=re.M) for source in sources)
    return constants + re.sub(r"^export (?!default)", "", joined, flags=re.M)


@lru_cache(maxsize=1)
def _component() -> Any:
    html, css = ((FOLDER / f"convolver.{kind}").read_text("utf-8") for kind in ("html", "css"))
    return st.components.v2.component("convolver", html=html, css=SLIDER + css, js=bundle())


def _settled(state: Any, base: str) -> Settings | None:
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


def read_settings(state: Mapping[str, Any]) -> Settings:
    """Settings from plain JSON (the browser's, a link's).

    Raises ValueError, KeyError or TypeError on anything that is not allowed.
    """
    known = {one.name: state[one.name] for one in fields(Settings)}
    known["kernel"] = _read_kernel(known["kernel"])
    known["rest"] = _read_rest(known["rest"], known["kernel"]) if known["colour"] == "filter" else None
    known["preset"] = _read_preset(known["preset"])
    known["scale"], known["bias"] = _finite(known["scale"]), _finite(known["bias"])
    known["flip"] = bool(known["flip"])
    for name in ("stride", "dilation"):
        known[name] = _whole(known[name], 1, LARGEST_STEP)
    for name, allowed in (("padding", PADDINGS), ("display", DISPLAYS), ("colour", COLOURS)):
        if known[name] not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {known[name]!r}.")
    if known["pin"] is not None:
        row, column = known["pin"]
        known["pin"] = _whole(row, 0, 2**16), _whole(column, 0, 2**16)
    return Settings(**known)


def _read_kernel(rows: Any) -> Grid:
    kernel = tuple(tuple(_finite(value) for value in row) for row in rows)
    widths = {len(row) for row in kernel}
    if not 1 <= len(kernel) <= LARGEST_KERNEL or len(widths) != 1 or not 1 <= widths.pop() <= LARGEST_KERNEL:
        raise ValueError(f"A kernel has 1 to {LARGEST_KERNEL} rows of equally many weights, at most {LARGEST_KERNEL}.")
    return kernel


def _read_rest(grids: Any, first: Grid) -> tuple[Grid, Grid]:
    green, blue = (_read_kernel(grid) for grid in grids)
    if not np.shape(green) == np.shape(blue) == np.shape(first):
        raise ValueError("The grids for red, green and blue must have the same rows and columns.")
    return green, blue


def _read_preset(state: Any) -> Preset | None:
    if state is None:
        return None
    return Preset(str(state["name"])[:40], {str(name): _finite(value) for name, value in state["parameters"].items()})


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"Weights, scale and bias must be finite numbers, not {value!r}.")
    return number


def _whole(value: Any, lowest: int, highest: int) -> int:
    number = int(value)
    if number != value or not lowest <= number <= highest:
        raise ValueError(f"Got {value!r}, but a whole number from {lowest} to {highest} is needed.")
    return number
