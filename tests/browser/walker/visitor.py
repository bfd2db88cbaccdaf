"""A visitor of the walker's: a page in a browser, what its console said, and what it shows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

from tests.browser.conftest import LAPTOP, OWN_PROBE
from tests.browser.support.driver import at_rest, hear_answers
from tests.browser.walker import hands
from tests.browser.walker.promises import Screen

READING = Path(__file__).with_name("reading.js").read_text("utf-8")
_TOASTS = """new MutationObserver(() => {
    window.toasts ??= new Set();
    for (const toast of document.querySelectorAll("[data-testid=stToast]")) window.toasts.add(toast.innerText);
}).observe(document, { subtree: true, childList: true });"""  # what is said for a few seconds only
_PATIENCE_S = 60.0  # in which a screen is at rest, or says that it works
ARRIVED = "document.querySelector('[data-testid=stMain] .shows, [role=dialog], [data-testid=stException]')"
ARRIVAL_S = 120  # a busy machine's


class Visitor:
    """A fresh visitor, or with `context` another tab of one."""

    def __init__(self, browser: Browser, url: str, context: BrowserContext | None = None) -> None:
        self.browser, self.base = browser, url
        self.context = context or browser.new_context(base_url=url, viewport=LAPTOP)
        if context is None:
            hear_answers(self.context)
        self.page: Page = self.context.new_page()
        self.page.set_default_navigation_timeout(ARRIVAL_S * 1000)
        self.errors: list[str] = []
        self.page.add_init_script(_TOASTS)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not OWN_PROBE.search(urlsplit(message.location["url"]).path):
            self.errors.append(f"{message.text} ({message.location['url']})")

    def open(self, path: str) -> None:
        self.page.goto(path if "://" in path else f"/{path}")
        self.arrive()

    def arrive(self) -> None:
        """Wait until a screen is there; what has not come by then is a fault, which reading it shows."""
        if self.page.url.startswith(self.base):
            with suppress(Error):
                self.page.wait_for_function(ARRIVED, timeout=ARRIVAL_S * 1000)

    def read(self) -> Screen:
        """The screen, at rest or at work."""
        self.arrive()
        end, rest = time.monotonic() + _PATIENCE_S, False
        while not rest and time.monotonic() < end:
            with suppress(AssertionError, Error):
                at_rest(self.page, limit_s=2)
                rest = True
            with suppress(Error):
                if not rest and self.page.evaluate(READING)["working"]:
                    break
        screen = self._evaluated()
        return screen | {"url": self.page.url, "errors": list(self.errors), "rest": rest and not screen["working"]}

    def _evaluated(self) -> dict[str, Any]:
        """What the page says of itself; once more where it was just leaving."""
        try:
            return self.page.evaluate(READING)
        except Error:
            self.page.wait_for_load_state()
            return self.page.evaluate(READING)

    def without_focus(self) -> Screen:
        """The screen when nothing has the focus: a number stands otherwise where it is being typed."""
        self.page.evaluate("(document.activeElement?.shadowRoot?.activeElement ?? document.activeElement)?.blur()")
        return self.read()

    def take_back(self, part: int, way: str, *, by_key: bool) -> Screen:
        """Undo or redo in one of our own parts."""
        place = hands.part(self.page, str(part))
        if by_key:
            place.locator(hands.TOUCHED).first.focus(timeout=hands.SHORT_MS)
            self.page.keyboard.press("Control+z" if way == "undo" else "Control+Shift+z")
        else:
            place.locator(f"[data-act={way}]").click(timeout=hands.SHORT_MS)
        return self.without_focus()

    def drawn_anew(self) -> Screen:
        """The screen once more as a whole, by Streamlit's own key."""
        self.page.keyboard.press("Escape")
        self.page.locator("body").evaluate("body => document.activeElement?.blur()")
        self.page.keyboard.press("r")
        return self.read()

    def code(self) -> list[str]:
        """The snippets that the screen offers to take away; none where it offers none."""
        offers = self.page.get_by_test_id("stMain").get_by_role("button", name="Take away")
        if offers.count() != 1:
            return []
        with suppress(Error):
            offers.click(timeout=15_000)
            shown = self.page.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
            shown.first.wait_for(timeout=15_000)
            found = shown.all_inner_texts()
            self.page.keyboard.press("Escape")
            return found
        return []


@contextmanager
def visiting(browser: Browser, url: str, context: BrowserContext | None = None) -> Iterator[Visitor]:
    """A visitor, gone at the end of the block."""
    visitor = Visitor(browser, url, context)
    try:
        yield visitor
    finally:
        if context is None:
            visitor.context.close()
        else:
            visitor.page.close()
