"""Every kind of picture a visitor may bring, and every kind of file that is none."""

from __future__ import annotations

import hashlib
import io
import struct
import subprocess
import sys
import threading
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image
import PIL.ImageCms
import PIL.PngImagePlugin
import pytest

from explorer.cache import size_of
from explorer.pictures import decoding, formats
from explorer.pictures.crops import INTERPOLATIONS, crop_of, resize_crop
from explorer.pictures.images import Image, ImageError, from_array, open_image

RNG = np.random.default_rng(0)
NOISE = RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8)
ROWS, COLUMNS = np.indices((30, 40))
SMOOTH = np.dstack([COLUMNS * 5, ROWS * 7, np.full((30, 40), 99)]).astype(np.uint8)


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def encoded(picture: PIL.Image.Image | np.ndarray, kind: str, **options: Any) -> bytes:
    if isinstance(picture, np.ndarray):
        picture = PIL.Image.fromarray(picture)
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def by_opencv(extension: str, rgb: np.ndarray) -> bytes:
    order = {2: slice(None), 3: [2, 1, 0], 4: [2, 1, 0, 3]}
    channels = rgb.shape[2] if rgb.ndim == 3 else 2
    return cv2.imencode(extension, rgb if rgb.ndim == 2 else rgb[..., order[channels]])[1].tobytes()


def error_of(source: Any, **options: Any) -> str:
    with pytest.raises(ImageError) as caught:
        open_image(source, **options)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


# --- Image and from_array


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


# --- ways to hand a picture over


class Upload(io.BytesIO):
    """As Streamlit's UploadedFile: bytes with a name."""

    name = "holiday.png"


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


# --- formats


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


@pytest.mark.parametrize(
    "ink", [(0, 0, 0, 0), (255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 255), (0, 99, 9, 60)]
)
@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_colours(kind, ink):
    picture = PIL.Image.new("CMYK", (16, 16), ink)
    file = encoded(picture, kind)
    if kind == "JPEG":
        assert b"Adobe" in file  # so the file holds inverted values
    cyan_magenta_yellow, black = np.array(ink[:3]) / 255, ink[3] / 255
    expected = (1 - cyan_magenta_yellow) * (1 - black)
    np.testing.assert_allclose(open_image(file).pixels[8, 8], expected, atol=0.02)


def test_ycck_jpeg():
    """A CMYK file whose Adobe marker is changed to transform 2: its first three channels then mean YCbCr."""
    file = bytearray(encoded(PIL.Image.new("CMYK", (16, 16), (100, 127, 127, 55)), "JPEG"))
    file[file.index(b"Adobe") + 11] = 2
    # Stored inverted: Y = 155, Cb = Cr = 128, K = 200, so R = G = B = 155: inks of 155 and black of 55.
    expected = (1 - 155 / 255) * (1 - 55 / 255)
    np.testing.assert_allclose(open_image(bytes(file)).pixels[8, 8], [expected] * 3, atol=0.03)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_alpha_is_put_over_white(kind):
    rgba = np.zeros((2, 4, 4), np.uint8)
    rgba[..., 0] = 200
    rgba[..., 3] = [0, 51, 128, 255]
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    alpha = rgba[..., 3:] / 255
    expected = rgba[..., :3] / 255 * alpha + 1 - alpha
    np.testing.assert_allclose(open_image(encoded(rgba, kind, **options)).pixels, expected, atol=1e-6)


