"""Motion and the quiz in a real Chromium: the player steps by itself, and a round is played by thumb on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from explorer.one_dimension.quiz import make_round
from tests.browser.driver import at_rest, no_exceptions, open_page
from tests.browser.test_signals import phone  # noqa: F401


def test_motion_plays_and_obeys_its_slider(page: Page):
    open_page(page, "motion")
    player = page.get_by_test_id("player")
    first = player.locator(".caption").inner_text()
    player.get_by_role("button", name="One step on").click()
    assert player.locator(".caption").inner_text() != first
    shown = player.locator("img").get_attribute("src")
    player.get_by_role("button", name="Play").click()
    expect(player.locator("img")).not_to_have_attribute("src", str(shown))
    player.get_by_role("button", name="Pause").click()
    expect(page.get_by_text(re.compile(r"right is [\d.]+ times as strong"))).to_be_visible()
    slider = page.get_by_role("slider", name="Pixels a frame")
    slider.press("ArrowLeft")
    slider.press("ArrowLeft")
    expect(page.get_by_text("Nothing moves:")).to_be_visible()
    expect(page).to_have_url(re.compile("motion_velocity=0"))
    no_exceptions(page)


def test_a_round_is_played_by_thumb_on_a_phone(phone: Page):  # noqa: F811
    open_page(phone, "match", "match_round=3")
    made = make_round(3, 1)
    rows = phone.get_by_role("img", name=re.compile("^Signal [A-D]$"))
    heights = {round(rows.nth(i).bounding_box()["y"]) for i in range(4)}  # type: ignore[index]
    assert len(heights) == 1  # all four in one view, to be compared
    for number, (signal, kernel) in enumerate(made.answer, 1):
        for key, choice in ((f"match_signal_{number}", "ABCD"[signal]), (f"match_kernel_{number}", "1234"[kernel])):
            phone.locator(f".st-key-{key}").get_by_text(choice, exact=True).tap()
            at_rest(phone, quiet_s=0.15)
    phone.get_by_role("button", name="Check").tap()
    expect(phone.get_by_text("Right so far: 4 of 4")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    no_exceptions(phone)
