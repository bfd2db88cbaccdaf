"""Pictures one after another as one file."""

from __future__ import annotations

import io
from collections.abc import Sequence

import PIL.Image

from explorer.render import Picture


def gif(frames: Sequence[Picture], *, seconds: float = 4.0, hold: float = 1.5) -> bytes:
    """An endless GIF of 8-bit pictures (H, W, 3), N ≥ 1, that takes `seconds` and then rests for `hold` on the last.

    A GIF knows hundredths of a second and 256 colours; no frame is shorter than 0.02 s, which browsers slow down.
    """
    each = max(20, 10 * round(100 * seconds / len(frames)))
    durations = [each] * (len(frames) - 1) + [each + round(1000 * hold)]
    first, *rest = (PIL.Image.fromarray(frame) for frame in frames)
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=rest, duration=durations, loop=0, disposal=1)
    return file.getvalue()
