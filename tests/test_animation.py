"""A GIF opens with as many frames as were given, and looks like them."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from explorer.animation import gif


@pytest.mark.parametrize("count", [1, 2, 97])
def test_a_gif_has_every_frame_in_order(count):
    ramp = np.linspace(0, 200, count).astype(np.uint8)
    frames = [np.full((20, 30, 3), level, np.uint8) for level in ramp]
    with PIL.Image.open(io.BytesIO(gif(frames, seconds=2.0))) as opened:
        assert opened.n_frames == count
        lasted = 0
        for number, level in enumerate(ramp):
            opened.seek(number)
            assert np.abs(np.asarray(opened.convert("RGB")).astype(int) - level).max() <= 4
            lasted += opened.info["duration"]
        assert 3000 <= lasted <= 4000
