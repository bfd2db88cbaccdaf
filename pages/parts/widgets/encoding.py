"""Pictures as they are sent, each encoded once, however often it is shown and to however many visitors."""

from __future__ import annotations

import hashlib

import numpy as np

from explorer import render
from explorer.cache import memo


def png(pixels: render.Picture) -> bytes:
    """As `render.png`; to know a picture again takes a twentieth of the time that encoding it takes."""
    digest = hashlib.sha1(np.ascontiguousarray(pixels).data).hexdigest()
    return memo(("png", pixels.shape, digest), lambda: render.png(pixels))
