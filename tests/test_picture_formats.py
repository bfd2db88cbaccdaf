"""Every kind of file a picture may be in, and every depth."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import PIL.Image
import PIL.ImageCms
import PIL.PngImagePlugin
import pytest

from explorer.pictures.images import from_array, open_image
from tests.support.picture_files import (
    NOISE,
    SMOOTH,
    by_opencv,
    chunk,
    encoded,
    error_of,
    plain_tiff,
)

RNG = np.random.default_rng(0)
pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("BMP", {}),
        ("PPM", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("WEBP", {"lossless": True}),
        ("JPEG2000", {}),
    ],
)
def test_lossless_formats_keep_every_pixel(kind, options):
    assert open_image(encoded(NOISE, kind, **options)) == from_array(NOISE)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_lossy_formats_come_close(kind, mode):
    if kind not in PIL.Image.SAVE:
        pytest.skip("this Pillow cannot write the format")
    picture = PIL.Image.fromarray(SMOOTH).convert(mode)
    expected = np.asarray(picture.convert("RGB")) / 255
    opened = open_image(encoded(picture, kind, quality=95))
    np.testing.assert_allclose(opened.pixels, expected, atol=0.05)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(kind, orientation):
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    options = {"JPEG": {"quality": 95}, "WEBP": {"lossless": True}}.get(kind, {})
    opened = open_image(encoded(SMOOTH, kind, exif=exif, **options))
    expected = {
        1: SMOOTH,
        2: np.fliplr(SMOOTH),
        3: np.rot90(SMOOTH, 2),
        4: np.flipud(SMOOTH),
        5: np.fliplr(np.rot90(SMOOTH, -1)),
        6: np.rot90(SMOOTH, -1),
        7: np.fliplr(np.rot90(SMOOTH, 1)),
        8: np.rot90(SMOOTH, 1),
    }[orientation]
    np.testing.assert_allclose(opened.pixels, expected / 255, atol=0.04 if kind == "JPEG" else 0)


def test_orientation_of_a_pil_image_and_of_a_16_bit_png():
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    picture = PIL.Image.open(io.BytesIO(encoded(NOISE, "PNG", exif=exif)))
    assert open_image(picture) == from_array(np.rot90(NOISE, -1))
    deep = RNG.integers(0, 65536, (4, 7, 3), dtype=np.uint16)
    file = by_opencv(".png", deep)
    turned = file[:33] + chunk(b"eXIf", exif.tobytes()[6:]) + file[33:]  # after the header
    np.testing.assert_allclose(open_image(turned).pixels, np.rot90(deep, -1) / 65535, atol=1e-7)


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0II*\0garbage", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"x" * 40])
def test_broken_exif_does_not_spoil_the_picture(exif):
    np.testing.assert_allclose(open_image(encoded(SMOOTH, "JPEG", exif=exif)).pixels, SMOOTH / 255, atol=0.05)


def test_broken_exif_of_a_png_does_not_spoil_the_picture():
    text = PIL.PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", "\nexif\n  8\nnot hexadecimal")
    assert open_image(encoded(NOISE, "PNG", pnginfo=text)) == from_array(NOISE)
    assert open_image(encoded(NOISE, "PNG", exif=b"neither II nor MM")) == from_array(NOISE)


@pytest.mark.parametrize("extension", [".png", ".tif"])
@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4)], ids=["grey", "rgb", "rgba"])
def test_16_bits_are_scaled_not_clipped_and_none_is_lost(extension, shape):
    deep = RNG.integers(0, 65536, shape, dtype=np.uint16)
    if shape[-1] == 4:
        deep[..., 3] = 65535
    expected = (np.dstack([deep] * 3) if deep.ndim == 2 else deep[..., :3]) / 65535
    np.testing.assert_allclose(open_image(by_opencv(extension, deep)).pixels, expected, atol=2e-7)


def test_16_bit_grey_with_alpha():
    pairs = np.array([[[65535, 65535], [0, 65535], [0, 0]]], ">u2")
    header = struct.pack(">IIBBBBB", 3, 1, 16, 4, 0, 0, 0)
    rows = zlib.compress(b"\0" + pairs.tobytes())
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    np.testing.assert_allclose(open_image(file).pixels[0, :, 1], [1, 0, 1], atol=1e-6)


def test_byte_orders_and_polarity_of_16_bit_tiff():
    deep = RNG.integers(0, 65536, (3, 4), dtype=np.uint16)
    for order in "<>":
        np.testing.assert_allclose(open_image(plain_tiff(order, deep)).pixels[..., 0], deep / 65535, atol=2e-7)
    inverted = open_image(plain_tiff("<", deep, white_is_zero=True))
    np.testing.assert_allclose(inverted.pixels[..., 0], 1 - deep / 65535, atol=2e-7)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0.25, 1], [0, 0.25, 1]),
        ([0, 51, 255], [0, 0.2, 1]),
        ([-2, 0, 2], [0, 0.5, 1]),
        ([3, 4, 5], [0, 0.5, 1]),
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_float_tiff_is_shown_in_the_range_it_uses(values, expected, channels):
    array = np.repeat(np.array([values], np.float32)[..., None], channels, 2)
    pixels = open_image(by_opencv(".tif", array[..., 0] if channels == 1 else array)).pixels
    np.testing.assert_allclose(pixels[0], np.repeat(np.array(expected)[:, None], 3, 1), atol=1e-6)


def test_float_tiff_with_nan_is_refused():
    assert "not numbers" in error_of(by_opencv(".tif", np.array([[0, np.nan]], np.float32)))


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG"])
def test_first_frame_or_page(kind):
    frames = [PIL.Image.new("RGB", (5, 4), colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    options = {"lossless": True} if kind == "WEBP" else {}
    opened = open_image(encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options))
    np.testing.assert_array_equal(opened.uint8, np.full((4, 5, 3), (255, 0, 0)))
