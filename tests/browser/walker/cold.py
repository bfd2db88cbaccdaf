"""Open every screen cold, by its link, on a new server that several visitors come to at once: none may fail.

`python -m tests.browser.walker.cold --times 30`, as `make walk` does; `--only adversarial,defence` for some screens,
`--tabs` for how many are the first that a server is asked for. They, and `--busy` processes beside them, keep the cores
busy, as a class does.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from pages.parts.shell.screens import SCREENS
from tests.browser.conftest import CHROMIUM_ARGS
from tests.browser.support import chromium
from tests.browser.support.busy import busy
from tests.browser.support.driver import at_rest
from tests.browser.support.server import serving
from tests.browser.walker.promises import no_failure
from tests.browser.walker.visitor import READING, Visitor, visiting

NAMES = [file for file, _, _ in SCREENS]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.walker.cold", description=__doc__)
    parser.add_argument("--times", type=int, default=30, help="each screen is opened, each time by a new server")
    parser.add_argument("--only", default=",".join(NAMES), help="screens, with commas between them")
    parser.add_argument("--tabs", type=int, default=5, help="screens that a new server is asked for at once")
    parser.add_argument("--busy", type=int, default=1, help="processes that compute all the time beside them")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it ends server and browser, too
    names, loads, failed = given.only.split(","), Counter[str](), Counter[str]()
    path = chromium.find()  # which asks Playwright, too: not within the block
    with sync_playwright() as playwright, busy(given.busy):
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        for some in groups(names, given.times, given.tabs):
            loads.update(some)
            failed.update(told(browser, some))
            print(f"{sum(loads.values())} of {given.times * len(names)}", flush=True)
        browser.close()
    for name in names:
        print(f"{name}: {loads[name]} cold loads, {failed[name]} with a fault")
    return 1 if failed else 0


def groups(names: Sequence[str], times: int, size: int) -> Iterator[list[str]]:
    """Each name so many times, in groups for one server each, every time beside others."""
    for number in range(times):
        order = random.Random(number).sample(names, len(names))
        yield from (order[first : first + size] for first in range(0, len(order), size))


def told(browser: Browser, names: Sequence[str]) -> set[str]:
    """Open them and print what is broken as soon as it is seen; returns the screens that have a fault."""
    broken = set()
    try:
        for name, fault in opened_cold(browser, names):
            broken.add(name)
            print(f"{name}, beside {', '.join(one for one in names if one != name)}: {fault}", flush=True)
    except RuntimeError as error:  # the server did not start
        print(error, flush=True)
        return set(names)
    return broken


def opened_cold(browser: Browser, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What is broken, by screen, when these are the first that a new server is asked for, all at the same time."""
    log = Path(tempfile.mkdtemp()) / "server.log"
    with serving(log) as url, ExitStack() as leaving:
        visitors = {name: leaving.enter_context(visiting(browser, url)) for name in names}
        for name, visitor in visitors.items():
            visitor.page.goto("/" if name == "home" else f"/{name}", wait_until="commit")
        for name, visitor in visitors.items():
            yield from ((name, fault) for fault in faults(visitor))


def faults(visitor: Visitor) -> Iterator[str]:
    """What is broken once all of the screen has come."""
    visitor.arrive()
    try:
        at_rest(visitor.page, limit_s=5)
    except AssertionError:  # it works at something: what is there holds all the same
        pass
    except Error as error:
        yield f"it did not come: {error.message[:200]}"
    screen = visitor.page.evaluate(READING)
    yield from no_failure(screen | {"url": visitor.page.url, "errors": visitor.errors})


if __name__ == "__main__":
    sys.exit(main())
