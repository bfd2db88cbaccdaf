"""From a key press to a new 512×512 picture on the screen: the Home screen beside the shortest Streamlit app."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from playwright.sync_api import Browser, Page

from benchmarks.browser import browsing, fresh_page, trip
from benchmarks.measure import Figure, Timing, interleave

OURS, THEIRS = "app.py", "benchmarks/ten_lines.py"
SAMPLES = ("astronaut", "brick", "grass", "gravel", "moon", "camera")  # all are 512×512
GOAL = 1.3


def figures() -> Iterator[Figure]:
    with browsing(OURS, THEIRS) as (browser, (ours, theirs)):
        # a round of all the samples as warm-up: each has then been opened, and predicted, once
        medians = interleave(chooser(browser, ours), chooser(browser, theirs), rounds=24, warm_up=len(SAMPLES))
    yield Figure("round_trip: another sample on Home", *medians, GOAL)


def chooser(browser: Browser, url: str) -> Timing:
    """Choose the next sample in the app's picker and wait for its picture."""
    page = fresh_page(browser, url)
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    names = cycle(SAMPLES)
    return lambda: choose(page, next(names))


def choose(page: Page, name: str) -> float:
    picker = page.get_by_role("combobox", name="Picture")
    picker.click()
    picker.fill(name)
    page.get_by_role("option", name=name, exact=True).wait_for()
    return trip(page, lambda: picker.press("Enter"))
