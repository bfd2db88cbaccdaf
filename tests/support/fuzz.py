"""Damaged and odd things that visitors bring: each is taken, or refused in a sentence; none hangs, none keeps memory.

`python -m tests.support.fuzz --count 100000 --seed 7` runs more of it than `make test` does. A failure is printed with
its kind, seed and number, and its input is written to a file: `--kind tables --seed 7 --only 1234` tries it again.
"""

from __future__ import annotations

import argparse
import ctypes
import datetime
import gc
import io
import random
import resource
import signal
import struct
import sys
import tempfile
import traceback
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np
import PIL.Image
import streamlit as st
import torch
from scipy.io import wavfile
from torch import nn

from explorer.dataset_examples.gallery import GalleryError
from explorer.dataset_examples.uploads import unpack_uploads
from explorer.learning.errors import TrainingError
from explorer.learning.plane.table import read_points
from explorer.networks.labels import read_labels
from explorer.networks.loading import NetworkError
from explorer.networks.registry.published import WeightsError
from explorer.networks.weights.own import fill_own, read_own, remarks
from explorer.one_dimension.recordings import read_recording
from explorer.one_dimension.signals import SignalError
from explorer.pictures.images import ImageError, open_image
from explorer.pictures.samples import sample
from pages.parts.convolution import numbers
from pages.parts.pickers import kernel_link
from pages.parts.signals import stems
from pages.parts.widgets import box_drawing, linked, places

LONGEST = 10.0  # seconds of work for one input
WARM = 0.25  # of all inputs: after as many the memory is what it will be
KEPT = 1.10  # times that memory, at the end


class Kind(NamedTuple):
    """How an input is made from a seed, how the app takes it, and the sentences that it may answer with."""

    make: Callable[[random.Random], bytes]
    take: Callable[[bytes], None]
    sentences: tuple[type[Exception], ...]
    share: int


class HangError(Exception):
    """An input took longer than LONGEST."""


# --- how inputs are made


def mutated(draw: random.Random, content: bytes) -> bytes:
    """The same with a few bytes, numbers or stretches changed, cut off or put in; now and then whole."""
    for _ in range(draw.choice((0, 1, 1, 2, 3, 8))):
        content = draw.choice(_MUTATIONS)(draw, content) or b"\0"
    return content


def _flip(draw: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(draw.choice((1, 1, 4, 30))):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def _extreme(draw: random.Random, content: bytes) -> bytes:
    """A number where a header has one: far too large, zero, negative."""
    number = draw.choice((0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**32 - 1, 100_000))
    packed = struct.pack(draw.choice(("<I", ">I")), number) if number > 0xFFFF else struct.pack("<H", number)
    place = draw.randrange(min(len(content), draw.choice((64, 512, len(content)))))
    return content[:place] + packed + content[place + len(packed) :]


def _cut(draw: random.Random, content: bytes) -> bytes:
    return content[: draw.randrange(len(content))]


def _drop(draw: random.Random, content: bytes) -> bytes:
    start = draw.randrange(len(content))
    return content[:start] + content[start + draw.choice((1, 2, 16, 300)) :]


def _repeat(draw: random.Random, content: bytes) -> bytes:
    start = draw.randrange(len(content))
    return (
        content[:start] + content[start : start + draw.choice((1, 8, 200))] * draw.choice((2, 3, 50)) + content[start:]
    )


def _noise(draw: random.Random, content: bytes) -> bytes:
    start = draw.randrange(len(content))
    return content[:start] + draw.randbytes(draw.choice((1, 4, 100))) + content[start:]


_MUTATIONS = (_flip, _flip, _extreme, _extreme, _cut, _drop, _repeat, _noise)


def _pictures() -> list[bytes]:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 56, 4), np.uint8)
    deep = np.random.default_rng(1).integers(0, 65536, (20, 30), np.uint16)
    found = []
    for kind, mode, options in (
        ("JPEG", "RGB", {}), ("JPEG", "CMYK", {"progressive": True}), ("JPEG", "L", {}), ("PNG", "RGBA", {}),
        ("PNG", "P", {}), ("PNG", "LA", {}), ("GIF", "P", {}), ("WEBP", "RGB", {}),
        ("WEBP", "RGBA", {"lossless": True}), ("BMP", "RGB", {}), ("TIFF", "RGB", {"compression": "tiff_lzw"}),
        ("TIFF", "CMYK", {}), ("TIFF", "1", {}), ("PPM", "RGB", {}), ("JPEG2000", "RGB", {}), ("AVIF", "RGB", {}),
    ):  # fmt: skip
        file = io.BytesIO()
        PIL.Image.fromarray(pixels).convert(mode).save(file, kind, **options)
        found.append(file.getvalue())
    for kind in ("PNG", "TIFF"):
        file = io.BytesIO()
        PIL.Image.fromarray(deep).save(file, kind)
        found.append(file.getvalue())
    return found


