"""Text in a link: compressed, in letters that a link may have."""

from __future__ import annotations

import base64
import zlib


class TooLong(ValueError):
    """What was packed is longer than it may be, or its end is missing."""


def pack(text: str) -> str:
    """A text compressed, in letters that need no escape in a link."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpack(link: str, most: int) -> str:
    """The text that was packed, of at most `most` bytes. Raises TooLong, and ValueError when it was garbled."""
    unpacked = zlib.decompressobj()
    try:
        raw = unpacked.decompress(base64.urlsafe_b64decode(link + "=" * (-len(link) % 4)), most)
    except zlib.error as error:
        raise ValueError("The text is garbled.") from error
    if unpacked.unconsumed_tail or not unpacked.eof:
        raise TooLong("The text is too long, or was cut off.")
    return raw.decode()
