"""From a changed control to new pixels of a 512×512 colour picture: in the browser, beside a trip to the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count, cycle
from typing import Any
from urllib.parse import quote

import numpy as np
from playwright.sync_api import Browser, Locator, Page

from benchmarks.browser import DRAWN, browsing, fresh_page, trip
from benchmarks.measure import Figure, interleave
from tests.browser.support.driver import at_rest

OURS, THEIRS = "tests/browser/support/convolver_app.py", "benchmarks/convolved.py"
SIZES = (3, 7, 15)
GOAL = 1.3  # times the trip
ROUNDS = 25
CHANGE = f"""
([root, control, value, event]) => new Promise((done, failed) => {{
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
    control.value = value;
    control.dispatchEvent(new Event(event, {{ bubbles: true }}));
}})
"""


def figures() -> Iterator[Figure]:
    with browsing(OURS, THEIRS) as (browser, (ours, theirs)):
        server = Server(browser, theirs)
        for size in SIZES:
            live = with_kernel(browser, ours, size)
            first, roundtrip = interleave(live.change, server.change, rounds=ROUNDS)
            yield Figure(f"live: a weight of {size}×{size}, first pixels", first, roundtrip, GOAL)
            yield Figure(f"live: a weight of {size}×{size}, sharp pixels", live.sharp_ms, roundtrip, GOAL)
            live.page.context.close()
        for name, live in with_presets(browser, ours).items():
            _, roundtrip = interleave(live.change, server.change, rounds=ROUNDS)
            yield Figure(f"live: {name}, sharp pixels", live.sharp_ms, roundtrip, GOAL)


def with_kernel(browser: Browser, url: str, size: int) -> Live:
    """A weight, of a kernel that isn't sparse."""
    kernel = np.random.default_rng(0).normal(size=(size, size)).round(3).tolist()
    page = opened(browser, url, {"kernel": kernel, "display": "signed"})
    weights = (str(n / 100) for n in count(1))
    return Live(page, page.get_by_label("row 1 column 2 weight", exact=True), weights, "input")


def with_presets(browser: Browser, url: str) -> dict[str, Live]:
    """The box of presets, and a slider of one."""
    page = opened(browser, url, {})
    box = Live(page, page.get_by_label("Begin with"), cycle(["Sobel", "Laplacian", "Gaussian", "sharpen"]), "change")
    page = opened(browser, url, {})
    page.get_by_label("Begin with").select_option("Gaussian")
    # From 1.6 on: it stands at 1.5, and the same σ draws nothing.
    slider = Live(page, page.get_by_label("σ in pixels"), (f"{1.6 + n % 19 / 10:.1f}" for n in count()), "input")
    return {"another preset": box, "σ of the Gaussian": slider}


def opened(browser: Browser, url: str, settings: dict[str, Any]) -> Page:
    case = {"size": [512, 512], "settings": settings, "view": "picture"}
    return fresh_page(browser, f"{url}/?case={quote(json.dumps(case))}")


class Live:
    """The live convolution with a control that takes one value after another."""

    def __init__(self, page: Page, control: Locator, values: Iterator[str], event: str) -> None:
        self.page, self.values, self.event = page, values, event
        self.root = page.get_by_test_id("convolver").element_handle()
        self.control = control.element_handle()
        self.sharp: list[float] = []
        page.wait_for_function("root => root.dataset.settled === 'true'", arg=self.root)

    def change(self) -> float:
        """Set the next value: milliseconds until pixels of it are drawn; those until all are go to `sharp`."""
        first: float
        first, sharp = self.page.evaluate(CHANGE, [self.root, self.control, next(self.values), self.event])
        self.sharp.append(sharp)
        self.page.wait_for_timeout(500)  # the settled kernel goes to Python
        at_rest(self.page, quiet_s=0.1)
        return first

    @property
    def sharp_ms(self) -> float:
        return float(np.median(self.sharp[2:]))


class Server:
    """An app whose server convolves, with 3×3 weights."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.page = fresh_page(browser, url)
        self.weights = count(1)

    def change(self) -> float:
        field = self.page.get_by_label("weight")
        field.fill(str(next(self.weights) / 100))
        return trip(self.page, lambda: field.press("Enter"))