def test_transparent_pixels_do_not_bleed_when_a_picture_is_reduced():
    rgba = np.zeros((400, 400, 4), np.uint8)  # transparent black …
    rgba[:, 200:] = (255, 0, 0, 255)  # … beside opaque red: nothing between them is darker than both on white
    for max_side in (100, 20):
        pixels = open_image(encoded(rgba, "PNG"), max_side=max_side).pixels
        np.testing.assert_allclose(pixels[..., 0], 1, atol=0.01)
        np.testing.assert_allclose(pixels[0, [0, -1]], [[1, 1, 1], [1, 0, 0]], atol=0.01)


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_deep_alpha_is_put_over_white_before_reduction(dtype):
    rgba = np.zeros((40, 40, 4), dtype)
    rgba[:, 20:] = np.array([1, 0, 0, 1]) * (65535 if dtype == np.uint16 else 1)
    extension = ".png" if dtype == np.uint16 else ".tif"
    pixels = open_image(by_opencv(extension, rgba), max_side=5).pixels
    np.testing.assert_allclose(pixels[..., 0], 1, atol=1e-4)
    np.testing.assert_allclose(pixels[0, 2], [1, 0.5, 0.5], atol=1e-4)


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


def plain_tiff(order: str, values: np.ndarray, *, width: int | None = None, white_is_zero: bool = False) -> bytes:
    """A TIFF of 16-bit grey written by hand: neither Pillow nor OpenCV writes these kinds."""
    height = len(values)
    fields = {256: width or values.shape[1], 257: height, 258: 16, 259: 1, 262: 0 if white_is_zero else 1}
    fields |= {273: 8 + 2 + 12 * 8 + 4, 278: height, 279: values.nbytes}
    start = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HIH", 42, 8, len(fields))
    directory = b"".join(struct.pack(order + "HHII", tag, 4, 1, value) for tag, value in fields.items())
    return start + directory + bytes(4) + values.astype(order + "u2").tobytes()


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


def test_palettes():
    colours = np.array([[250, 10, 20], [0, 200, 30], [1, 2, 3]], np.uint8)
    paletted = PIL.Image.frombytes("P", (3, 1), bytes([0, 1, 2]))
    paletted.putpalette(colours.tobytes())
    for kind in ("PNG", "GIF", "BMP", "TIFF"):
        np.testing.assert_array_equal(open_image(encoded(paletted, kind)).uint8[0], colours)
    for transparency, white in ((1, [1]), (bytes([0, 255, 0]), [0, 2])):
        expected = colours.copy()
        expected[white] = 255
        np.testing.assert_array_equal(
            open_image(encoded(paletted, "PNG", transparency=transparency)).uint8[0], expected
        )


