"""Walk for a while: `make walk`, or `python -m tests.browser.walker --seed 7 --acts 40` for one walk again."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from tests.browser.conftest import CHROMIUM_ARGS
from tests.browser.support import chromium
from tests.browser.support.busy import busy
from tests.browser.support.server import serving
from tests.browser.walker.walk import Broken, kind, shortened, walk

_BUSY_EVERY = 3  # walks


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.walker", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the first walk")
    parser.add_argument("--acts", type=int, default=25, help="of each walk")
    parser.add_argument("--minutes", type=float, default=0, help="how long to walk on, seed after seed")
    parser.add_argument("--screen", help="where each walk begins, such as patterns, or adversarial?attack_steps=3")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it ends server and browser, too
    log, path = Path(tempfile.mkdtemp()) / "server.log", chromium.find()
    if path is None:
        parser.error("there is no Chromium: `make chromium` installs one")
    found, walks = Counter[str](), 0
    with serving(log) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        for seed in seeds(given.seed, given.minutes):
            walks += 1
            with busy() if seed % _BUSY_EVERY == _BUSY_EVERY - 1 else nullcontext():
                report(browser, url, seed, given.acts, given.screen, found)
        browser.close()
    print(f"{walks} walks of {given.acts} acts, {sum(found.values())} broke a promise: {dict(found)}")
    return 1 if found else 0


def seeds(first: int, minutes: float) -> Iterator[int]:
    """One seed after another until the time is over; at least one."""
    end, seed = time.monotonic() + 60 * minutes, first
    while seed == first or time.monotonic() < end:
        yield seed
        seed += 1


def report(browser: Browser, url: str, seed: int, count: int, start: str | None, found: Counter[str]) -> None:
    """Walk once; a promise broken for the first time is told with the seed and with the fewest acts that break it."""
    try:
        walk(browser, url, seed, count, start)
    except Broken as broken:
        if not found[kind(broken.what)]:
            print(f"seed {seed}: {shortened(browser, url, broken)}\n", flush=True)
        found[kind(broken.what)] += 1
    except Error as error:  # of the browser's: a page that crashed, or does not answer
        print(f"seed {seed}: the browser says {error.message}\n", flush=True)
        found["the browser"] += 1


if __name__ == "__main__":
    sys.exit(main())
