"""Files of weights as trainers write them: what stands beside the tensors is set aside, and nothing in them runs."""

from __future__ import annotations

import argparse
import datetime
import enum
import functools
import io
import os
import struct
import subprocess
import sys
import zipfile
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import explorer
from explorer.networks.checkpoints.kinds import kind_of
from explorer.networks.checkpoints.reading import read_checkpoint
from explorer.networks.registry.published import WeightsError
from explorer.networks.weights.pretrained import read_state
from tests.support.checkpoints import NET, assert_filled, optimizer_state, state


class Mode(enum.Enum):
    TRAIN = 1


class Config:
    """As OmegaConf's: a class of its own, with a state."""

    def __init__(self) -> None:
        self._content = {"lr": 0.1, "parts": [1, 2]}


BESIDE = {
    "args": argparse.Namespace(lr=0.1, data=Path("/data")),
    "best": np.float64(0.93),
    "history": np.arange(4.0),
    "folder": Path("/runs/1"),
    "when": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
    "counts": defaultdict(list, {"a": [1]}),
    "words": Counter("abc"),
    "ordered": OrderedDict(b=1, a=2),
    "mode": Mode.TRAIN,
    "schedule": functools.partial(max, 3),
    "optimizer": optimizer_state(),
    "hyper_parameters": {"cfg": Config(), ("a", 1): {1, 2}, "frozen": frozenset((3,)), "z": 1j},
    "callbacks": {"ModelCheckpoint{'monitor': 'loss'}": {"best": torch.tensor(0.5)}},
    "rng": [torch.get_rng_state(), np.random.default_rng(0).bit_generator.state],
    "device": torch.device("cpu"),
    "kind": torch.float16,
    "slice": slice(1, 2),
    "range": range(3),
    "bytes": bytearray(b"abc"),
}


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize("beside", [*BESIDE, "all"])
def test_what_stands_beside_the_tensors_is_set_aside_and_said(tmp_path: Path, beside: str, older: bool) -> None:
    others = BESIDE if beside == "all" else {beside: BESIDE[beside]}
    expected = state()
    torch.save(others | {"state_dict": expected}, tmp_path / "mine.pth", _use_new_zipfile_serialization=not older)
    network = explorer.load_own(NET, tmp_path / "mine.pth", device="cpu")
    assert_filled(network, expected)
    assert "Set aside: " in network.remarks
    named = [name for name in others if name in network.remarks]
    assert len(named) == len(others) or f" and {len(others) - len(named)} more" in network.remarks


class Call:
    def __init__(self, function: Callable, *arguments: object) -> None:
        self.what = function, arguments

    def __reduce__(self) -> tuple:
        return self.what


class Mine:
    """A class whose making would be noticed."""

    def __setstate__(self, state: object) -> None:
        raise AssertionError("it was made")

    def __getstate__(self) -> dict:
        return {"x": 1}


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize("call", ["mkdir", "open", "import", "eval", "class", "getattr"])
def test_nothing_in_a_file_is_run_and_what_would_have_is_named(tmp_path: Path, call: str, older: bool) -> None:
    trace = tmp_path / "ran"
    calls = {
        "mkdir": (Call(os.mkdir, str(trace)), "posix.mkdir|nt.mkdir"),
        "open": (Call(open, str(trace), "w"), "io.open"),
        "import": (Call(__import__, "this"), "builtins.__import__|__builtin__.__import__"),
        "eval": (Call(eval, f"open({str(trace)!r}, 'w')"), "builtins.eval|__builtin__.eval"),
        "class": (Mine(), "test_checkpoints.Mine"),
        "getattr": (Call(getattr, Path(trace), "touch"), "builtins.getattr|__builtin__.getattr"),
    }
    value, named = calls[call]
    expected = state()
    torch.save({"state_dict": expected, "x": value}, tmp_path / "mine.pth", _use_new_zipfile_serialization=not older)
    sys.modules.pop("this", None)
    network = explorer.load_own(NET, tmp_path / "mine.pth", device="cpu")
    assert_filled(network, expected)
    assert not trace.exists()
    assert "this" not in sys.modules
    assert any(name in network.remarks for name in named.split("|"))


