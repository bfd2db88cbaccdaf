"""Small files that unpack to enormous ones, each opened in a process whose memory is bounded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import hostile

ROOT = Path(__file__).parents[1]
ROOM = 1100 * 2**20  # bytes above what the libraries take: the largest picture, and less than as much again for copies
OPEN = """
import resource, sys
import cv2, numpy
from explorer.pictures.images import ImageError, open_image
open_image(numpy.zeros((9, 9, 3)))
taken = int(next(line for line in open("/proc/self/status") if line.startswith("VmSize")).split()[1]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (taken + int(sys.argv[2]),) * 2)
try:
    image = open_image(sys.argv[1])
    print("opened", image.width, image.height, *image.source_size)
except ImageError as error:
    print("refused", error)
"""
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is bounded as Linux has it")


def opened(file: bytes, folder: Path) -> str:
    path = folder / "picture"
    path.write_bytes(file)
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(path), str(ROOM)], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


REFUSED = {
    "four channels of floats": lambda: hostile.tiff(10_900, 10_900, channels=4, bits=32, floats=True),
    "four channels of doubles": lambda: hostile.tiff(10_900, 10_900, channels=4, bits=64, floats=True),
    "doubles beneath the limit of pixels": lambda: hostile.tiff(5_000, 5_000, channels=3, bits=64, floats=True),
    "six channels of 16 bits": lambda: hostile.tiff(9_000, 9_000, channels=6, bits=16, floats=False),
    "a PNG of 16 bits with alpha": lambda: hostile.png(10_900, 10_900, bits=16, colour=6),
    "grey of 16 bits with alpha": lambda: hostile.png(10_900, 10_900, bits=16, colour=4),
    "colours of 16 bits": lambda: hostile.png(10_900, 10_900, bits=16, colour=2),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_unpacks_to_more_than_the_memory_is_refused_from_its_header(kind, tmp_path):
    file = REFUSED[kind]()
    assert len(file) < 5_000_000
    said = opened(file, tmp_path)
    assert said.startswith("refused")
    assert "MB that can be opened; reduce it first" in said or "million that can be opened" in said


TAKEN = {
    "four channels of floats": (lambda: hostile.tiff(5_400, 5_400, channels=4, bits=32, floats=True), 5_400, 5_400),
    "a PNG of 16 bits with alpha": (lambda: hostile.png(7_000, 7_000, bits=16, colour=6), 7_000, 7_000),
    "a palette of 100 megapixels": (lambda: hostile.png(10_000, 10_000, bits=8, colour=3), 10_000, 10_000),
    "a line": (lambda: hostile.png(10_000_000, 3, bits=8, colour=6), 10_000_000, 3),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_the_largest_that_is_taken_needs_no_second_copy_of_itself(kind, tmp_path):
    make, width, height = TAKEN[kind]
    assert opened(make(), tmp_path) == f"opened 1024 {max(1, round(1024 * height / width))} {width} {height}"
