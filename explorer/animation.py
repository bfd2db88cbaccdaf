"""Pictures one after another as one file: GIF, which is shown everywhere, and MP4, which has all colours."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from math import ceil

import cv2
import numpy as np
import PIL.Image

from explorer.render import Picture, enlarge

MOST_BYTES = 3_000_000  #: of a GIF: what mail and slides take
_LEAST_SIDE = 240  # pixels of a film
_FEWEST = 25  # frames, below which a smaller picture is better than fewer of them


def gif(frames: Sequence[Picture], *, seconds: float = 4.0, hold: float = 1.5, most: int = MOST_BYTES) -> bytes:
    """An endless GIF of 8-bit pictures (H, W, 3), N ≥ 1, that takes `seconds` and then rests for `hold` on the last.

    A GIF knows hundredths of a second and 256 colours; no frame is shorter than 0.02 s, which browsers slow down. One
    of more than `most` bytes is made of fewer frames, then of smaller ones; the first and the last are always there.
    """
    if (size := _about(frames)) > most:  # to encode them all only to see that takes long
        frames = _lighter(frames, 0.8 * most / size)
    while len(file := _encoded(frames, seconds, hold)) > most and min(frames[0].shape[:2]) > 16:
        frames = _lighter(frames, 0.9 * most / len(file))
    return file


def mp4(frames: Sequence[Picture], *, seconds: float = 4.0, hold: float = 1.5) -> bytes:
    """A film (H.264) of 8-bit pictures (H, W, 3), N ≥ 1, that takes `seconds` and then rests for `hold` on the last.

    Small ones are enlarged pixel by pixel to 240 pixels or more. H.264 wants even sides: of an odd one the last row
    or column is repeated.
    """
    import av  # brings its libraries along, 100 MB: only who asks for a film waits for them

    rate = Fraction(len(frames) / seconds).limit_denominator(1000)
    drawn = [_even(enlarge(frame, _LEAST_SIDE)) for frame in frames]
    drawn += [drawn[-1]] * ceil(hold * rate)
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "18"})
        stream.height, stream.width = drawn[0].shape[:2]
        for pixels in drawn:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


def _even(pixels: Picture) -> Picture:
    height, width = pixels.shape[:2]
    return np.ascontiguousarray(np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), "edge"))


def _about(frames: Sequence[Picture]) -> float:
    """How many bytes these would take, by some of them."""
    some = [frames[i] for i in sorted({0, len(frames) // 3, 2 * len(frames) // 3, len(frames) - 1})]
    return len(_encoded(some, 1, 0)) * len(frames) / len(some)


def _encoded(frames: Sequence[Picture], seconds: float, hold: float) -> bytes:
    each = max(20, 10 * round(100 * seconds / len(frames)))
    durations = [each] * (len(frames) - 1) + [each + round(1000 * hold)]
    first, *rest = (_in_256_colours(frame) for frame in frames)
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=rest, duration=durations, loop=0, disposal=1)
    return file.getvalue()


def _in_256_colours(frame: Picture) -> PIL.Image.Image:
    """Pillow's own choice of colours errs by 3.9 levels where this errs by 4.5, and takes two hundred times as long."""
    return PIL.Image.fromarray(frame).quantize(256, method=PIL.Image.Quantize.FASTOCTREE)


def _lighter(frames: Sequence[Picture], share: float) -> list[Picture]:
    """About that share of the pixels: of as many frames as remain when some in between go, then of each of them."""
    count = min(len(frames), max(_FEWEST, int(share * len(frames))))
    kept = [frames[i] for i in np.linspace(0, len(frames) - 1, count).round().astype(int)]
    factor = min(1.0, share * len(frames) / count) ** 0.5
    if factor == 1:
        return kept
    height, width = (max(1, int(factor * side)) for side in frames[0].shape[:2])
    return [np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)) for frame in kept]
