"""What is no picture, or half of one, is refused in one sentence."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import PIL.ImageCms
import PIL.PngImagePlugin
import pytest

from explorer.pictures.images import ImageError, open_image
from tests.support.picture_files import (
    NOISE,
    SMOOTH,
    Upload,
    by_opencv,
    encoded,
    error_of,
)

RNG = np.random.default_rng(0)
pytestmark = pytest.mark.filterwarnings("error")


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
