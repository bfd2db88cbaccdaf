"""A picture, whatever a visitor brings it as: its pixels, its name, and how several are opened at once."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageCms
import PIL.PngImagePlugin
import pytest

from explorer.cache import size_of
from explorer.pictures import decoding, formats
from explorer.pictures.images import Image, ImageError, from_array, open_image
from tests.support.picture_files import (
    NOISE,
    SMOOTH,
    Upload,
    encoded,
    error_of,
)

RNG = np.random.default_rng(0)
pytestmark = pytest.mark.filterwarnings("error")


def test_digest_is_that_of_shape_and_pixels_whatever_the_name():
    one, other = from_array(NOISE, "a.png"), from_array(NOISE / np.float32(255), "b.png")
    expected = hashlib.sha256(repr(NOISE.shape).encode() + (NOISE / np.float32(255)).tobytes()).hexdigest()
    assert one == other
    assert hash(one) == hash(other)
    assert one.digest == other.digest == expected
    changed = NOISE.copy()
    changed[5, 8, 2] ^= 1
    assert from_array(changed) != one
    assert from_array(NOISE.transpose(1, 0, 2)) != one
    assert from_array(np.full((1, 2), 0.5)) != from_array(np.full((2, 1), 0.5))  # the same bytes in another shape


def test_negative_zero_is_zero():
    assert from_array(np.full((2, 2), -0.0)).digest == from_array(np.zeros((2, 2))).digest


def test_pixels_are_a_private_read_only_copy():
    source = np.full((2, 3, 3), 0.25, np.float32)
    image = from_array(source)
    source[:] = 1
    assert image.pixels.max() == 0.25
    assert image.pixels.dtype == np.float32
    assert image.pixels.flags.c_contiguous
    assert (image.height, image.width) == (2, 3)
    with pytest.raises(ValueError, match="read-only"):
        image.pixels[0, 0, 0] = 1
    with pytest.raises(FrozenInstanceError):
        image.name = "other"  # type: ignore[misc]


def test_a_picture_of_8_bits_takes_8_bits_and_a_finer_one_its_floats():
    every = np.arange(256, dtype=np.uint8).reshape(16, 16)
    floats = from_array(every).pixels
    assert from_array(every).memory_bytes == 16 * 16 * 3
    assert np.array_equal(floats, np.repeat(every[..., None], 3, 2) / np.float32(255))
    finer = floats.copy()
    finer[3, 3, 0] = np.nextafter(finer[3, 3, 0], np.float32(1))
    assert from_array(finer).memory_bytes == finer.nbytes
    assert np.array_equal(from_array(finer).pixels, finer)
    assert np.array_equal(from_array(finer).uint8, from_array(every).uint8)
    assert size_of(from_array(every)) == 16 * 16 * 3


def test_uint8_and_png_keep_every_value():
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    image = from_array(ramp)
    np.testing.assert_array_equal(image.uint8, np.dstack([ramp] * 3))
    assert image.uint8.dtype == np.uint8
    assert open_image(from_array(NOISE).png()) == from_array(NOISE)
    np.testing.assert_array_equal(np.asarray(PIL.Image.open(io.BytesIO(from_array(NOISE).png()))), NOISE)


@pytest.mark.parametrize("channels", [(), (1,), (3,), (4,)], ids=str)
@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float64])
def test_from_array_takes_grey_rgb_and_alpha_over_white(channels, dtype):
    values = RNG.integers(0, 256, (4, 5, *channels)).astype(np.uint8)
    array = values if dtype == np.uint8 else (values / 255).astype(dtype)
    expected = values / 255
    if channels == (4,):
        expected = 1 - (1 - expected[..., :3]) * expected[..., 3:]
    elif channels != (3,):
        expected = np.dstack([expected] * 3)
    np.testing.assert_allclose(from_array(array).pixels, expected, atol=1e-3 if dtype == np.float16 else 1e-6)


@pytest.mark.parametrize(
    ("array", "word"),
    [
        (np.zeros((3, 8, 8)), "shape"),
        (np.zeros((8, 8, 2)), "shape"),
        (np.zeros(8), "shape"),
        (np.zeros((1, 8, 8, 3)), "shape"),
        (np.zeros((0, 8, 3)), "no pixels"),
        (np.full((2, 2), 1.5), "1.5"),
        (np.full((2, 2), -0.1), "-0.1"),
        (np.full((2, 2), np.nan), "nan"),
        (np.full((2, 2), np.inf), "inf"),
        (np.zeros((2, 2), np.int64), "int64"),
        (np.array([["a"]]), "no picture"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.shape),
)
def test_from_array_says_what_is_wrong(array, word):
    with pytest.raises(ImageError, match=word):
        from_array(array)


def test_every_source_gives_the_same_picture(tmp_path):
    path = tmp_path / "holiday.png"
    path.write_bytes(encoded(NOISE, "PNG"))
    upload = Upload(path.read_bytes())
    upload.seek(7)
    data = path.read_bytes()
    with path.open("rb") as file, PIL.Image.open(path) as lazy:
        named = [open_image(source) for source in (path, str(path), file, upload, lazy)]
        nameless = [open_image(source) for source in (data, bytearray(data), memoryview(data), NOISE)]
    assert {*named, *nameless, open_image(PIL.Image.fromarray(NOISE))} == {from_array(NOISE)}
    assert {image.name for image in named} == {"holiday.png"}
    assert {image.name for image in nameless} == {"picture"}
    assert open_image(path, name="mine").name == "mine"


def test_a_pil_image_is_not_changed():
    picture = PIL.Image.fromarray(np.tile(SMOOTH, (4, 4, 1)))
    before = picture.tobytes()
    open_image(picture, max_side=16)
    assert (picture.size, picture.tobytes()) == ((160, 120), before)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<script>alert('x')</script>.png", "script>.png"),
        ("**bold** `code` [link](x).png", "**bold** `code` [link](x).png"),
        ("two\nlines\t\x1b[31m\u202egnp.png", "twolines[31mgnp.png"),
        ("C:\\pictures\\cat.png", "cat.png"),
        ("x" * 80 + ".png", "x" * 59 + "…"),
        ("Blüte 花.png", "Blüte 花.png"),
        ("\n", "picture"),
    ],
)
def test_names_are_plain_short_basenames(name, shown):
    assert open_image(encoded(NOISE, "PNG"), name=name).name == shown
    upload = Upload(b"nothing of use")
    upload.name = name
    assert error_of(upload).startswith("This picture" if shown == "picture" else f"“{shown}”")


def test_large_pictures_are_decoded_one_at_a_time_and_no_small_one_waits_for_them(monkeypatch):
    large, small = encoded(np.zeros((3000, 3000), np.uint8), "PNG"), encoded(NOISE, "PNG")
    begun, may_end, running, most = threading.Event(), threading.Event(), [], []
    whole = decoding._upright

    def slow(image, *rest):
        if image.width < 3000:
            return whole(image, *rest)
        running.append(1)
        most.append(len(running))
        begun.set()
        assert may_end.wait(60)
        running.pop()
        return whole(image, *rest)

    monkeypatch.setattr(decoding, "_upright", slow)
    monkeypatch.setattr(decoding, "_SMALL", 2**20)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(open_image, large, max_side=64) for _ in range(3)]
        assert begun.wait(60)
        assert pool.submit(open_image, small).result(60) == from_array(NOISE)
        assert not any(one.done() for one in waiting)
        may_end.set()
        assert len({one.result(60) for one in waiting}) == 1
    assert most == [1, 1, 1]


def test_the_filters_of_warnings_outlast_pictures_that_overlap(monkeypatch):
    both_inside = threading.Barrier(8, timeout=60)

    def meeting(file: bytes, label: str) -> str:
        both_inside.wait()
        warnings.warn("of a decoder", stacklevel=1)
        return formats.kind_of(file, label)

    monkeypatch.setattr(decoding, "kind_of", meeting)
    filters = list(warnings.filters)
    levels = [np.full((4, 4, 3), level, np.uint8) for level in range(8)]
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(open_image, [encoded(picture, "PNG") for picture in levels]))
    assert opened == [from_array(picture) for picture in levels]
    assert warnings.filters == filters


def test_opening_a_picture_imports_no_heavy_library():
    code = (
        "import sys, numpy as np, explorer.pictures.images, explorer.pictures.samples\n"
        "explorer.pictures.samples.sample('flower')\n"
        "print(*sorted({'torch', 'sklearn', 'skimage', 'streamlit', 'scipy'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[1]
    result = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""
    assert result.stderr == ""


def test_image_is_what_the_contract_says():
    assert issubclass(ImageError, ValueError)
    assert isinstance(open_image(NOISE), Image)
