"""What a file is, read from its content, and the sentence for what cannot be shown."""

from __future__ import annotations

import re

import PIL.Image

# Formats with an unmistakable signature and no helper program (EPS would start Ghostscript).
# HEIF is there only when a plug-in has registered it.
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "JPEG2000", "PPM", "HEIF")

_OTHER_KINDS: tuple[tuple[bytes, str], ...] = (
    (rb"%PDF", "is a PDF document; export the page as PNG or JPEG"),
    (rb"8BPS", "is a Photoshop document; export it as PNG or JPEG"),
    (
        rb"\xff\x0a|\x00\x00\x00\x0cJXL ",
        "is a JPEG XL picture, which this app cannot decode; export it as JPEG",
    ),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "is a PostScript drawing; export it as PNG or JPEG"),
    (
        rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!",
        "is a compressed archive; unpack it and choose the picture inside",
    ),
    (rb"....ftyp|\x1aE\xdf\xa3|RIFF....AVI ", "is a video; save one frame of it as PNG or JPEG"),
    (rb"\s*<(!doctype html|html)", "is a web page; save the picture itself as PNG or JPEG"),
)


class ImageError(ValueError):
    """A picture that cannot be shown; the message is one plain-text sentence for the visitor."""


def kind_of(file: bytes, label: str) -> str:
    """Pillow's name of the format, read from the content.

    Raises ImageError for what this app cannot decode.
    """
    PIL.Image.init()
    brands = file[8 : int.from_bytes(file[:4]) if file[4:8] == b"ftyp" else 0][:256]
    is_heif = brands[:4] in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx") or (
        brands[:4] in (b"mif1", b"msf1") and b"avif" not in brands
    )
    if is_heif and "HEIF" not in PIL.Image.OPEN:
        raise ImageError(f"{label} is a HEIC photo, which this app cannot decode; export it as JPEG.")
    for name in _FORMATS:
        accept = PIL.Image.OPEN[name][1] if name in PIL.Image.OPEN else None
        if accept is not None and accept(file[:16]) is True:
            return name
    raise ImageError(f"{label} {_what_else(file, brands)}.")


def _what_else(file: bytes, brands: bytes) -> str:
    if b"avif" in brands or b"avis" in brands:
        return "is an AVIF picture, which this app cannot decode; export it as JPEG"
    start = file[:4096].replace(b"\0", b"")  # without zeros UTF-16 reads like ASCII
    if re.match(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<", start) and re.search(rb"<(\w+:)?svg[\s>]", start):
        return "is an SVG drawing; export it as PNG or JPEG"
    for signature, sentence in _OTHER_KINDS:
        if re.match(signature, file[:64], re.DOTALL | re.IGNORECASE):
            return sentence
    return "is not a picture this app can read; use JPEG, PNG, WebP, GIF, BMP or TIFF"


def failure(label: str, kind: str, error: Exception) -> str:
    """The sentence for a file of a known kind whose decoder raised `error`."""
    if isinstance(error, MemoryError):
        return f"{label} is too large for the memory of this computer; reduce it first."
    if "truncated" in str(error).lower():
        return f"{label} is incomplete: the {kind} data end too early; download or copy it again."
    return f"{label} cannot be decoded: the {kind} data are damaged or of a rare kind; export it as PNG or JPEG."
