"""The neuron's card in a real Chromium: a climb is watched, stopped, scrubbed; a tile of the atlas opens its card."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from explorer.maximization.known_classes import KNOWN
from tests.browser.support.driver import at_rest, eventually, no_exceptions, open_page

LIMIT_MS = 90_000
LONG = "unit_advanced=true&unit_magnitude_steps=256&unit_layer=blocks.6"  # some 20 s, so that it is seen going on
SMALL = "unit_advanced=true&unit_magnitude_side_in_pixels=32&unit_magnitude_steps=256&unit_layer=blocks.0"


def step_shown(page: Page) -> int:
    """The step of the newest frame of the first climb."""
    shown = page.locator("img.frame[alt^='most, step']")
    expect(shown).to_be_visible(timeout=LIMIT_MS)
    return int((shown.get_attribute("alt") or "").split()[-1])


def test_frames_come_until_it_is_stopped_and_can_then_be_scrubbed(page: Page):
    page.goto(f"/neurons?{LONG}")
    first = step_shown(page)
    eventually(lambda: step_shown(page), lambda step: step > first, limit_s=LIMIT_MS / 1000)
    page.get_by_role("button", name="Stop", exact=False).first.click()
    expect(page.get_by_role("button", name="Again")).to_be_visible(timeout=LIMIT_MS)
    at_rest(page)
    player = page.get_by_test_id("player").first
    slider, caption = player.get_by_role("slider", name="Step"), player.get_by_role("status")
    expect(caption).to_have_text(re.compile(r"^step [1-9]"))
    expect(caption).not_to_have_text(re.compile(r"^step 256$"))  # its end
    last = player.locator("img").first.get_attribute("src") or ""
    slider.press("Home")
    expect(caption).to_have_text("step 0")
    expect(player.locator("img").first).not_to_have_attribute("src", last)
    page.get_by_role("button", name="Again").click()
    assert step_shown(page) >= 0
    no_exceptions(page)


def test_buttons_that_show_an_icon_only_say_what_they_do(page: Page):
    open_page(page, "neurons", SMALL)
    channel = page.get_by_role("spinbutton", name=re.compile("^Channel"))
    for name, after in (("Next", "5"), ("Previous", "4")):
        button = page.get_by_role("button", name=name, exact=True)
        box = button.bounding_box()
        assert box is not None
        assert box["width"] < 60  # its label takes no room
        button.click()
        expect(channel).to_have_value(after, timeout=LIMIT_MS)
    for name in ("Random", "Most excited by your picture"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()


def test_a_tile_of_the_tour_opens_its_picture_and_that_its_card(page: Page):
    open_page(page, "atlas")
    tour = page.locator(".tiles")
    expect(tour).to_have_count(5)
    box = tour.nth(1).bounding_box()
    assert box is not None
    tour.nth(1).click(position={"x": box["width"] * 2.5 / 7, "y": box["height"] / 2})
    expect(page.get_by_role("dialog").get_by_role("img", name="What excites blocks.1")).to_be_visible(timeout=LIMIT_MS)
    page.get_by_role("dialog").get_by_role("button", name="Open its card").click()
    expect(page).to_have_url(re.compile(r"/neurons\?.*unit_layer=blocks\.1"), timeout=LIMIT_MS)
    expect(page.get_by_role("heading", name="Neurons")).to_be_visible()
    expect(page.locator("img.frame[alt^='most, step']")).to_be_visible(timeout=LIMIT_MS)
    no_exceptions(page)


def test_on_a_phone_a_tile_of_the_atlas_is_as_wide_as_a_finger(phone: Page):
    open_page(phone, "atlas")
    box = phone.locator(".tiles").first.bounding_box()
    assert box is not None
    assert box["width"] / 7 >= 44


# Of each caption: how high its type is, into how many pieces its most broken word is, and how far the row below it is.
CAPTIONS = """
(root) => {
  const bottom = root.getBoundingClientRect().bottom;
  const pieces = (text) => [...text.data.matchAll(/[^ -]+/g)].map(({ index, 0: word }) => {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    return range.getClientRects().length;
  });
  return [...root.querySelectorAll(".captions span")].map((span) => ({
    type: parseFloat(getComputedStyle(span).fontSize),
    pieces: Math.max(...pieces(span.firstChild)),
    inside: span.getBoundingClientRect().bottom <= bottom + 1 && span.scrollWidth <= span.clientWidth,
  }));
}
"""


def test_on_a_phone_the_names_beneath_the_tiles_of_classes_are_read(phone: Page):
    open_page(phone, "atlas", "atlas_view=layer by layer&atlas_layer=classifier")
    told = phone.locator(".tiles").evaluate(CAPTIONS)
    assert len(told) == len(KNOWN)
    assert min(one["type"] for one in told) >= 11
    assert [one for one in told if one["pieces"] > 1 or not one["inside"]] == []
