"""From a changed weight to new pixels of a 512×512 colour picture: in the browser, beside a trip to the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from urllib.parse import quote

import numpy as np
from playwright.sync_api import Browser

from benchmarks.browser import DRAWN, browsing, fresh_page, trip
from benchmarks.measure import Figure, interleave
from tests.browser.driver import at_rest

OURS, THEIRS = "tests/browser/convolver_app.py", "benchmarks/convolved.py"
LIMITS_MS = {3: 33, 7: 50, 15: 150}
GOAL = 1.3  # times the trip
ROUNDS = 25
CHANGE = f"""
([root, cell, weight]) => new Promise((done, failed) => {{
    {DRAWN}
    setTimeout(() => failed(new Error("no new pixels within 20 s")), 20_000);
    const start = performance.now();
    let first = 0;
    const watch = new MutationObserver(() => drawn(() => {{
        first ||= performance.now() - start;
        if (root.dataset.settled !== "true") return;
        watch.disconnect();
        done([first, performance.now() - start]);
    }}));
    watch.observe(root, {{ attributeFilter: ["data-frame"] }});
    cell.value = weight;
    cell.dispatchEvent(new Event("input", {{ bubbles: true }}));
}})
"""


def figures() -> Iterator[Figure]:
    with browsing(OURS, THEIRS) as (browser, (ours, theirs)):
        server = Server(browser, theirs)
        for size, limit in LIMITS_MS.items():
            live = Live(browser, ours, size)
            first, roundtrip = interleave(live.change, server.change, rounds=ROUNDS)
            note = f"limit {limit} ms"
            yield Figure(f"live: {size}×{size}, first pixels", first, roundtrip, GOAL, first <= limit, note)
            sharp = float(np.median(live.sharp[2:]))
            yield Figure(f"live: {size}×{size}, sharp pixels", sharp, roundtrip, GOAL)
            live.page.context.close()


class Live:
    """The live convolution with a kernel that neither is sparse nor falls apart into rows and columns."""

    def __init__(self, browser: Browser, url: str, size: int) -> None:
        kernel = np.random.default_rng(0).normal(size=(size, size)).round(3).tolist()
        settings = {"kernel": kernel, "display": "signed"}
        case = {"size": [512, 512], "settings": settings, "engine": "fastest"}
        self.page = fresh_page(browser, f"{url}/?case={quote(json.dumps(case))}")
        self.root = self.page.get_by_test_id("convolver").element_handle()
        self.cell = self.page.get_by_label("row 1 column 2 weight", exact=True).element_handle()
        self.weights = count(1)
        self.sharp: list[float] = []
        self.page.wait_for_function("root => root.dataset.settled === 'true'", arg=self.root)

    def change(self) -> float:
        """Type another weight: milliseconds until pixels of it are drawn; those until all are go to `sharp`."""
        first: float
        weight = str(next(self.weights) / 100)
        first, sharp = self.page.evaluate(CHANGE, [self.root, self.cell, weight])
        self.sharp.append(sharp)
        self.page.wait_for_timeout(500)  # the settled kernel goes to Python
        at_rest(self.page, quiet_s=0.1)
        return first


class Server:
    """An app whose server convolves, with 3×3 weights."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.page = fresh_page(browser, url)
        self.weights = count(1)

    def change(self) -> float:
        field = self.page.get_by_label("weight")
        field.fill(str(next(self.weights) / 100))
        return trip(self.page, lambda: field.press("Enter"))
