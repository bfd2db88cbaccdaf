"""A frame of the Hidden units screen while it trains, beside a plain loop over nodes and links in the same browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.browser import browsing, fresh_page
from benchmarks.measure import Figure, interleave
from pages.parts.learning.plane_link import USUAL, PlaneState, points_of, read, write

PLAIN = (Path(__file__).parent / "plain_loop.js").read_text("utf-8")
NETWORKS = {"4 units": (4,), "8-8": (8, 8), "16-16-16-16": (16, 16, 16, 16)}
GRID, SECONDS, ROUNDS = 48, 1.5, 5
MOST_MS = 50.0  # of a frame
GOAL = 1.02  # both wait for the screen, 60 times a second: two that keep up differ by the clock's last digit
PLAY = """
(seconds) => new Promise((done) => {
    const root = document.querySelector(".plane") ?? [...document.querySelectorAll("*")].map((one) =>
        one.shadowRoot?.querySelector(".plane")).find(Boolean);
    const play = root.querySelector('[data-act="play"]');
    play.click();
    setTimeout(() => {
        const [first, start] = [Number(root.dataset.frame), performance.now()];
        setTimeout(() => {
            done((performance.now() - start) / (Number(root.dataset.frame) - first));
            play.click();
        }, 1000 * seconds);
    }, 300);
})
"""


def figures() -> Iterator[Figure]:
    with browsing("app.py") as (browser, (url,)):
        for name, layers in NETWORKS.items():
            state = replace(read(USUAL), layers=layers, optimizer="SGD", epoch=0)
            page = fresh_page(browser, f"{url}/hidden_units?plane={write(state)}")
            ours, theirs = interleave(lambda page=page: played(page), lambda page=page, state=state: plain(page, state),
                                      rounds=ROUNDS, warm_up=1)  # fmt: skip
            note = f"{1000 / ours:.0f} frames a second against {1000 / theirs:.0f}"
            yield Figure(f"hidden units: a frame, {name}; plain loop", ours, theirs, GOAL, ours <= MOST_MS, note)
            page.context.close()


def played(page: Page) -> float:
    """Milliseconds from frame to frame, one epoch and all pictures in each."""
    milliseconds: float = page.evaluate(PLAY, SECONDS)
    return milliseconds


def plain(page: Page, state: PlaneState) -> float:
    """The same of the plain loop."""
    points, labels, held = points_of(state, None)
    learned = [
        {"x": x, "y": y, "label": int(label)} for (x, y), label in zip(points[~held], labels[~held], strict=True)
    ]
    given = [list(state.layers), state.activation, learned, GRID, state.batch, state.rate, SECONDS]
    milliseconds: float = page.evaluate(PLAIN, given)
    return milliseconds
