"""Walk for a while: `make walk`, or `python -m tests.browser.walker --seed 7 --acts 40` for one walk again."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM_ARGS
from tests.browser.support import chromium
from tests.browser.support.server import serving
from tests.browser.walker.walk import Broken, kind, shortened, walk


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.walker", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the first walk")
    parser.add_argument("--acts", type=int, default=25, help="of each walk")
    parser.add_argument("--minutes", type=float, default=0, help="how long to walk on, seed after seed")
    given = parser.parse_args()
    found: Counter[str] = Counter()
    end, seed = time.monotonic() + 60 * given.minutes, given.seed
    log = Path(tempfile.mkdtemp()) / "server.log"
    path = chromium.find()
    if path is None:
        parser.error("there is no Chromium: `make chromium` installs one")
    with serving(log) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        while True:
            try:
                walk(browser, url, seed, given.acts)
            except Broken as broken:
                if not found[kind(broken.what)]:
                    broken = shortened(browser, url, broken)
                    print(f"seed {seed}: {broken}\n", flush=True)
                found[kind(broken.what)] += 1
            seed += 1
            if time.monotonic() > end:
                break
        browser.close()
    print(f"{seed - given.seed} walks of {given.acts} acts, {sum(found.values())} broke a promise: {dict(found)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
