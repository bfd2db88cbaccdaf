"""A server of the app, or of another Streamlit script, for as long as it is needed."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
START_LIMIT_S = 90


OPTIONS = {"server.fileWatcherType": "none", "browser.gatherUsageStats": "false", "server.headless": "true"}


@dataclass(frozen=True)
class Server:
    """A server that answers, and the process that it is."""

    url: str
    process: subprocess.Popen[bytes]


@contextlib.contextmanager
def serving(log: Path, script: str = "app.py") -> Iterator[str]:
    """The address at which `script` runs, its words in `log`; its whole group of processes ends with the block.

    Raises RuntimeError with the log when it does not start.
    """
    with running(
        log, [sys.executable, "-m", "streamlit", "run", script, *(f"--{k}={v}" for k, v in OPTIONS.items())]
    ) as server:
        yield server.url


@contextlib.contextmanager
def running(log: Path, command: Sequence[str], **environment: str) -> Iterator[Server]:
    """As `serving`, by a command that is told address and port as Streamlit's are, the last of each counts."""
    port = free_port()
    told = [*command, "--server.address=127.0.0.1", f"--server.port={port}"]
    with process(log, told, **environment) as server:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url, server, log)
        yield Server(url, server)


@contextlib.contextmanager
def process(log: Path, command: Sequence[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block, with all that it started; its words are in `log`."""
    with log.open("w") as output:
        started = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield started
        finally:
            _end(started)


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Raises RuntimeError with the log when it does not come to answer."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the app did not start:\n{log.read_text()}")


def _end(server: subprocess.Popen[bytes]) -> None:
    for ending in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(server.pid, ending)
            server.wait(10)
