"""A picture is encoded once, and never taken for another."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from explorer import render
from pages.parts.widgets import encoding

PICTURE = np.random.default_rng(0).integers(0, 256, (24, 36, 3), np.uint8)


def test_what_is_shown_again_is_encoded_once(monkeypatch: pytest.MonkeyPatch):
    made: list[np.ndarray] = []
    encode = render.png
    monkeypatch.setattr(render, "png", lambda pixels: made.append(pixels) or encode(pixels))
    first, again = encoding.png(PICTURE), encoding.png(PICTURE.copy())
    assert first == again == encode(PICTURE)
    assert len(made) == 1


@pytest.mark.parametrize("other", [PICTURE ^ (np.arange(PICTURE.size) == 700).reshape(PICTURE.shape),
                                   PICTURE.reshape(36, 24, 3), PICTURE.swapaxes(0, 1)])  # fmt: skip
def test_another_picture_is_another_file(other):
    assert encoding.png(PICTURE) != encoding.png(other)
    decoded = cv2.imdecode(np.frombuffer(encoding.png(other), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    np.testing.assert_array_equal(decoded, other)
