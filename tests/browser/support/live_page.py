"""What the tests of the network in the browser do with Live: open it, wait for its frames, read the best labels."""

from __future__ import annotations

import json

from playwright.sync_api import Page

from tests.browser.support.driver import LIMIT_MS, open_page

BROCCOLI = 937


def opened(page: Page, query: str = "") -> None:
    open_page(page, f"live{query}")
    after(page, 0)


def frames(page: Page) -> int:
    return int(page.get_by_test_id("live").get_attribute("data-frame") or 0)


def after(page: Page, frame: int) -> None:
    """Wait until more frames than that have gone through the network."""
    root = page.get_by_test_id("live")
    root.wait_for(timeout=LIMIT_MS)
    page.wait_for_function(
        "([root, frame]) => Number(root.dataset.frame ?? 0) > frame", arg=[root.element_handle(), frame],
        timeout=2 * LIMIT_MS,
    )  # fmt: skip


def top(page: Page) -> list[tuple[int, float]]:
    return [(number, share) for number, share in json.loads(page.get_by_test_id("live").get_attribute("data-top"))]
