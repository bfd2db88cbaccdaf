"""Small files that unpack to enormous ones: what a visitor must not be able to fill the server's memory with."""

from __future__ import annotations

import struct
import zlib


def tiff(width: int, height: int, *, channels: int, bits: int, floats: bool) -> bytes:
    """A whole TIFF of zeros: all its strips are one and the same few bytes of deflate."""
    rows = 100
    strip = zlib.compress(bytes(rows * width * channels * bits // 8), 9)
    count = -(-height // rows)
    longs = {256: (width,), 257: (height,), 278: (rows,), 273: (8,) * count, 279: (len(strip),) * count}
    shorts = {
        258: (bits,) * channels,
        259: (8,),
        262: (2,),
        277: (channels,),
        284: (1,),
        339: (3 if floats else 1,) * channels,
    }
    if channels == 4:
        shorts[338] = (2,)
    entries = sorted([(tag, 4, "I", v) for tag, v in longs.items()] + [(tag, 3, "H", v) for tag, v in shorts.items()])
    place = 8 + len(strip) + len(strip) % 2
    table, beyond, end = struct.pack("<H", len(entries)), b"", place + 2 + 12 * len(entries) + 4
    for tag, kind, letter, values in entries:
        packed = struct.pack(f"<{len(values)}{letter}", *values)
        if len(packed) > 4:
            packed, beyond = struct.pack("<I", end + len(beyond)), beyond + packed
        table += struct.pack("<HHI", tag, kind, len(values)) + packed.ljust(4, b"\0")
    return b"II*\0" + struct.pack("<I", place) + strip.ljust(place - 8, b"\0") + table + bytes(4) + beyond


def png(width: int, height: int, *, bits: int, colour: int) -> bytes:
    """A whole PNG of zeros; `colour` is 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA."""
    row = bytes(1 + width * bits * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour] // 8)
    packer = zlib.compressobj(1)
    data = b"".join([packer.compress(row) for _ in range(height)]) + packer.flush()
    palette = _chunk(b"PLTE", bytes(768)) if colour == 3 else b""
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + palette + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
