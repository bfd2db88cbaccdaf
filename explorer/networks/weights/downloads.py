"""Fetching published weights: resumed where it broke off, verified, and only then put in the cache folder."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from explorer.networks.registry.published import WeightsError, WeightsFile
from explorer.networks.weights.cache_folder import cache_folder, disk_errors, fetching_allowed, make_room, size_of_part

NOT_ALLOWED = "Fetching networks is switched off on this server: choose one that comes with the app, or random weights."

if TYPE_CHECKING:
    import requests
    from filelock import BaseFileLock

CONNECT_SECONDS = 10.0
STALL_SECONDS = 30.0  # without one byte
_PIECE = 2**18  # bytes
_REFUSALS = {
    401: "asks for an account to hand out {file}: choose another network",
    403: "refuses to hand out {file}: choose another network, or ask your network's administrator",
    404: "no longer has {file}: choose another network, or update torchvision and timm",
    429: "has had too many requests to hand out {file} now: try again in some minutes",
}


@dataclass(frozen=True)
class Progress:
    """Bytes on disk so far, and in the whole file where the server says so."""

    done: int
    total: int | None


def download(checkpoint: WeightsFile) -> Iterator[Progress]:
    """Fetch a checkpoint, a Progress after each piece; the last says that the verified file is in its place.

    Closing the generator keeps what came, and the next call goes on from there. One download of a file runs
    at a time; others that want it follow its progress. Raises WeightsError: no network, a refusal, a file
    broken off or wrong, no room, or fetching is switched off.
    """
    from filelock import FileLock

    if not fetching_allowed():
        raise WeightsError(NOT_ALLOWED)

    path = cache_folder() / checkpoint.file
    part = path.with_name(f"{checkpoint.file}.part")
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not thread-local: a generator may be closed by another thread than the one that began it.
        lock = FileLock(path.with_name(f".{checkpoint.file}.lock"), thread_local=False)
        yield from _follow_until_free(lock, part, checkpoint)
        try:
            if not path.exists():
                yield from _fetch(checkpoint, part)
                os.replace(part, path)
                make_room(path)
        finally:
            lock.release()
        size = path.stat().st_size
    yield Progress(size, size)


def _follow_until_free(lock: BaseFileLock, part: Path, checkpoint: WeightsFile) -> Iterator[Progress]:
    from filelock import Timeout

    done, grown_at = 0, time.monotonic()
    while True:
        try:
            lock.acquire(blocking=False)
            return
        except Timeout:
            now, size = time.monotonic(), size_of_part(part)
            if size > done:
                done, grown_at = size, now
            elif now - grown_at > 2 * STALL_SECONDS:
                raise WeightsError(
                    f"Another download of {checkpoint.file} stands still: try again when it has gone on."
                ) from None
        yield Progress(done, checkpoint.size)
        time.sleep(0.1)


def _fetch(checkpoint: WeightsFile, part: Path) -> Iterator[Progress]:
    """Fill `part` and verify it; all but the last Progress, which belongs to the file in its final place."""
    import requests

    offset = size_of_part(part)
    with _open(checkpoint, offset) as response:
        done = offset if response.status_code == 206 else 0
        length = response.headers.get("Content-Length")
        total = done + int(length) if length else None
        _check_room(part, done, total)
        with part.open("ab" if done else "wb") as file:
            yield Progress(done, total)
            try:
                for piece in response.iter_content(_PIECE):
                    done += file.write(piece)
                    if done != total:
                        yield Progress(done, total)
            except requests.RequestException:
                raise _broken_off(checkpoint, done, total) from None
        digest = _published_digest(checkpoint, response)
    if total is not None and done != total:  # older versions of urllib3 end quietly
        raise _broken_off(checkpoint, done, total)
    _verify(checkpoint, part, digest)


def _open(checkpoint: WeightsFile, offset: int) -> requests.Response:
    """The server's answer with the bytes from `offset` (status 206), or with all of them (200)."""
    import requests

    # Compressed on the way, the bytes would not be those that Content-Length, Range and the hash speak of.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
    host, file = urlsplit(checkpoint.url).hostname, checkpoint.file
    try:
        response = requests.get(checkpoint.url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, STALL_SECONDS))
    except requests.ReadTimeout:
        raise WeightsError(
            f"{host} didn't answer for {STALL_SECONDS:.0f} s when asked for {file}: try again later."
        ) from None
    except requests.RequestException:
        size = f" ({_mb(checkpoint.size)})" if checkpoint.size else ""
        raise WeightsError(
            f"Couldn't reach {host} to fetch {file}{size}: connect to the internet, "
            "or choose one of the networks that come with the app."
        ) from None
    elsewhere = response.status_code == 206 and not _starts_at(response, offset)
    if offset and (response.status_code == 416 or elsewhere):
        response.close()
        return _open(checkpoint, 0)
    if response.status_code not in (200, 206):
        response.close()
        raise WeightsError(f"{host} {_refusal(response.status_code, file)}.")
    return response


def _starts_at(response: requests.Response, offset: int) -> bool:
    return response.headers.get("Content-Range", "").startswith(f"bytes {offset}-")


def _refusal(status: int, file: str) -> str:
    otherwise = "couldn't hand out {file} (error " + str(status) + "): try again in some minutes"
    return _REFUSALS.get(status, otherwise).format(file=file)


def _published_digest(checkpoint: WeightsFile, response: requests.Response) -> str:
    """The SHA-256, or its beginning, that the file must have; "" where nobody says.

    Hugging Face sends that of large files as X-Linked-Etag, with the redirection to its storage.
    """
    etags = [answer.headers.get("X-Linked-Etag", "").strip('"') for answer in (*response.history, response)]
    digests = [etag for etag in etags if re.fullmatch(r"[0-9a-f]{64}", etag)]
    return checkpoint.sha256 or next(iter(digests), "")


def _verify(checkpoint: WeightsFile, part: Path, digest: str) -> None:
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if not found.startswith(digest):
        part.unlink()
        raise WeightsError(
            f"What came as {checkpoint.file} isn't the published file (its SHA-256 begins with {found[:8]}, "
            f"not {digest[:8]}) and was thrown away: try again, perhaps from another network."
        )


def _broken_off(checkpoint: WeightsFile, done: int, total: int | None) -> WeightsError:
    of = f" of {_mb(total)}" if total else ""
    return WeightsError(
        f"The download of {checkpoint.file} broke off after {_mb(done)}{of}: try again, and it goes on from there."
    )


def _check_room(part: Path, done: int, total: int | None) -> None:
    free = shutil.disk_usage(part.parent).free
    if total is not None and total - done > free:
        raise WeightsError(
            f"{part.stem} needs {_mb(total - done)} more, but {part.parent} has {_mb(free)} left: "
            "make room, or name another folder in EXPLORER_CACHE."
        )


def _mb(size: int) -> str:
    return f"{size / 2**20:.1f} MB"
