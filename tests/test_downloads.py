"""Downloads against a server on this machine: what arrives, what is refused, and what is left behind."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from explorer.networks.registry.published import WeightsError, WeightsFile
from explorer.networks.weights import cache_folder as kept
from explorer.networks.weights import downloads
from explorer.networks.weights.cache_folder import begun, cached, discard
from explorer.networks.weights.downloads import Progress, download
from tests.support.weights_server import Served, WeightsServer, serving

BODY = bytes(range(256)) * 40
DIGEST = hashlib.sha256(BODY).hexdigest()
FILE = "net-01234567.pth"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(downloads, "_PIECE", 1000)
    return tmp_path / "cache"


@pytest.fixture
def server() -> Iterator[WeightsServer]:
    with serving() as running:
        yield running


def offer(server: WeightsServer, sha256: str = DIGEST[:8], **behaviour: object) -> WeightsFile:
    server.paths["/net"] = Served(**{"body": BODY} | behaviour)
    return WeightsFile(server.url("/net"), sha256, FILE, len(BODY))


def interrupt(checkpoint: WeightsFile, pieces: int = 4) -> int:
    """Begin a download and close it; how many bytes had come."""
    running = download(checkpoint)
    for _ in range(pieces):
        progress = next(running)
    running.close()
    return progress.done


@pytest.mark.parametrize("sha256", [DIGEST[:8], DIGEST, ""])
def test_download_puts_the_published_bytes_in_the_cache(server: WeightsServer, folder: Path, sha256: str) -> None:
    checkpoint = offer(server, sha256)
    assert cached(checkpoint) is None
    list(download(checkpoint))
    assert cached(checkpoint) == folder / FILE
    assert (folder / FILE).read_bytes() == BODY
    assert not list(folder.glob("*.part"))


def test_progress_grows_to_the_total_and_ends_when_the_file_is_in_place(server: WeightsServer, folder: Path) -> None:
    there = []
    steps = []
    for progress in download(offer(server)):
        steps.append(progress)
        there.append((folder / FILE).exists())
    assert [step.done for step in steps] == [*range(0, len(BODY), 1000), len(BODY)]
    assert {step.total for step in steps} == {len(BODY)}
    assert there == [False] * (len(steps) - 1) + [True]


def test_without_a_content_length_the_total_is_unknown_until_the_end(server: WeightsServer) -> None:
    *steps, last = download(offer(server, declared=-1))
    assert {step.total for step in steps} == {None}
    assert last == Progress(len(BODY), len(BODY))


def test_a_file_that_is_there_is_not_asked_for(server: WeightsServer, folder: Path) -> None:
    checkpoint = offer(server)
    folder.mkdir()
    (folder / FILE).write_bytes(b"abc")
    assert list(download(checkpoint)) == [Progress(3, 3)]
    assert server.paths["/net"].asked == []


def test_a_wrong_hash_leaves_nothing(server: WeightsServer, folder: Path) -> None:
    with pytest.raises(WeightsError, match=rf"begins with {DIGEST[:8]}, not ffffffff"):
        list(download(offer(server, "ffffffff")))
    assert not list(folder.glob("net*"))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "asks for an account"),
        (403, "refuses to hand out"),
        (404, "no longer has"),
        (429, "too many requests"),
        (503, "error 503"),
        (204, "error 204"),
    ],
)
def test_a_refusal_says_who_refused_what(server: WeightsServer, status: int, words: str) -> None:
    with pytest.raises(WeightsError, match=rf"^127\.0\.0\.1 .*{words}.*\.$") as refusal:
        list(download(offer(server, status=status)))
    assert FILE in str(refusal.value)


def test_no_network_names_host_file_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound but not listening: nobody else can answer there
        taken.bind(("127.0.0.1", 0))
        closed = WeightsFile(f"http://127.0.0.1:{taken.getsockname()[1]}/net", "", FILE, 46_830_571)
        with pytest.raises(WeightsError, match=rf"Couldn't reach 127\.0\.0\.1 to fetch {FILE} \(44\.7 MB\): "):
            list(download(closed))


def test_a_download_that_breaks_off_goes_on_next_time(server: WeightsServer, folder: Path) -> None:
    broken = offer(server, body=BODY[:5000], declared=len(BODY))
    with pytest.raises(WeightsError, match=r"broke off after 0\.0 MB of 0\.0 MB: try again"):
        list(download(broken))
    assert cached(broken) is None
    assert (folder / f"{FILE}.part").read_bytes() == BODY[:5000]
    list(download(offer(server)))
    assert server.paths["/net"].asked == ["bytes=5000-"]
    assert (folder / FILE).read_bytes() == BODY


@pytest.mark.parametrize(("hang", "words"), [("hang_before", "didn't answer for"), ("hang_after", "broke off")])
def test_a_stalled_server_is_given_up(
    server: WeightsServer, monkeypatch: pytest.MonkeyPatch, hang: str, words: str
) -> None:
    monkeypatch.setattr(downloads, "STALL_SECONDS", 0.2)
    with pytest.raises(WeightsError, match=words):
        list(download(offer(server, **{hang: 3000})))


def test_closing_keeps_what_came_and_the_next_download_goes_on(server: WeightsServer, folder: Path) -> None:
    checkpoint = offer(server)
    done = interrupt(checkpoint)
    assert done == 3000
    assert cached(checkpoint) is None
    first, *_ = steps = list(download(checkpoint))
    assert server.paths["/net"].asked == [None, f"bytes={done}-"]
    assert first == Progress(done, len(BODY))
    assert steps[-1] == Progress(len(BODY), len(BODY))
    assert (folder / FILE).read_bytes() == BODY


@pytest.mark.parametrize("behaviour", [{"ranges": False}, {"shift": 7}])
def test_a_server_that_cannot_go_on_is_asked_for_the_whole(
    server: WeightsServer, folder: Path, behaviour: dict[str, object]
) -> None:
    checkpoint = offer(server, **behaviour)
    interrupt(checkpoint)
    assert next(iter(list(download(checkpoint)))) == Progress(0, len(BODY))
    assert (folder / FILE).read_bytes() == BODY


def test_a_part_longer_than_the_file_starts_afresh(server: WeightsServer, folder: Path) -> None:
    folder.mkdir()
    (folder / f"{FILE}.part").write_bytes(BODY + b"more")
    list(download(offer(server)))
    assert server.paths["/net"].asked == [f"bytes={len(BODY) + 4}-", None]
    assert (folder / FILE).read_bytes() == BODY


def test_a_resumed_file_is_verified_as_a_whole(server: WeightsServer, folder: Path) -> None:
    folder.mkdir()
    (folder / f"{FILE}.part").write_bytes(b"x" * 3000)
    with pytest.raises(WeightsError, match="isn't the published file"):
        list(download(offer(server)))
    assert not list(folder.glob("net*"))
    list(download(offer(server)))
    assert (folder / FILE).read_bytes() == BODY


def redirected(server: WeightsServer, etag: str) -> WeightsFile:
    there = offer(server, "")
    server.paths["/hub"] = Served(status=302, headers={"Location": "/net", "X-Linked-Etag": etag}, declared=0)
    return WeightsFile(server.url("/hub"), there.sha256, FILE)


@pytest.mark.parametrize("etag", [f'"{DIGEST}"', DIGEST, f'"{"0" * 40}"'])
def test_a_redirection_is_followed_and_its_digest_believed(server: WeightsServer, folder: Path, etag: str) -> None:
    """The 40 digits are a git hash, which Hugging Face sends for small files: not of the contents alone."""
    checkpoint = redirected(server, etag)
    interrupt(checkpoint)
    list(download(checkpoint))
    assert server.paths["/net"].asked == [None, "bytes=3000-"]
    assert (folder / FILE).read_bytes() == BODY


def test_a_wrong_linked_digest_is_refused(server: WeightsServer, folder: Path) -> None:
    with pytest.raises(WeightsError, match=f"not {'0' * 8}"):
        list(download(redirected(server, f'"{"0" * 64}"')))
    assert not list(folder.glob("net*"))


def test_threads_that_want_the_same_file_fetch_it_once(server: WeightsServer, folder: Path) -> None:
    checkpoint = offer(server)
    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(lambda _: list(download(checkpoint))[-1], range(8)))
    assert ends == [Progress(len(BODY), len(BODY))] * 8
    assert server.paths["/net"].asked == [None]
    assert (folder / FILE).read_bytes() == BODY


def test_who_waits_sees_the_other_download_and_then_takes_over(server: WeightsServer, folder: Path) -> None:
    checkpoint = offer(server)
    first, second = download(checkpoint), download(checkpoint)
    assert [next(first).done for _ in range(3)] == [0, 1000, 2000]
    assert next(second).total == len(BODY)
    first.close()
    assert list(second)[-1] == Progress(len(BODY), len(BODY))
    assert (folder / FILE).read_bytes() == BODY


def test_waiting_for_a_download_that_stands_still_ends(server: WeightsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint = offer(server)
    still = download(checkpoint)
    next(still)
    monkeypatch.setattr(downloads, "STALL_SECONDS", 0.05)
    with pytest.raises(WeightsError, match="stands still"):
        list(download(checkpoint))
    still.close()


def test_a_download_dropped_by_another_thread_frees_the_file(server: WeightsServer) -> None:
    checkpoint = offer(server)
    running = [download(checkpoint)]
    with ThreadPoolExecutor(1) as pool:
        pool.submit(next, running[0]).result()
    running.clear()
    gc.collect()
    assert list(download(checkpoint))[-1].done == len(BODY)


FETCH = """
import sys
from explorer.networks.weights import downloads
from explorer.networks.registry.published import WeightsFile
downloads._PIECE = 1000
for _ in downloads.download(WeightsFile(sys.argv[1], sys.argv[2], sys.argv[3])):
    print("a piece", flush=True)
