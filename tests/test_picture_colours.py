"""The colours of a picture: inks, transparency, palettes, profiles."""

from __future__ import annotations

import zlib

import numpy as np
import PIL.Image
import PIL.ImageCms
import PIL.PngImagePlugin
import pytest

from explorer.pictures.images import open_image
from tests.support.picture_files import (
    by_opencv,
    chunk,
    encoded,
)

RNG = np.random.default_rng(0)
pytestmark = pytest.mark.filterwarnings("error")


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