def _sounds() -> list[bytes]:
    wave, found = np.sin(np.arange(400) / 5), []
    for samples in (
        (wave * 32767).astype(np.int16), (wave * 127 + 128).astype(np.uint8), wave.astype(np.float32), wave,
        (wave * 2**30).astype(np.int32), np.stack([wave, wave], 1).astype(np.float32),
    ):  # fmt: skip
        file = io.BytesIO()
        wavfile.write(file, 8000, samples)
        found.append(file.getvalue())
    return found


_CELLS = (
    "1", "2.5", "2,5", "-3", "\u22124", "1e-3", "1e400", "nan", "N/A", "", " ", "x", '"', '"1,5"', "1.234,5", "1 234",
    "5 %", "#", "sep=;", "2024-01-01", "inf", "0x1f", "\u0661", "=1+1", "9" * 400, "a\u0000b",
)  # fmt: skip


def _table(draw: random.Random) -> bytes:
    between, ends = draw.choice((",", ";", "\t", " ", "|", ",;")), draw.choice(("\n", "\r\n", "\r"))
    width, odd = draw.randrange(1, 7), draw.choice((0.0, 0.02, 0.3, 1.0))
    rows = [[f"c{i}" for i in range(width)]] if draw.random() < 0.6 else []
    for _ in range(draw.choice((0, 1, 5, 80))):
        wide = width if draw.random() > odd / 4 else draw.randrange(9)
        rows.append([draw.choice(_CELLS) if draw.random() < odd else str(draw.uniform(-9, 9))[:6] for _ in range(wide)])
    text = ends.join(between.join(row) for row in rows)
    encoding = draw.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"))
    content = text.encode(encoding, "replace")
    return mutated(draw, content) if content and draw.random() < 0.4 else content


def _archive(draw: random.Random) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(
        file, "w", draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))
    ) as archive:
        for number in range(draw.randrange(4)):
            name = draw.choice(
                ("a.png", "../../a.jpg", "/etc/x.png", "__MACOSX/._a.png", "é\u202e.png", "a" * 300 + ".png")
            )
            undated = zipfile.ZipInfo(f"{number}{name}")
            archive.writestr(undated, mutated(draw, draw.choice(PICTURES)), archive.compression)
    return mutated(draw, file.getvalue())


def _network() -> nn.Sequential:
    """What the checkpoints are of."""
    return nn.Sequential(nn.Conv2d(3, 2, 3), nn.Flatten(), nn.Linear(8, 2, bias=False))


def _checkpoints() -> list[bytes]:
    state = _network().state_dict()
    args = argparse.Namespace(lr=0.1, when=datetime.date(2026, 1, 2), history=np.arange(3.0))
    prefixed = {f"module.{name}": tensor for name, tensor in state.items()}
    apart = {"backbone": {n: t for n, t in state.items() if n[0] == "0"}, "head": {"weight": state["2.weight"]}}
    found = []
    for content, options in (
        (state, {}), ({"state_dict": prefixed, "epoch": 3, "args": args}, {}), ({"model": state, "ema": state}, {}),
        (state, {"_use_new_zipfile_serialization": False}), (apart, {}), ([1, "two"], {}), (_network(), {}),
    ):  # fmt: skip
        file = io.BytesIO()
        torch.save(content, file, **options)
        found.append(file.getvalue())
    from safetensors.torch import save

    return [*found, save(state)]


_LINK_WORDS = (
    "3x3", "3x3x3", "0_1_0_1_-4_1_0_1_0", "1e999", "nan", "-1", "0", "9" * 5000, "²", "\u0663", "_" * 90, "a_b",
    "1_2_3_4", "1e6_1", "inf", "0x10", " 1 ", "1_2", "filter", "same", "½", "\ud800", "1__2", "0.1_0.2",
)  # fmt: skip


def _link(draw: random.Random) -> bytes:
    words = [draw.choice(_LINK_WORDS) for _ in range(draw.randrange(1, 4))]
    text = draw.choice(("", "_", "&")).join(words)
    if draw.random() < 0.5 and text:
        place = draw.randrange(len(text))
        text = text[:place] + chr(draw.choice((draw.randrange(32, 127), draw.randrange(0x3000)))) + text[place + 1 :]
    return text.encode("utf-8", "surrogatepass")


# --- how the app takes them


def _take_picture(content: bytes) -> None:
    pixels = open_image(content, name="fuzz").pixels
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    assert max(pixels.shape) <= 1024
    assert 0 <= pixels.min() <= pixels.max() <= 1


def _take_recording(content: bytes) -> None:
    made = read_recording(content, "fuzz")
    assert made.usable
    for name in made.usable:
        assert np.isfinite(made.signal(name).values).all()
    assert isinstance(made.remarks, str)


def _take_archive(content: bytes) -> None:
    found = unpack_uploads([("fuzz.zip", content)])
    for number in range(len(found.names)):
        found.open(number)


def _take_checkpoint(content: bytes) -> None:
    path = Path(tempfile.gettempdir(), "fuzz.pth")
    path.write_bytes(content)
    module = _network()
    try:
        own = read_own(path, module, 2)
        fill_own(module, own.chosen(None), own.checkpoint)
        assert isinstance(remarks(own, own.chosen(None)), str)
    finally:
        path.unlink()
    assert all(tensor.isfinite().all() for tensor in module.state_dict().values())


