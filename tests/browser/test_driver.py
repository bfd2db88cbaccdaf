"""What the other tests stand on: a page is at rest once the server has answered, and what is waited for must come."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.support.driver import LATE, address, at_rest, eventually, open_page


def test_at_rest_is_after_the_answer_however_late_it_begins(page: Page):
    page.add_init_script(LATE)
    open_page(page, "patterns", "picture=camera&box=90_200_130_240")
    page.locator(".ground").press("ArrowRight")
    at_rest(page)
    assert "box=90_201_130_241" in address(page)


def test_what_comes_is_waited_for_and_what_does_not_come_is_said():
    coming = iter("aab")
    assert eventually(lambda: next(coming), "b") == "b"
    with pytest.raises(AssertionError, match="still 2 after 0 s"):
        eventually(lambda: 2, lambda value: value > 2, limit_s=0)
