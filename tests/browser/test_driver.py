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


TICKING = """
<div data-testid="stApp" data-test-connection-state="CONNECTED" data-test-script-state="running"></div>
<script>setInterval(() => {
    const told = document.querySelector("div").dataset;
    told.testScriptState = performance.now() % 500 < 250 ? "running" : "notRunning";
}, 10)</script>
"""


GROWING = """
<div data-testid="stApp" data-test-connection-state="CONNECTED" data-test-script-state="notRunning"></div>
<div data-testid="stMain"></div>
<script>
    const main = document.querySelector("[data-testid=stMain]");
    for (const ms of [300, 600, 900]) setTimeout(() => main.append(document.createElement("hr")), ms);
</script>
"""


def test_what_comes_late_and_moves_what_is_beneath_is_waited_for(page: Page):
    page.set_content(GROWING)
    at_rest(page)
    assert page.locator("hr").count() == 3


def test_long_work_whose_clock_ticks_does_not_keep_a_page_from_its_rest(page: Page):
    page.set_content(TICKING)
    with pytest.raises(AssertionError, match="not at rest after 3 s"):
        at_rest(page, limit_s=3)
    page.set_content(TICKING + '<div class="st-key-stop_work"></div>')
    at_rest(page, limit_s=20)


def test_what_comes_is_waited_for_and_what_does_not_come_is_said():
    coming = iter("aab")
    assert eventually(lambda: next(coming), "b") == "b"
    with pytest.raises(AssertionError, match="still 2 after 0 s"):
        eventually(lambda: 2, lambda value: value > 2, limit_s=0)
