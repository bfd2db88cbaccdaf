"""The size of a picture: how it is reduced, what is too large, and the part that a network sees."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import PIL.Image
import PIL.ImageCms
import PIL.PngImagePlugin
import pytest

from explorer.pictures.crops import INTERPOLATIONS, crop_of, resize_crop
from explorer.pictures.images import ImageError, from_array, open_image
from tests.support.picture_files import (
    NOISE,
    by_opencv,
    encoded,
    error_of,
    plain_tiff,
    png_header,
)

RNG = np.random.default_rng(0)
pytestmark = pytest.mark.filterwarnings("error")


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