def test_one_bit_grey_and_grey_with_alpha():
    checks = np.indices((4, 6)).sum(0) % 2
    for kind in ("PNG", "TIFF", "BMP"):
        opened = open_image(encoded(PIL.Image.fromarray(checks.astype(bool)), kind))
        np.testing.assert_array_equal(opened.pixels[..., 2], checks)
    grey = np.dstack([np.full((2, 2), 100), [[0, 255], [51, 255]]]).astype(np.uint8)
    expected = [[1, 100 / 255], [1 - 0.2 * 155 / 255, 100 / 255]]
    np.testing.assert_allclose(open_image(encoded(grey, "PNG")).pixels[..., 0], expected, atol=1e-6)
    keyed = encoded(PIL.Image.fromarray(np.array([[7, 8]], np.uint8)), "PNG", transparency=7)
    np.testing.assert_array_equal(open_image(keyed).uint8[0, :, 0], [255, 8])


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG"])
def test_first_frame_or_page(kind):
    frames = [PIL.Image.new("RGB", (5, 4), colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    options = {"lossless": True} if kind == "WEBP" else {}
    opened = open_image(encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options))
    np.testing.assert_array_equal(opened.uint8, np.full((4, 5, 3), (255, 0, 0)))


def profiles() -> tuple[bytes, bytes]:
    """sRGB, and a foreign profile: red and green exchanged, so that a conversion shows."""
    srgb = PIL.ImageCms.ImageCmsProfile(PIL.ImageCms.createProfile("sRGB")).tobytes()
    swapped = bytearray(srgb)
    red, green = swapped.index(b"rXYZ"), swapped.index(b"gXYZ")
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    return srgb, bytes(swapped).replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_colour_profiles_are_converted_and_broken_ones_skipped(kind):
    srgb, foreign = profiles()
    options = {"lossless": True} if kind == "WEBP" else {}
    picture = PIL.Image.new("RGB", (4, 4), (200, 30, 40))
    converted = open_image(encoded(picture, kind, icc_profile=foreign, **options)).uint8
    np.testing.assert_allclose(converted[0, 0].astype(int), [30, 200, 40], atol=3)
    for harmless in (srgb, b"broken", foreign[:200]):
        unchanged = open_image(encoded(picture, kind, icc_profile=harmless, **options)).uint8
        np.testing.assert_array_equal(unchanged[0, 0], [200, 30, 40])


def test_a_profile_for_other_channels_is_skipped():
    grey = PIL.Image.new("L", (4, 4), 77)
    assert open_image(encoded(grey, "PNG", icc_profile=profiles()[1])).uint8[0, 0, 0] == 77


def test_a_deep_picture_keeps_its_depth_in_srgb_and_its_colours_in_another_space():
    deep = np.full((2, 2, 3), (51_501, 7_701, 10_301), np.uint16)
    file = by_opencv(".png", deep)
    srgb, foreign = (
        file[:33] + chunk(b"iCCP", b"p\0\0" + zlib.compress(profile)) + file[33:] for profile in profiles()
    )
    np.testing.assert_allclose(open_image(srgb).pixels, deep / 65535, atol=2e-7)
    np.testing.assert_allclose(open_image(foreign).pixels[0, 0], [0.1175, 0.7858, 0.157], atol=0.012)


# --- sizes


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((1, 1), (1, 1)),
        ((1, 12000), (1, 64)),
        ((12000, 1), (64, 1)),
        ((64, 64), (64, 64)),
        ((300, 100), (64, 21)),
        ((65, 2), (64, 2)),
    ],
)
@pytest.mark.parametrize("mode", ["RGB", "P", "RGBA", "1", "I;16"])
def test_larger_side_is_reduced(shape, expected, mode):
    picture = PIL.Image.new(mode, (shape[1], shape[0]))
    opened = open_image(encoded(picture, "PNG"), max_side=64)
    assert (opened.height, opened.width) == expected


@pytest.mark.parametrize("factor", [2, 5, 20])
@pytest.mark.parametrize("source", ["PNG", "JPEG", "deep", "array"])
def test_reduction_is_antialiased(factor, source):
    checks = (np.indices((64 * factor, 48 * factor)).sum(0) % 2 * 255).astype(np.uint8)
    files = {
        "PNG": lambda: encoded(checks, "PNG"),
        "JPEG": lambda: encoded(checks, "JPEG", quality=100),
        "deep": lambda: by_opencv(".png", checks.astype(np.uint16) * 257),
        "array": lambda: checks,
    }
    pixels = open_image(files[source](), max_side=64).pixels
    assert pixels.shape == (64, 48, 3)
    np.testing.assert_allclose(pixels, 0.5, atol=0.13 if factor == 5 else 0.02)  # 5 × 5 checks are uneven


@pytest.mark.parametrize("mode", ["RGB", "P", "CMYK"])
def test_reduction_strip_by_strip_matches_reduction_at_once(mode):
    ramp = np.dstack(
        [
            np.tile(np.linspace(0, 255, 1003), (1501, 1)),
            np.tile(np.linspace(255, 0, 1501)[:, None], (1, 1003)),
        ]
    )
    picture = PIL.Image.fromarray(np.dstack([ramp, np.full((1501, 1003), 60)]).astype(np.uint8)).convert(mode)
    expected = picture.convert("RGB").resize((67, 100), PIL.Image.Resampling.BICUBIC)
    opened = open_image(encoded(picture, "TIFF"), max_side=100)
    np.testing.assert_allclose(opened.pixels, np.asarray(expected) / 255, atol=3 / 255)


