"""Open every screen cold, by its link, on a server of its own while every core is busy: none may fail.

`python -m tests.browser.walker.cold --times 30`, as `make walk` does; `--only adversarial,defence` for some screens.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from pages.parts.shell.screens import SCREENS
from tests.browser.conftest import CHROMIUM_ARGS
from tests.browser.support import chromium
from tests.browser.support.busy import busy
from tests.browser.support.driver import at_rest
from tests.browser.support.server import serving
from tests.browser.walker.promises import no_failure
from tests.browser.walker.visitor import READING, visiting

NAMES = [file for file, _, _ in SCREENS]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.walker.cold", description=__doc__)
    parser.add_argument("--times", type=int, default=30, help="each screen is opened, each time by a new server")
    parser.add_argument("--only", default=",".join(NAMES), help="screens, with commas between them")
    given = parser.parse_args()
    failed, path = 0, chromium.find()
    with sync_playwright() as playwright, busy():
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        for name in given.only.split(","):
            found = sum(told(browser, name) for _ in range(given.times))
            failed += found
            print(f"{name}: {given.times} cold loads, {found} faults", flush=True)
        browser.close()
    return 1 if failed else 0


def told(browser: Browser, name: str) -> int:
    """Open it once and print what is broken as soon as it is seen; returns how many faults that were."""
    try:
        faults = list(opened_cold(browser, name))
    except RuntimeError as error:  # the server did not start
        faults = [str(error)]
    for fault in faults:
        print(f"{name}: {fault}", flush=True)
    return len(faults)


def opened_cold(browser: Browser, name: str) -> Iterator[str]:
    """What is broken on a screen that is the first thing asked of a new server, once all of it has come."""
    log = Path(tempfile.mkdtemp()) / "server.log"
    with serving(log) as url, visiting(browser, url) as visitor:
        try:
            visitor.open("" if name == "home" else name)
            at_rest(visitor.page, limit_s=5)
        except AssertionError:  # it works at something: what is there holds all the same
            pass
        except Error as error:
            yield f"{name} did not come: {error.message[:200]}"
        screen = visitor.page.evaluate(READING)
        yield from no_failure(screen | {"url": visitor.page.url, "errors": visitor.errors})


if __name__ == "__main__":
    sys.exit(main())
