"""Files are written whole or not at all."""

from __future__ import annotations

import pytest

from explorer.atomic import atomic_write


def test_a_file_takes_its_place_when_it_is_whole(tmp_path):
    file = tmp_path / "numbers.bin"
    file.write_bytes(b"before")
    with atomic_write(file) as opened:
        opened.write(b"after")
        opened.flush()
        assert file.read_bytes() == b"before"
    assert file.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("before", [None, b"before"])
def test_an_exception_leaves_neither_a_draft_nor_half_a_file(tmp_path, before):
    file = tmp_path / "numbers.bin"
    if before is not None:
        file.write_bytes(before)
    with pytest.raises(ValueError, match="full"):
        _write_half(file)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == ([] if before is None else [before])


def _write_half(file):
    with atomic_write(file) as opened:
        opened.write(b"hal")
        raise ValueError("full")


def test_two_who_write_the_same_file_never_mix(tmp_path):
    file = tmp_path / "numbers.bin"
    with atomic_write(file) as first, atomic_write(file) as second:
        first.write(b"first, and longer")
        second.write(b"second")
    assert file.read_bytes() == b"first, and longer"
    assert list(tmp_path.iterdir()) == [file]