def bytearray_of(count: int) -> bytes:
    return b"\x80\x02c__builtin__\nbytearray\nG" + struct.pack(">d", count) + b"\x85R."


def far_memo(_file: object = None) -> bytes:
    return b"\x80\x02]r" + struct.pack("<I", 2**31 - 1) + b"."


def doubled() -> bytes:
    """A list of two lists of two lists …, 2⁵⁰ in all, of some hundred bytes."""
    return (
        b"\x80\x02]q\x00"
        + b"".join(b"h" + bytes([n]) + b"h" + bytes([n]) + b"\x86q" + bytes([n + 1]) for n in range(50))
        + b"."
    )


def doubled_key() -> bytes:
    return b"\x80\x02}" + doubled()[2:-1] + b"K\x01s."


def long_string() -> bytes:
    return b"\x80\x02X" + struct.pack("<I", 2**31 - 1) + b"abc."


def deep_nest() -> bytes:
    return b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b"."


HOSTILE = {
    "bytearray": bytearray_of(2e9), "memo": far_memo(), "doubled": doubled(), "doubled key": doubled_key(),
    "long string": long_string(), "deep": deep_nest(), "power": b"\x80\x02coperator\npow\nK\x0aJ\xff\xff\xff\x7f\x86R.",
    "repeat": b"\x80\x02coperator\nmul\n(lK\x01aJ\xff\xff\xff\x7ftR.",
}  # fmt: skip


READING = """
import resource, sys, torch, safetensors
from explorer.networks.weights.pretrained import WeightsError, read_state

used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**30, used + 2**30))
for file in sys.argv[1:]:
    before = resource.getrusage(resource.RUSAGE_SELF)
    try:
        read_state(file)
        said = "read"
    except WeightsError:
        said = "refused"
    after = resource.getrusage(resource.RUSAGE_SELF)
    print(said, after.ru_maxrss - before.ru_maxrss, after.ru_utime - before.ru_utime)
"""


def test_small_files_take_little_memory_and_time(tmp_path: Path) -> None:
    """In a process of its own, that may take 1 GB beyond what it has loaded."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("only Linux says how much memory a process has")
    files = {}
    for kind, body in HOSTILE.items():
        files[kind], files[f"{kind} in an archive"] = (tmp_path / f"{kind}{ending}.pth" for ending in ("", "-zip"))
        files[kind].write_bytes(body)
        with zipfile.ZipFile(files[f"{kind} in an archive"], "w") as archive:
            archive.writestr("mine/data.pkl", body)
    command = [sys.executable, "-c", READING, *map(str, files.values())]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    for kind, line in zip(files, run.stdout.splitlines(), strict=True):
        said, kilobytes, seconds = line.split()
        assert (said, int(kilobytes) < 100_000, float(seconds) < 10) == ("refused", True, True), (kind, line)


def test_names_of_a_file_are_listed_without_reading_its_numbers(tmp_path: Path) -> None:
    torch.save({"model": state(), "optimizer": optimizer_state()}, tmp_path / "mine.pth")
    assert kind_of(tmp_path / "mine.pth") == "zip"
    found = read_checkpoint(tmp_path / "mine.pth")
    assert found.tensors["model.conv1.0.weight"].shape == tuple(state()["conv1.0.weight"].shape)
    assert found.tensors["model.conv1.0.weight"].numbers == "float32"
    assert "optimizer.state.0.exp_avg" in found.tensors


@pytest.mark.parametrize("seed", range(40))
def test_a_changed_file_is_read_or_refused_in_a_sentence(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    buffer = io.BytesIO()
    torch.save(
        {"model": {"a": torch.ones(3, 4), "b": torch.ones(2)}, **BESIDE},
        buffer,
        _use_new_zipfile_serialization=seed % 2 == 0,
    )
    body = bytearray(buffer.getvalue())
    for place in random.integers(0, len(body), int(random.integers(1, 30))):
        body[place] = random.integers(0, 256)
    (tmp_path / "mine.pth").write_bytes(body[: len(body) if seed % 3 else int(random.integers(1, len(body)))])
    try:
        read_state(tmp_path / "mine.pth")
        said = ""
    except WeightsError as error:
        said = str(error)
    assert len(said) < 1000
