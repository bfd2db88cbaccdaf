"""What visitors bring, damaged in two thousand ways: a share of `python -m tests.support.fuzz`, the same every time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import fuzz

ROOT = Path(__file__).parents[1]


def test_two_thousand_damaged_things_are_taken_or_refused_in_a_sentence():
    """In a process of its own, whose memory is looked at."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.fuzz", "--count", "2000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=580,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "2000 inputs, 0 failures" in done.stdout


def _raise(error: Exception):
    def take(_content: bytes) -> None:
        raise error

    return take


def _work(_content: bytes) -> None:
    while True:
        sum(range(1000))


@pytest.mark.parametrize(
    ("take", "says"),
    [
        (_raise(ZeroDivisionError("by zero")), "ZeroDivisionError"),
        (_raise(fuzz.SignalError("no sentence")), "no sentence"),
        (_work, "still at work after 0.2 s"),
    ],
)
def test_a_traceback_a_mumbled_refusal_and_a_hang_are_failures(monkeypatch, tmp_path, take, says):
    monkeypatch.setattr(fuzz, "LONGEST", 0.2)
    monkeypatch.setattr(fuzz.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setitem(fuzz.KINDS, "tables", fuzz.KINDS["tables"]._replace(take=take))
    assert says in fuzz.try_one("tables", 0, 1)
    assert len(list(tmp_path.iterdir())) == 1


def test_memory_that_is_kept_is_a_failure(monkeypatch):
    sizes = iter((1000, 1101))
    monkeypatch.setattr(fuzz, "resident", lambda: next(sizes))
    assert len(fuzz.run(4, 0, ["names"])) == 1


def test_an_input_is_the_same_again_from_its_seed_and_number():
    for kind in fuzz.KINDS.values():
        first, again, other = (kind.make(fuzz.random.Random(f"7 x {number}")) for number in (1, 1, 2))
        assert first == again
        assert first != other or len(first) < 40