def test_a_108_megapixel_jpeg_opens():
    tile = np.full((9000, 12000), 90, np.uint8)
    tile[:4500, :6000] = 200
    opened = open_image(cv2.imencode(".jpg", tile)[1].tobytes())
    assert (opened.height, opened.width) == (768, 1024)
    np.testing.assert_allclose(
        opened.pixels[[100, 100, 700], [100, 900, 100], 0], np.array([200, 90, 90]) / 255, atol=0.01
    )


def test_pixel_limit_does_not_depend_on_pillows(monkeypatch):
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", 10)
    assert open_image(encoded(NOISE, "PNG")) == from_array(NOISE)
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", None)
    assert "million" in error_of(png_header(100_000, 100_000))
    assert PIL.Image.MAX_IMAGE_PIXELS is None


@pytest.mark.parametrize(("width", "height"), [(100_000, 100_000), (12_000, 10_001), (2**31 - 1, 2**31 - 1)])
def test_bombs_are_refused_from_the_header(width, height):
    assert f"{width:,} by {height:,} pixels" in error_of(png_header(width, height))


def test_bombs_of_other_formats():
    bmp = bytearray(encoded(NOISE, "BMP"))
    bmp[18:26] = struct.pack("<ii", 50_000, 50_000)
    gif = bytearray(encoded(NOISE, "GIF"))
    gif[6:10] = struct.pack("<HH", 60_000, 60_000)
    tiff = plain_tiff("<", np.zeros((4, 4), np.uint16), width=10**8)
    deep_tiff = plain_tiff("<", np.zeros((4, 4), np.uint16), width=10**8)
    deep_tiff = deep_tiff.replace(struct.pack("<HHII", 262, 4, 1, 1), struct.pack("<HHII", 262, 4, 1, 2))
    jpeg = bytearray(encoded(NOISE, "JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    for file in (bmp, gif, tiff, deep_tiff, jpeg):
        assert "million" in error_of(bytes(file))


@pytest.mark.parametrize("max_side", [0, -5])
def test_max_side_must_be_positive(max_side):
    assert str(max_side) in error_of(NOISE, max_side=max_side)


# --- what cannot be shown


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"just some words", "is not a picture"),
        (bytes(500), "is not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG drawing; export it as PNG or JPEG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x -->\n<svg width='9'></svg>", "SVG drawing"),
        ("<?xml version='1.0'?><svg></svg>".encode("utf-16"), "SVG drawing"),
        (
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(90),
            "HEIC photo, which this app cannot decode; export it as JPEG",
        ),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(90), "HEIC photo"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1" + bytes(90), "video"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<!DOCTYPE html><html><body>no</body></html>", "web page"),
        (b"8BPS\0\1" + bytes(60), "Photoshop"),
        (b"\xff\x0a" + bytes(60), "JPEG XL"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        (b"PK\3\4" + bytes(60), "archive"),
    ],
)
def test_each_kind_of_file_that_is_no_picture_has_its_sentence(content, words, tmp_path):
    assert words in error_of(content)
    path = tmp_path / "photo.jpg"  # the content counts, not the name
    path.write_bytes(content)
    assert error_of(path).startswith("“photo.jpg” ")


def test_avif_under_the_general_brand_is_no_heic():
    if "AVIF" not in PIL.Image.SAVE:
        pytest.skip("this Pillow cannot write the format")
    file = encoded(SMOOTH, "AVIF", quality=95).replace(b"ftypavif", b"ftypmif1", 1)
    assert b"avif" in file[12:64]
    np.testing.assert_allclose(open_image(file).pixels, SMOOTH / 255, atol=0.05)


def test_avif_without_a_decoder(monkeypatch):
    monkeypatch.setitem(PIL.Image.OPEN, "AVIF", (lambda *_: None, lambda _: "AVIF support is not installed"))
    assert "AVIF picture" in error_of(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(60))