def _take_names(content: bytes) -> None:
    assert all(name.strip() == name for name in read_labels(content))


def _take_link(content: bytes) -> None:
    text = content.decode("utf-8", "surrogatepass")
    for read in (_kernel, numbers.read, _weights, box_drawing.read):
        try:
            read(text)
        except (ValueError, TypeError):  # as they promise, and their callers expect
            continue
    link = {"place": text, "number": text}
    with mock.patch.multiple(st, query_params=link, session_state={}, toast=mock.DEFAULT):
        row, column = places.kept_place((5, 7), (1, 1))
        assert row in range(5)
        assert column in range(7)
        assert linked.value("number", linked.whole, 0) >= 0


def _weights(text: str) -> None:
    weights = stems.read(text)
    assert len(stems.read(stems.write(weights))) == len(weights)


def _kernel(text: str) -> None:
    """The words after the first stand in other places of the link."""
    first, *rest = text.split("&")
    link = {"k": first} | dict(zip(("p", "s", "d", "a", "b", "pin"), rest, strict=False))
    settings, view = kernel_link.read(link, ["picture", "numbers"])
    assert kernel_link.read(kernel_link.write(settings, view), ["picture", "numbers"])[1] == view


PICTURES, SOUNDS, CHECKPOINTS = _pictures(), _sounds(), _checkpoints()
KINDS = {
    "pictures": Kind(lambda d: mutated(d, d.choice(PICTURES)), _take_picture, (ImageError,), 6),
    "tables": Kind(_table, _take_recording, (SignalError,), 5),
    "points": Kind(_table, lambda content: read_points(content, "points.csv"), (TrainingError,), 1),
    "sounds": Kind(lambda d: mutated(d, d.choice(SOUNDS)), _take_recording, (SignalError,), 3),
    "archives": Kind(_archive, _take_archive, (GalleryError,), 2),
    "checkpoints": Kind(lambda d: mutated(d, d.choice(CHECKPOINTS)), _take_checkpoint, (WeightsError, NetworkError), 2),
    "names": Kind(lambda d: mutated(d, "cat\nKäfer\n\ndog".encode()), _take_names, (NetworkError,), 1),
    "links": Kind(_link, _take_link, (), 3),
}


# --- the run


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise HangError once the block has worked for so long (time that the machine gives to others doesn't count)."""

    def hang(*_: object) -> None:
        raise HangError(f"still at work after {seconds:g} s")

    before = signal.signal(signal.SIGPROF, hang)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def resident() -> int:
    """Bytes of memory that this process holds, after what it doesn't need has been given back."""
    gc.collect()
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).malloc_trim(0)
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()
    return 0


def try_one(kind: str, seed: int, number: int) -> str:
    """What went wrong with one input, "" for nothing; then the input lies in a file."""
    content = KINDS[kind].make(random.Random(f"{seed} {kind} {number}"))
    try:
        with within(LONGEST):
            KINDS[kind].take(content)
    except KINDS[kind].sentences as error:
        if str(error).endswith((".", "?")):
            return ""
        return _failed(kind, seed, number, content, f"no sentence: {error!r}")
    except BaseException:  # the point of it: whatever else is raised is a fault
        return _failed(kind, seed, number, content, traceback.format_exc(limit=-6))
    return ""


def _failed(kind: str, seed: int, number: int, content: bytes, why: str) -> str:
    path = Path(tempfile.gettempdir(), f"fuzz-{kind}-{seed}-{number}")
    path.write_bytes(content)
    return f"--kind {kind} --seed {seed} --only {number} ({len(content)} bytes in {path}): {why}"


def plan(count: int, kinds: list[str]) -> list[tuple[str, int]]:
    """Which kind each input is of, in turn, with its number: the shares hold over every stretch."""
    turns = [kind for kind in kinds for _ in range(KINDS[kind].share)]
    random.Random(0).shuffle(turns)
    return [(turns[number % len(turns)], number) for number in range(count)]


def run(count: int, seed: int, kinds: list[str]) -> list[str]:
    """The failures among `count` inputs, and one more if memory was kept."""
    failures, settled = [], 0
    for number, (kind, which) in enumerate(plan(count, kinds)):
        if number == int(WARM * count):
            settled = resident()
        if wrong := try_one(kind, seed, which):
            failures.append(wrong)
            print(wrong, flush=True)
    now = resident()
    print(f"{count} inputs, {len(failures)} failures; memory {settled >> 20} MB, at the end {now >> 20} MB")
    if now > KEPT * settled:
        failures.append(f"memory rose from {settled >> 20} MB to {now >> 20} MB")
        print(failures[-1])
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=list(KINDS), action="append")
    parser.add_argument("--only", type=int, help="the number of one input")
    given = parser.parse_args()
    sample("flower")  # loads what every picture needs
    if given.only is not None:
        wrong = try_one((given.kind or ["pictures"])[0], given.seed, given.only)
        print(wrong or "taken, or refused in a sentence")
        return bool(wrong)
    return bool(run(given.count, given.seed, given.kind or list(KINDS)))


if __name__ == "__main__":
    sys.exit(main())
