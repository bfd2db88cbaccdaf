"""Motion and the quiz in a real Chromium: the player steps by itself, and a round is played by thumb on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from explorer.one_dimension.quiz import make_round
from tests.browser.support.driver import at_rest, eventually, no_exceptions, open_page


def test_motion_plays_and_obeys_its_slider(page: Page):
    open_page(page, "motion")
    player = page.get_by_test_id("player")
    first = player.locator(".caption").inner_text()
    player.get_by_role("button", name="One step on").click()
    expect(player.locator(".caption")).not_to_have_text(first)
    shown = player.locator("img").get_attribute("src")
    player.get_by_role("button", name="Play").click()
    expect(player.locator("img")).not_to_have_attribute("src", str(shown))
    player.get_by_role("button", name="Pause").click()
    expect(page.get_by_text(re.compile(r"right is [\d.]+ times as strong"))).to_be_visible()
    slider = page.get_by_role("slider", name="Pixels per frame")
    slider.press("ArrowLeft")
    slider.press("ArrowLeft")
    expect(page.get_by_text("Nothing moves:")).to_be_visible()
    expect(page).to_have_url(re.compile("motion_velocity=0"))
    no_exceptions(page)


def test_the_frame_at_which_motion_was_left_is_in_the_link(page: Page):
    open_page(page, "motion")
    caption = page.get_by_test_id("player").locator(".caption")
    for _ in range(3):
        before = caption.inner_text()
        page.get_by_role("button", name="One step on").click()
        expect(caption).not_to_have_text(before)
    left = caption.inner_text()
    expect(page).to_have_url(re.compile(r"motion_frame=\d"))
    at_rest(page, quiet_s=0.6)  # it may have rested at a frame before
    page.reload()
    at_rest(page)
    expect(caption).to_have_text(left)
    page.get_by_role("slider", name="Pixels per frame").press("ArrowLeft")
    expect(caption).not_to_have_text(left)
    eventually(lambda: caption.inner_text().split(":")[0], left.split(":")[0])  # another motion, the same moment
    no_exceptions(page)


def middle(page: Page, alt: str) -> tuple[float, float]:
    box = page.get_by_role("img", name=re.compile(rf"^{alt}\b")).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def chosen(page: Page, key: str, names: list[str]) -> None:
    """Assert that these are chosen in the row of buttons of that key."""
    expect(page.locator(f".st-key-{key} [data-selected=true]")).to_have_text(names)


def test_signals_and_kernels_are_dragged_or_tapped_onto_results(page: Page):
    open_page(page, "match")
    for alt, place in (("Signal B", "Result 3"), ("Kernel 2", "Result 3")):
        page.mouse.move(*middle(page, alt))
        page.mouse.down()
        page.mouse.move(*middle(page, place), steps=4)
        page.mouse.up()
        at_rest(page)
    chosen(page, "match_signal_3", ["B"])
    chosen(page, "match_kernel_3", ["2"])
    for alt in ("Signal C", "Result 3", "Signal C", "Result 3"):  # the second time changes nothing
        page.mouse.click(*middle(page, alt))
        at_rest(page)
    chosen(page, "match_signal_3", ["C"])
    expect(page).to_have_url(re.compile("match_signal_3=C"))
    page.mouse.move(*middle(page, "Signal A"))  # dropped beside the results: nothing
    page.mouse.down()
    page.mouse.move(5, 5, steps=4)
    page.mouse.up()
    at_rest(page)
    for number, names in enumerate(([], [], ["C"], []), 1):
        chosen(page, f"match_signal_{number}", names)
    no_exceptions(page)


def test_a_signal_is_dragged_by_a_finger_to_a_result_out_of_sight(phone: Page):
    open_page(phone, "match")
    touch = phone.context.new_cdp_session(phone)
    x, y = middle(phone, "Signal D")

    def point(kind: str, *places: tuple[float, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in places]})

    point("touchStart", (x, y))
    point("touchMove", (x, y + 60))
    point("touchMove", (x, 820))  # at the lower rim the page scrolls along
    place = phone.get_by_role("img", name=re.compile("^Result 4"))
    phone.wait_for_function("image => image.getBoundingClientRect().bottom < 700", arg=place.element_handle())
    point("touchMove", (x, 400))  # away from the rim the page stands still
    point("touchMove", middle(phone, "Result 4"))
    point("touchEnd")
    at_rest(phone)
    chosen(phone, "match_signal_4", ["D"])
    no_exceptions(phone)


def test_a_round_is_played_by_thumb_on_a_phone(phone: Page):
    open_page(phone, "match", "match_round=3")
    made = make_round(3, 1)
    rows = phone.get_by_role("img", name=re.compile("^Signal [A-D]$"))
    heights = {round(rows.nth(i).bounding_box()["y"]) for i in range(4)}  # type: ignore[index]
    assert len(heights) == 1  # all four in one view, to be compared
    for number, (signal, kernel) in enumerate(made.answer, 1):
        for key, choice in ((f"match_signal_{number}", "ABCD"[signal]), (f"match_kernel_{number}", "1234"[kernel])):
            phone.locator(f".st-key-{key}").get_by_text(choice, exact=True).tap()
            chosen(phone, key, [choice])
            at_rest(phone, quiet_s=0.15)
    phone.get_by_role("button", name="Check").tap()
    expect(phone.get_by_text("Right so far: 4 of 4")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    no_exceptions(phone)
