"""From a key press to a new 512×512 picture on the screen: the Home screen beside the shortest Streamlit app.

Choosing a picture draws anew all that shows or describes it, the sidebar's picker included, where the short app has
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from playwright.sync_api import Browser, Page

from benchmarks.browser import browsing, fresh_page, trip
from benchmarks.measure import Figure, Timing, interleave

OURS, THEIRS = "app.py", "benchmarks/ten_lines.py"
GOAL = 1.3
SAMPLES = ("astronaut", "brick", "grass", "gravel", "moon", "camera")  # all are 512×512
NEIGHBOURS = ("brick", "grass", "gravel", "moon")  # in the sheet of samples


def figures() -> Iterator[Figure]:
    with browsing(OURS, THEIRS) as (browser, (ours, theirs)):
        for name, way in {"in the box": by_box, "on the sheet": by_sheet}.items():
            # a round of all the samples as warm-up: each has then been opened, and predicted, once
            medians = interleave(way(browser, ours), by_box(browser, theirs), rounds=24, warm_up=len(SAMPLES))
            yield Figure(f"round_trip: another sample on Home, {name}", *medians, GOAL)


def by_box(browser: Browser, url: str) -> Timing:
    """Choose the next sample in the app's box and wait for its picture."""
    page = fetching(browser, url)
    names = cycle(SAMPLES)
    return lambda: choose(page, next(names))


def by_sheet(browser: Browser, url: str) -> Timing:
    """Go to the next sample in Home's sheet with an arrow key, to and fro, and wait for its picture."""
    page = fetching(browser, url)
    choose(page, NEIGHBOURS[0])
    sheet = page.get_by_label("Sample pictures").first
    steps = len(NEIGHBOURS) - 1
    keys = cycle(["ArrowRight"] * steps + ["ArrowLeft"] * steps)
    return lambda: trip(page, lambda: sheet.press(next(keys)))


def fetching(browser: Browser, url: str) -> Page:
    """A new visitor's page that fetches each picture, seen before or not."""
    page = fresh_page(browser, url)
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    return page


def choose(page: Page, name: str) -> float:
    picker = page.get_by_role("combobox", name="Picture")
    picker.click()
    picker.fill(name)
    page.get_by_role("option", name=name, exact=True).wait_for()
    return trip(page, lambda: picker.press("Enter"))
