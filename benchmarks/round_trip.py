"""From a key press to a new 512×512 picture on the screen: the Home screen beside the shortest Streamlit app."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.measure import Figure, Timing, interleave
from tests.browser import chromium
from tests.browser.driver import at_rest

ROOT = Path(__file__).parents[1]
OURS, THEIRS = "app.py", "benchmarks/ten_lines.py"
SAMPLES = ("astronaut", "brick", "grass", "gravel", "moon", "camera")  # all are 512×512
GOAL = 1.3
# Load events don't rise, but are caught on the way down. The picker's own small picture is outside stMain.
WATCH = """
() => { window.trip = new Promise((done, failed) => {
    let start;
    setTimeout(() => failed(new Error("no new picture within 30 s")), 30_000);
    const pressed = (event) => event.key === "Enter" && (start ??= performance.now());
    const loaded = ({target}) => {
        if (start === undefined || target.naturalWidth !== 512 || !target.closest('[data-testid="stMain"]')) return;
        document.removeEventListener("keydown", pressed, true);
        document.removeEventListener("load", loaded, true);
        done(performance.now() - start);
    };
    document.addEventListener("keydown", pressed, true);
    document.addEventListener("load", loaded, true);
}); }
"""


def figures() -> Iterator[Figure]:
    path = chromium.find()
    if path is None:
        raise SystemExit("The round trip needs Chromium or Chrome: `make chromium` installs one.")
    with served(OURS) as ours, served(THEIRS) as theirs, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        # a round of all the samples as warm-up: each has then been opened, and predicted, once
        medians = interleave(trip(browser, ours), trip(browser, theirs), rounds=24, warm_up=len(SAMPLES))
        browser.close()
    yield Figure("round_trip: another sample on Home", *medians, GOAL)


def trip(browser: Browser, url: str) -> Timing:
    """Choose the next sample in the app's picker and wait for its picture: milliseconds as the browser counts them."""
    page = browser.new_context(base_url=url, viewport={"width": 1366, "height": 768}).new_page()
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto("/")
    at_rest(page, limit_s=300)  # the first visit waits for torch
    names = cycle(SAMPLES)
    return lambda: choose(page, next(names))


def choose(page: Page, name: str) -> float:
    picker = page.get_by_role("combobox", name="Picture")
    picker.click()
    picker.fill(name)
    page.get_by_role("option", name=name, exact=True).wait_for()
    page.evaluate(WATCH)
    picker.press("Enter")
    milliseconds: float = page.evaluate("window.trip")
    at_rest(page, quiet_s=0.2)
    return milliseconds


@contextlib.contextmanager
def served(script: str) -> Iterator[str]:
    """The address at which a script runs, with the settings of this repository: no collection after each run."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true"]
    command = [sys.executable, "-m", "streamlit", "run", script, *options, "--server.fileWatcherType=none"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_healthy(url, server)
        yield url
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # it has nothing to save
        server.wait()


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"The app at {url} did not start.")