"""


def test_killed_in_a_download_it_goes_on_from_there(server: WeightsServer, folder: Path) -> None:
    checkpoint = offer(server, hang_after=5000)
    command = [sys.executable, "-c", FETCH, checkpoint.url, checkpoint.sha256, checkpoint.file]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as fetching:
        assert fetching.stdout is not None
        for _ in range(4):
            assert fetching.stdout.readline() == b"a piece\n"
        fetching.kill()
    assert cached(checkpoint) is None
    came = (folder / f"{FILE}.part").read_bytes()
    assert came == BODY[: len(came)]
    list(download(offer(server)))
    assert (folder / FILE).read_bytes() == BODY


@pytest.mark.parametrize("word", ["off", "0", "No"])
def test_an_administrator_may_switch_fetching_off(
    server: WeightsServer, folder: Path, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_FETCHING", word)
    with pytest.raises(WeightsError, match="switched off on this server"):
        list(download(offer(server)))
    assert server.paths["/net"].asked == []
    assert not folder.exists()


@pytest.mark.parametrize(
    ("quota", "left"), [("", {"a", "b", "c"}), ("3", {"b", "c"}), ("1", {"c"}), ("none", set("abc"))]
)
def test_what_was_not_used_for_longest_goes_when_the_quota_is_full(
    server: WeightsServer, folder: Path, quota: str, left: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_QUOTA_MB", quota)
    folder.mkdir()
    (folder / "notes.txt").write_bytes(bytes(4 << 20))  # no weights: neither counted nor deleted
    for name, age in (("a", 20), ("b", 300)):
        (folder / f"{name}.pth").write_bytes(bytes(3 << 19))
        os.utime(folder / f"{name}.pth", (1e9 - age, 1e9 - age))
    kept.mark_used(folder / "b.pth")
    server.paths["/net"] = Served(body=bytes(1 << 20))
    list(download(WeightsFile(server.url("/net"), "", "c.pth")))
    assert {path.stem for path in folder.glob("*.pth")} == left
    assert (folder / "notes.txt").exists()


def test_a_folder_that_cannot_be_made_is_named(
    server: WeightsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(WeightsError, match=r"Couldn't write .*file/cache \(.*EXPLORER_CACHE\.$"):
        list(download(offer(server)))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_is_named(server: WeightsServer, folder: Path) -> None:
    folder.mkdir()
    os.symlink("/dev/full", folder / f"{FILE}.part")
    with pytest.raises(WeightsError, match="No space left on device"):
        list(download(offer(server)))


def test_a_disk_too_small_is_noticed_before_writing(
    server: WeightsServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=len(BODY) - 1))
    with pytest.raises(WeightsError, match=r"net-01234567\.pth needs 0\.0 MB more, but .* has 0\.0 MB left"):
        list(download(offer(server)))
    assert not list(folder.glob("net*"))


def test_the_cache_is_the_folder_of_torch_hub_unless_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("EXPLORER_CACHE")
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    assert kept.cache_folder() == tmp_path / "checkpoints"
    monkeypatch.setenv("EXPLORER_CACHE", "~/weights")
    assert kept.cache_folder() == Path.home() / "weights"


def test_what_a_stopped_download_left_can_be_told_and_thrown_away(server: WeightsServer, folder: Path) -> None:
    checkpoint = offer(server)
    assert begun(checkpoint) == 0
    discard(checkpoint)  # nothing there: nothing happens
    done = interrupt(checkpoint)
    assert begun(checkpoint) == done == 3000
    discard(checkpoint)
    assert begun(checkpoint) == 0
    list(download(checkpoint))
    assert server.paths["/net"].asked == [None, None]
    assert cached(checkpoint) == folder / FILE


def test_a_running_download_is_not_thrown_away(server: WeightsServer, folder: Path) -> None:
    checkpoint = offer(server)
    running = download(checkpoint)
    for _ in range(4):
        next(running)
    discard(checkpoint)
    assert (folder / f"{FILE}.part").exists()
    list(running)
    assert (folder / FILE).read_bytes() == BODY