def test_paths_that_cannot_be_read(tmp_path):
    assert "folder" in error_of(tmp_path)
    assert "not found" in error_of(tmp_path / "missing.png")
    assert "not found" in error_of("/dev/null")
    assert "“missing.png”" in error_of(str(tmp_path / "missing.png"))
    error_of("nul\0byte.png")
    error_of("x" * 5000)


def test_file_objects_and_things_that_are_none(tmp_path):
    closed = Upload(b"")
    closed.close()
    assert "cannot be read" in error_of(closed)
    assert "binary" in error_of(io.StringIO("text"))
    assert "NoneType" in error_of(None)
    assert "int" in error_of(7)


def test_too_many_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.pictures.images.MAX_BYTES", 100)
    path = tmp_path / "long.png"
    path.write_bytes(bytes(101))
    assert "“long.png” is a file of more than" in error_of(path)
    assert "is a file of more than" in error_of(io.BytesIO(bytes(101)))


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
@pytest.mark.parametrize("kind", ["JPEG", "progressive", "PNG", "deep PNG", "GIF", "WEBP", "TIFF", "deep TIFF", "BMP"])
def test_truncated_files_are_never_shown_by_half(kind, share):
    noise = np.random.default_rng(1).integers(0, 256, (90, 70, 3), dtype=np.uint8)
    if kind.startswith("deep"):
        file = by_opencv(f".{kind[5:8].lower()}", noise.astype(np.uint16) * 200)
    elif kind == "progressive":
        file = encoded(noise, "JPEG", progressive=True)
    else:
        file = encoded(noise, kind)
    sentence = error_of(file[: int(len(file) * share)], name="half")
    assert "incomplete" in sentence or "damaged" in sentence or "not a picture" in sentence


def test_a_truncated_jpeg_is_called_incomplete(tmp_path):
    path = tmp_path / "half.jpg"
    path.write_bytes(encoded(np.tile(NOISE, (20, 20, 1)), "JPEG")[:-300])
    assert error_of(path) == "“half.jpg” is incomplete: the JPEG data end too early; download or copy it again."
    with PIL.Image.open(path) as lazy:
        assert "incomplete" in error_of(lazy)


@pytest.mark.parametrize("seed", range(200))
def test_a_corrupted_file_is_a_picture_or_an_image_error(seed):
    rng = np.random.default_rng(seed)
    file = bytearray(_CORRUPTIBLE[seed % len(_CORRUPTIBLE)])
    for position in rng.integers(0, len(file) if seed % 2 else min(len(file), 120), rng.integers(1, 12)):
        file[position] = rng.integers(0, 256)
    if seed % 5 == 0:
        del file[rng.integers(1, len(file)) :]
    try:
        pixels = open_image(bytes(file), max_side=32).pixels
    except ImageError as error:
        assert str(error).endswith(".")  # noqa: PT017 - an error is allowed, not required
    else:
        assert pixels.min() >= 0
        assert pixels.max() <= 1


def _corruptible() -> list[bytes]:
    picture = PIL.Image.fromarray(SMOOTH)
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    files = [encoded(picture, kind, exif=exif) for kind in ("JPEG", "PNG", "WEBP", "TIFF")]
    files += [encoded(picture, kind) for kind in ("GIF", "BMP", "PPM", "JPEG2000")]
    files += [encoded(picture.convert(mode), "PNG") for mode in ("P", "RGBA", "1", "LA")]
    files += [encoded(picture.convert("CMYK"), "JPEG"), encoded(picture, "TIFF", compression="tiff_lzw")]
    files += [encoded(picture, "JPEG", progressive=True)]
    deep = SMOOTH.astype(np.uint16) * 257
    files += [by_opencv(".png", deep), by_opencv(".png", deep[..., 0]), by_opencv(".tif", deep)]
    return [*files, by_opencv(".tif", deep.astype(np.float32))]


_CORRUPTIBLE = _corruptible()


# --- resize_crop


