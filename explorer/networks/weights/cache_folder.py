"""The folder in which fetched weights are kept: what is there, whole or begun."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from explorer.networks.registry.published import WeightsError, WeightsFile

_SUFFIXES = (".pth", ".pt", ".bin", ".safetensors", ".part")


def cached(checkpoint: WeightsFile) -> Path | None:
    """The checkpoint's file if it is on this machine.

    Its hash is not computed again: what stands under the final name was verified when it came (here, or by
    torchvision, whose folder this is), hashing 500 MB before every use takes seconds, and damage shows on
    reading.
    """
    path = cache_folder() / checkpoint.file
    return path if path.is_file() else None


def begun(checkpoint: WeightsFile) -> int:
    """How many bytes of a download that was stopped are here, from which the next one goes on."""
    return size_of_part(cache_folder() / f"{checkpoint.file}.part")


def discard(checkpoint: WeightsFile) -> None:
    """Throw away what came of a stopped download, so that the next begins anew; one that runs is left alone."""
    from filelock import FileLock, Timeout

    folder = cache_folder()
    if not folder.is_dir():
        return
    with suppress(Timeout), FileLock(folder / f".{checkpoint.file}.lock", blocking=False):
        (folder / f"{checkpoint.file}.part").unlink(missing_ok=True)


def cache_folder() -> Path:
    """EXPLORER_CACHE of the environment, else the folder in which torch.hub keeps checkpoints."""
    chosen = os.environ.get("EXPLORER_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    import torch

    return Path(torch.hub.get_dir()) / "checkpoints"


def fetching_allowed() -> bool:
    """Whether networks may be fetched: not where an administrator has set EXPLORER_FETCHING to "off"."""
    return os.environ.get("EXPLORER_FETCHING", "").strip().casefold() not in ("off", "no", "0", "false")


def make_room(newest: Path) -> None:
    """Delete files of weights, those used least recently first, until all of them fit EXPLORER_QUOTA_MB, if it is set.

    The newest stays, however large it is.
    """
    text = os.environ.get("EXPLORER_QUOTA_MB", "")
    if not text.isdecimal():
        return
    with suppress(OSError):
        files = [path for path in newest.parent.iterdir() if path.suffix in _SUFFIXES and path != newest]
        sizes = {path: path.stat() for path in files}
        left = int(text) * 2**20 - newest.stat().st_size - sum(one.st_size for one in sizes.values())
        for path in sorted(files, key=lambda one: sizes[one].st_mtime):
            if left >= 0:
                return
            path.unlink(missing_ok=True)
            left += sizes[path].st_size


def mark_used(path: Path) -> None:
    """Say that a file of weights is in use: the quota takes those first that weren't for longest."""
    with suppress(OSError):
        os.utime(path)


def size_of_part(part: Path) -> int:
    """The bytes of a download that are there already; 0 for one not begun."""
    try:
        return part.stat().st_size
    except FileNotFoundError:  # not begun, or just finished by another
        return 0


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Within, what the disk refuses is raised as a WeightsError whose sentence says what to do."""
    try:
        yield
    except OSError as error:
        raise WeightsError(
            f"Couldn't write {path.name} in {path.parent} ({error.strerror or error}): "
            "make room there, or name a folder that can be written in EXPLORER_CACHE."
        ) from None
