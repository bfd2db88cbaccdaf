"""A walk: acts one after another, the promises after each, and the least of a failing walk that still fails."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page

from pages.parts.shell.frame import SCREENS
from tests.browser.support.driver import at_rest
from tests.browser.walker.acts import DOING, Act, offered
from tests.browser.walker.promises import ALWAYS, Screen, kept, same_again

READING = Path(__file__).with_name("reading.js").read_text("utf-8")
_PATIENCE_S = 20.0  # in which a screen is at rest, or says that it works
_LINK_EVERY = 6  # acts
# Opened at /page, Streamlit looks for its own addresses below /page first: these 404s are no fault of ours.
_OWN_PROBE = re.compile(r"/[^/]+/_stcore/(health|host-config)$")


@dataclass
class Broken(Exception):
    """A promise that was broken, after which acts."""

    what: str
    start: str
    acts: list[Act] = field(default_factory=list)

    def __str__(self) -> str:
        steps = "\n".join(f"  {number}. {act}" for number, act in enumerate(self.acts, 1))
        return f"{self.what}\nfrom /{self.start}\n{steps}"


class Visitor:
    """A fresh visitor's page, what its console said, and what it showed last."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.base = browser, url
        self.context = browser.new_context(base_url=url, viewport={"width": 1366, "height": 768})
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _OWN_PROBE.search(urlsplit(message.location["url"]).path):
            self.errors.append(f"{message.text} ({message.location['url']})")

    def open(self, path: str) -> None:
        self.page.goto(f"/{path}")

    def read(self) -> Screen:
        """The screen, at rest or at work."""
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            with suppress(AssertionError, Error):
                at_rest(self.page, limit_s=2)
                break
            with suppress(Error):
                if self.page.evaluate(READING)["working"]:
                    break
        screen: dict[str, Any] = self.page.evaluate(READING)
        return screen | {"url": self.page.url, "errors": list(self.errors)}


@contextmanager
def visiting(browser: Browser, url: str) -> Iterator[Visitor]:
    visitor = Visitor(browser, url)
    try:
        yield visitor
    finally:
        visitor.context.close()


def walk(browser: Browser, url: str, seed: int, count: int) -> list[Act]:
    """Take `count` acts drawn from `seed`, from a screen opened cold by its link. Raises Broken."""
    chance = random.Random(seed)
    start = chance.choice([file if file != "home" else "" for file, _, _ in SCREENS])
    taken: list[Act] = []
    with visiting(browser, url) as visitor:
        visitor.open(start)
        last, left = visitor.read(), {}
        _hold(last, start, taken)
        for number in range(1, count + 1):
            act = offered(last, chance)
            taken.append(act)
            last = _take(visitor, act, last, left, start, taken)
            if number % _LINK_EVERY == 0:
                _by_link(browser, url, last, start, taken)
    return taken


def again(browser: Browser, url: str, start: str, acts: Sequence[Act]) -> None:
    """Take these very acts. Raises Broken."""
    taken: list[Act] = []
    with visiting(browser, url) as visitor:
        visitor.open(start)
        last, left = visitor.read(), {}
        _hold(last, start, taken)
        for act in acts:
            taken.append(act)
            last = _take(visitor, act, last, left, start, taken)
        _by_link(browser, url, last, start, taken)


def shortened(browser: Browser, url: str, broken: Broken, tries: int = 12) -> Broken:
    """The same fault after fewer acts, as few as are found in so many tries: one act less each time, from the end."""
    for number in reversed(range(len(broken.acts) - 1)):
        if tries == 0:
            break
        tries -= 1
        fewer = [act for place, act in enumerate(broken.acts) if place != number]
        try:
            again(browser, url, broken.start, fewer)
        except Broken as same:
            if kind(same.what) == kind(broken.what):
                broken = same
                broken.acts = fewer[: len(same.acts)]
        except Error:
            continue
    return broken


def kind(what: str) -> str:
    return re.sub(r"\d+|'[^']*'|“[^”]*”", "", what)[:60]


def _take(
    visitor: Visitor, act: Act, last: Screen, left: dict[str, Screen], start: str, taken: Sequence[Act]
) -> Screen:
    """Do it, and hold what must hold after it. What has gone or is covered by something else can't be acted on."""
    if act.kind == "go":
        left[last["title"]] = last
    with suppress(Error):
        DOING[act.kind](visitor.page, act)
    with suppress(Error):
        visitor.page.keyboard.press("Escape")  # what was opened over the page
    screen = visitor.read()
    if urlsplit(screen["url"]).netloc != urlsplit(visitor.base).netloc:  # back before the first page
        visitor.open(start)
        screen = visitor.read()
    _hold(screen, start, taken)
    if act.kind == "go" and screen["title"] in left and screen["title"] != last["title"]:
        _none(kept(left[screen["title"]], screen), start, taken)
    if act.kind == "go" and last["picture"] and screen["picture"] and screen["picture"] != last["picture"]:
        raise Broken(f"the picture {last['picture']!r} became {screen['picture']!r}", start, list(taken))
    return screen


def _hold(screen: Screen, start: str, taken: Sequence[Act]) -> None:
    for promise in ALWAYS:
        _none(promise(screen), start, taken)


def _by_link(browser: Browser, url: str, screen: Screen, start: str, taken: Sequence[Act]) -> None:
    """The link gives a new visitor the same screen; an own picture is no part of it, nor is work that has not ended."""
    if screen["working"] or screen["picture"].startswith("own"):
        return
    with visiting(browser, url) as other:
        other.page.goto(screen["url"])
        seen = other.read()
        if seen["working"]:
            return
        _none(same_again(screen, seen, f"by the link {screen['url']}"), start, taken)


def _none(faults: Iterator[str], start: str, taken: Sequence[Act]) -> None:
    for fault in faults:
        raise Broken(fault, start, list(taken))
