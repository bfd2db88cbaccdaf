"""A GIF or a film opens with as many frames as were given, and looks like them."""

from __future__ import annotations

import io
from math import ceil

import av
import numpy as np
import PIL.Image
import pytest

from explorer.animation import MOST_BYTES, gif, mp4


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


@pytest.mark.parametrize("count", [1, 60])
def test_a_gif_that_would_be_too_large_has_fewer_frames_then_smaller_ones(count):
    source = np.random.default_rng(0)
    frames = [source.integers(0, 256, (96, 160, 3), dtype=np.uint8) for _ in range(count)]
    file = gif(frames, most=100_000 if count > 1 else 9_000)
    assert len(file) <= (100_000 if count > 1 else 9_000)
    with PIL.Image.open(io.BytesIO(file)) as opened:
        assert opened.n_frames == min(count, 25)
        assert opened.width / opened.height == pytest.approx(160 / 96, rel=0.05)
    assert MOST_BYTES <= 3_000_000
    assert gif(frames[:1]) == gif(frames[:1], most=10**9)  # what is small enough stays as it is


@pytest.mark.parametrize(("count", "shape"), [(1, (16, 24)), (30, (301, 403)), (97, (20, 48))])
def test_a_film_has_every_frame_in_order_and_rests_on_the_last(count, shape):
    ramp = np.linspace(0, 200, count).astype(np.uint8)
    frames = [np.full((*shape, 3), (level, 100, 255 - level), np.uint8) for level in ramp]
    with av.open(io.BytesIO(mp4(frames, seconds=2.0, hold=1.0))) as film:
        assert film.streams.video[0].codec_context.name == "h264"
        seen = [picture.to_ndarray(format="rgb24") for picture in film.decode(video=0)]
        assert film.duration / 1e6 == pytest.approx(4.0 if count == 1 else 3.0, abs=0.1)
    assert len(seen) == count + ceil(count / 2)
    assert min(seen[0].shape[:2]) % 2 == 0
    assert max(seen[0].shape[:2]) >= 240
    for level, picture in zip([*ramp, ramp[-1]], seen, strict=False):
        assert np.abs(picture.mean((0, 1)) - (level, 100, 255 - level)).max() <= 6
