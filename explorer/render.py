"""Arrays to 8-bit pictures: colour maps, mosaics, overlays. All maps are safe for colour-blind readers."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]  #: (H, W, 3) RGB, or (H, W, 4) with alpha
Array = NDArray[np.floating[Any]]

MID_GREY = 128
# Blue through mid-grey to amber, brightness rising all the way: it reads in grey, and zero is neither dark nor bright.
_DIVERGING = (
    (14, 30, 95),
    (40, 88, 170),
    (84, 118, 160),
    (128, 128, 128),
    (190, 146, 80),
    (240, 176, 50),
    (255, 235, 150),
)


def to_uint8(values: Array) -> Picture:
    """[0, 1] to 0 … 255, clipped and rounded (never truncated: that would shift every value down)."""
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


def grey(values: Array) -> Picture:
    """Brightness (h, w) in [0, 1] as a picture (h, w, 3)."""
    return np.repeat(to_uint8(values)[..., None], 3, 2)


def signed(values: Array, limit: float | None = None) -> Picture:
    """A map (H, W) of signed values on the diverging colours, or an (H, W, 3) picture: −limit to limit, 0 mid-grey.

    Without a limit it is the largest size in `values`, so that zero stays in the middle.
    """
    limit = limit or largest(values)
    share = np.nan_to_num(values / (2 * limit) + 0.5 if limit else np.full(values.shape, 0.5))
    if values.ndim == 3:
        return to_uint8(share)
    return _coloured(diverging_colours(), share)


def sequential(values: Array, low: float | None = None, high: float | None = None) -> Picture:
    """A map (H, W) from dark blue (`low`) to yellow (`high`): the cividis colours (Nuñez, Anderton & Renslow 2018)."""
    low = float(np.min(values)) if low is None else low
    high = float(np.max(values)) if high is None else high
    share = (values - low) / (high - low) if high > low else np.zeros(values.shape)
    return _coloured(sequential_colours(), share)


def _coloured(colours: Picture, share: Array) -> Picture:
    # four times faster than colours[…]
    return np.take(colours, to_uint8(share), axis=0)


def largest(values: Array) -> float:
    """The largest size of any finite value; 0 for none."""
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size else 0.0


@cache
def diverging_colours() -> Picture:
    """The 256 colours of `signed`; number 128 is mid-grey."""
    at = np.linspace(0, 255, len(_DIVERGING))
    at[len(at) // 2] = MID_GREY
    channels = [np.interp(np.arange(256), at, channel) for channel in zip(*_DIVERGING, strict=True)]
    return np.rint(np.stack(channels, -1)).astype(np.uint8)


@cache
def sequential_colours() -> Picture:
    """The 256 colours of `sequential`."""
    ramp = np.arange(256, dtype=np.uint8)[:, None]
    return np.ascontiguousarray(cv2.applyColorMap(ramp, cv2.COLORMAP_CIVIDIS)[:, 0, ::-1])


def mosaic(tiles: Picture, *, columns: int | None = None, gap: int = 1) -> Picture:
    """Lay tiles (N, h, w, 3) out row by row, `gap` pixels apart, about as wide as high: (H, W, 4), clear between."""
    count, height, width, _ = tiles.shape
    columns = columns or max(1, int(np.ceil(np.sqrt(count * height / width))))
    rows = -(-count // columns)
    sheet = np.zeros((rows * columns, height + gap, width + gap, 4), np.uint8)
    sheet[:count, :height, :width, :3] = tiles
    sheet[:count, :height, :width, 3] = 255
    sheet = sheet.reshape(rows, columns, height + gap, width + gap, 4).swapaxes(1, 2)
    joined = sheet.reshape(rows * (height + gap), columns * (width + gap), 4)
    return joined[: joined.shape[0] - gap, : joined.shape[1] - gap]


def map_tiles(maps: Array, *, shared: bool = False) -> Picture:
    """Feature maps (N, h, w) as coloured tiles (N, h, w, 3).

    Maps with negative values are shown around zero, others from zero up; each on its own scale, or all on one.
    """
    sizes = np.where(np.isfinite(maps), np.abs(maps), 0)
    limits = sizes.max(initial=0) if shared else sizes.max((1, 2), keepdims=True, initial=0)
    limits = np.where(limits > 0, limits, 1)  # of a map of zeros all is zero on any scale
    if maps.size and float(maps.min()) < 0:
        return _coloured(diverging_colours(), np.nan_to_num(maps / (2 * limits) + 0.5))
    return _coloured(sequential_colours(), maps / limits)


def enlarge(picture: Picture, least: int) -> Picture:
    """Repeat pixels a whole number of times until the longer side is at least `least`: no pixel is invented."""
    times = max(1, -(-least // max(picture.shape[:2])))
    return np.asarray(cv2.resize(picture, None, fx=times, fy=times, interpolation=cv2.INTER_NEAREST), np.uint8)


def smooth(picture: Picture, side: int) -> Picture:
    """A photograph enlarged by cubic interpolation until its longer side is `side`; larger ones stay as they are."""
    times = side / max(picture.shape[:2])
    if times <= 1:
        return picture
    height, width = (max(1, round(times * n)) for n in picture.shape[:2])
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def overlay(picture: Picture, heat: Array, dark: float = 0.15, *, most: float | None = None) -> Picture:
    """Light the picture up by a map (h, w) stretched over it: whole where the map is highest, `dark` where lowest.

    With `most` it is whole where the map reaches that, and dark at 0: several maps on one scale.
    """
    height, width = picture.shape[:2]
    stretched = cv2.resize(heat.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    low, high = (float(stretched.min()), float(stretched.max())) if most is None else (0.0, most)
    share = np.clip((stretched - low) / (high - low), 0, 1) if high > low else np.zeros_like(stretched)
    light = (dark + (1 - dark) * share).astype(np.float32)
    return np.asarray(cv2.multiply(picture, cv2.merge([light] * 3), dtype=cv2.CV_8U), np.uint8)


def box(picture: Picture, corners: tuple[int, int, int, int], *, thickness: int = 2) -> Picture:
    """A copy with a frame around (top, left, bottom, right), amber on black so that it shows on any ground."""
    top, left, bottom, right = corners
    framed = picture.copy()
    for extra, colour in ((2, (0, 0, 0)), (0, (255, 190, 40))):
        cv2.rectangle(framed, (left, top), (right - 1, bottom - 1), colour, thickness + extra)
    return framed


def label(picture: Picture, text: str, corner: tuple[int, int]) -> Picture:
    """A copy with a line of text, black on amber, its (top, left) at `corner`, or where it still fits."""
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1)
    top = max(0, min(corner[0], picture.shape[0] - height - 6))
    left = max(0, min(corner[1], picture.shape[1] - width - 6))
    labelled = picture.copy()
    cv2.rectangle(labelled, (left, top), (left + width + 5, top + height + 5), (255, 190, 40), cv2.FILLED)
    place = (left + 3, top + height + 3)
    cv2.putText(labelled, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return labelled


def png(picture: Picture) -> bytes:
    """Encode (H, W, 3) or (H, W, 4) without loss; OpenCV's encoder is about five times faster than Pillow's."""
    return _encoded(picture, ".png")


def webp(picture: Picture) -> bytes:
    """Encode photographs (H, W, 3) or (H, W, 4) in a fraction of PNG's bytes, with a loss hardly seen."""
    return _encoded(picture, ".webp", cv2.IMWRITE_WEBP_QUALITY, 85)


def _encoded(picture: Picture, form: str, *settings: int) -> bytes:
    swap = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    done, data = cv2.imencode(form, cv2.cvtColor(picture, swap), settings)
    assert done
    return data.tobytes()