@pytest.mark.parametrize("squash", [False, True])
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("shape", [(300, 451), (451, 300), (225, 224), (256, 256), (100, 80), (97, 331)])
def test_resize_crop_is_resizing_the_whole_then_cropping_the_middle(shape, interpolation, squash):
    noise = np.random.default_rng(2).integers(0, 256, (*shape, 3), dtype=np.uint8)
    height, width = (256 if squash else int(256 * side / min(shape)) for side in shape)
    resized = np.asarray(PIL.Image.fromarray(noise).resize((width, height), INTERPOLATIONS[interpolation]))
    top, left = round((height - 224) / 2), round((width - 224) / 2)
    cropped = resize_crop(from_array(noise, "n"), 224, 256, interpolation=interpolation, squash=squash)
    expected = resized[top : top + 224, left : left + 224]
    np.testing.assert_allclose(cropped.uint8.astype(int), expected.astype(int), atol=1)
    assert cropped.name == "n"


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (2, 3), (37, 53)])
def test_resize_crop_gives_whole_values_at_every_shape_and_is_idempotent(shape):
    cropped = resize_crop(from_array(RNG.random((*shape, 3))), 24, 32)
    assert (cropped.height, cropped.width) == (24, 24)
    np.testing.assert_array_equal(cropped.pixels, cropped.uint8 / np.float32(255))
    assert resize_crop(cropped, 24, 32) is cropped
    assert resize_crop(open_image(cropped.png()), 24, 32) == cropped


def test_resize_crop_rounds_a_deep_picture_of_the_right_size():
    deep = from_array(RNG.random((8, 8, 3)))
    np.testing.assert_array_equal(resize_crop(deep, 8, 8).pixels, deep.uint8 / np.float32(255))


@pytest.mark.parametrize(("size", "resize"), [(0, 8), (9, 8), (-1, -1)])
def test_resize_crop_needs_a_crop_inside(size, resize):
    with pytest.raises(ImageError, match=str(size)):
        resize_crop(from_array(NOISE), size, resize)


def test_an_unknown_interpolation_is_refused_by_name():
    with pytest.raises(ImageError, match="bilinear, bicubic, lanczos, not 'cubic'"):
        resize_crop(from_array(NOISE), 8, 8, interpolation="cubic")


# --- the rules of the house


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


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_reduced_picture_says_what_it_was_reduced_from(kind, orientation):
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    opened = open_image(encoded(np.zeros((400, 5200, 3), np.uint8), kind, exif=exif))
    size = (5200, 400) if orientation == 1 else (400, 5200)
    assert opened.source_size == size
    assert max(opened.width, opened.height) == 1024
    assert (opened.width > opened.height) == (size[0] > size[1])
    assert open_image(encoded(NOISE, "PNG")).source_size is None
    assert open_image(np.zeros((10, 2000)), max_side=500).source_size == (2000, 10)
    assert open_image(PIL.Image.new("RGB", (2000, 10)), max_side=500).source_size == (2000, 10)


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


@pytest.mark.parametrize(("height", "width", "squash"), [(427, 640, False), (500, 300, False), (427, 640, True)])
def test_the_part_kept_is_the_middle_and_its_colours_are_those_of_the_crop(height, width, squash):
    pixels = np.zeros((height, width, 3), np.uint8)
    image = open_image(pixels)
    top, left, bottom, right = crop_of(image, 224, 256, squash=squash)
    assert top + bottom == pytest.approx(height, abs=2)
    assert left + right == pytest.approx(width, abs=2)
    shorter = min(height, width) * 224 / 256
    assert (bottom - top, right - left) == pytest.approx(
        (height * 224 / 256, width * 224 / 256) if squash else (shorter, shorter), abs=1
    )
    pixels[round(top) + 2 : round(bottom) - 2, round(left) + 2 : round(right) - 2] = 255
    kept = resize_crop(open_image(pixels), 224, 256, squash=squash).uint8
    assert (kept[6:-6, 6:-6] == 255).all()
    assert kept[:, 0].max() < 128
