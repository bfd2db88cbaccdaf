"""What happens around a visit: the network was away, the visitor leaves for good, the server is ended or killed."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from explorer.pictures.images import from_array
from tests.browser.support.server import OPTIONS, Server, running
from tests.support.visitor import Visitor

MINE = from_array(np.random.default_rng(3).integers(0, 256, (60, 80, 3)).astype(np.uint8), "mine")
AWAY = 3  # seconds in which a visitor may come back
LIMIT = 30.0  # seconds within which what is waited for has happened on the slowest machine
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it asks by a signal")


@dataclass(frozen=True)
class Watched:
    """A server, and the folder with the picture that it is asked for, its report and its cache."""

    server: Server
    folder: Path

    async def holds(self) -> str:
        """The names under which it holds the picture."""
        report = self.folder / "report"
        report.unlink(missing_ok=True)
        self.server.process.send_signal(signal.SIGUSR1)
        await until(report.exists)
        return report.read_text()


async def until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT
    while not happened():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    (folder / "mine.png").write_bytes(MINE.png())
    command = [
        sys.executable, "-m", "tests.support.watched_server", str(folder / "mine.png"), str(folder / "report"),
        "run", "app.py", *(f"--{k}={v}" for k, v in OPTIONS.items()), f"--server.disconnectedSessionTTL={AWAY}",
    ]  # fmt: skip
    with running(folder / "log", command, EXPLORER_CACHE=str(folder / "cache")) as server:
        yield Watched(server, folder)


ASLEEP = """
import asyncio, os, signal, sys
from tests.support.visitor import Visitor

async def visit():
    async with Visitor(sys.argv[1]) as visitor:
        await visitor.open("neurons", "unit_seed=7")
        assert visitor.ticking
        print("there", flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)

asyncio.run(visit())
"""


def test_told_to_end_it_ends_in_time_though_a_job_runs_and_a_browser_is_asleep(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *(f"--{k}={v}" for k, v in OPTIONS.items())]
    with running(tmp_path / "log", command) as server:
        visitor = subprocess.Popen([sys.executable, "-c", ASLEEP, server.url], stdout=subprocess.PIPE)
        try:
            assert visitor.stdout is not None
            assert visitor.stdout.readline() == b"there\n"
            start = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(60) == 0
            assert time.monotonic() - start < 9.5
        finally:
            visitor.kill()
            visitor.wait()


async def trains(url: str, link: str) -> None:
    """Have a network trained with what the link says, until it has begun."""
    async with Visitor(url) as visitor:
        assert not (await visitor.open("learning", link)).errors
        answer = await visitor.touch("learning_go", trigger_value=True)
        deadline = time.monotonic() + LIMIT
        while "of held-out views right" not in answer.text:
            assert time.monotonic() < deadline
            answer = await visitor.tick()
        assert visitor.has("stop_learning")


def test_killed_in_a_training_the_next_server_begins_it_again_and_nothing_half_done_lies_about(
    watched: Watched, tmp_path: Path
) -> None:
    link = "learning_seed=7&learning_filters=8"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *(f"--{k}={v}" for k, v in OPTIONS.items())]
    with running(tmp_path / "log", command, EXPLORER_CACHE=str(tmp_path / "cache")) as server:
        asyncio.run(trains(server.url, link))
        server.process.kill()
        server.process.wait()
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"log"}
    asyncio.run(trains(watched.server.url, link))


async def brings(visitor: Visitor) -> list[str]:
    """Bring the picture and go through a few screens; returns the addresses of what was shown."""
    await visitor.open("edges")
    shown = await visitor.upload("upload", "mine.png", MINE.png())
    assert "mine.png" in shown.text
    media = shown.media
    for page in ("convolution", "smoothing", "feature_maps", "where"):
        answer = await visitor.open(page)
        assert not answer.errors
        media += answer.media
    return media


def test_when_the_network_was_away_the_visitors_things_are_still_there(watched: Watched) -> None:
    async def visit() -> None:
        async with Visitor(watched.server.url) as visitor:
            await brings(visitor)
            before = visitor.session
            await visitor.__aexit__(None, None, None)
            await visitor.connect()
            assert "mine.png" in (await visitor.open("edges")).text
            assert visitor.session == before

    asyncio.run(visit())


def test_after_a_visit_no_address_no_file_and_no_memory_of_the_picture_is_left(watched: Watched) -> None:
    async def visit() -> None:
        async with Visitor(watched.server.url) as visitor:
            media = await brings(visitor)
            statuses = [(await visitor.http("GET", place))[0] for place in media]
            assert 200 in statuses
            assert await watched.holds()
        deadline = time.monotonic() + LIMIT
        while any([(await visitor.http("GET", place))[0] != 404 for place in media]):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.2)
        while held := await watched.holds():
            assert time.monotonic() < deadline + LIMIT, held
            await asyncio.sleep(0.5)
        there = {path.name for path in watched.folder.rglob("*") if path.is_file()}
        assert there == {"log", "mine.png", "report"}

    asyncio.run(visit())
