"""The Adversarial screen in a real Chromium: compare, scrub, follow a neuron, save and upload again, stop."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.support.driver import LIMIT_MS, at_rest, eventually, menu_link, no_exceptions, open_page, upload

QUICK = "picture=flower&attack_steps=8"


@pytest.fixture
def fooled(page: Page) -> Page:
    """The screen once the daisy has become broccoli."""
    open_page(page, "adversarial", QUICK)
    expect(page.get_by_text("has become")).to_be_visible(timeout=LIMIT_MS)
    at_rest(page)
    return page


def test_the_verdict_and_all_four_pictures_stand_above_the_fold(fooled: Page):
    height = fooled.viewport_size["height"]

    def lowest(shown: Locator) -> float:
        box = shown.bounding_box()
        return box["y"] + box["height"] if box else np.inf

    for shown in (
        fooled.get_by_text("has become"),
        fooled.get_by_role("img", name="The original picture at the network's size"),
        fooled.get_by_role("img", name="The perturbation, amplified, zero at mid-grey"),
        fooled.get_by_role("img", name="The adversarial picture", exact=True),
        fooled.get_by_role("img", name="The picture with the same change, shuffled"),
    ):
        eventually(lambda one=shown: lowest(one), lambda bottom: bottom <= height)


def test_the_divider_uncovers_and_flicker_alternates(fooled: Page):
    pair = fooled.locator(".compare .pair")
    slider = fooled.locator('.compare [type="range"]')
    slider.fill("80")
    eventually(lambda: pair.evaluate("one => one.style.getPropertyValue('--at')"), "80%")
    for side, name in (("left", "original"), ("right", "adversarial")):
        expect(fooled.locator(f".compare .{side}")).to_have_text(name)
    before, after = (fooled.locator(f".compare img.{which}").get_attribute("src") for which in ("before", "after"))
    assert before != after
    flicker = fooled.get_by_label("Flicker between the two")
    flicker.check()
    expect(fooled.locator(".compare")).to_have_class(re.compile("flickering"))
    flicker.uncheck()
    expect(fooled.locator(".compare")).not_to_have_class(re.compile("flickering"))
    no_exceptions(fooled)


def test_the_trajectory_is_scrubbed_from_daisy_to_broccoli(page: Page):
    open_page(page, "adversarial", QUICK + "&attack_view=Curves&attack_curve=Over+the+steps")
    slider = page.locator(".player input")
    expect(slider).to_be_visible(timeout=LIMIT_MS)
    caption, picture = page.locator(".player .caption"), page.locator(".player img")
    expect(caption).to_have_text(re.compile(r"^Step 8: daisy .*broccoli [6-9]\d"), timeout=LIMIT_MS)
    last = picture.get_attribute("src") or ""
    slider.fill("0")
    expect(caption).to_have_text(re.compile(r"^Step 0: daisy 32 %, broccoli 0.1 %"))
    expect(picture).not_to_have_attribute("src", last)
    no_exceptions(page)


def test_the_saved_file_opened_again_fools_the_network_on_its_own(fooled: Page, tmp_path):
    fooled.get_by_text("Take away").click()
    with fooled.expect_download() as download:
        fooled.get_by_role("button", name="The adversarial picture").click()
    saved = tmp_path / "adversarial.png"
    download.value.save_as(saved)
    open_page(fooled, "")
    upload(fooled, "adversarial.png", saved.read_bytes())
    expect(fooled.locator(".bar").first).to_contain_text("broccoli", timeout=LIMIT_MS)
    no_exceptions(fooled)


def test_a_neuron_that_moved_leads_to_its_card(page: Page):
    open_page(page, "adversarial", QUICK + "&attack_view=Why+it+works")
    link = page.get_by_role("link", name=re.compile(r"Channel \d+:")).first
    expect(link).to_be_visible(timeout=LIMIT_MS)
    at_rest(page)
    channel = re.search(r"Channel (\d+)", link.inner_text())
    assert channel is not None
    link.click()
    expect(page.get_by_role("spinbutton", name=re.compile("^Channel"))).to_have_value(channel[1], timeout=LIMIT_MS)
    expect(page).to_have_url(re.compile(r"unit_layer=bn2\.act"))  # where daisy and broccoli part most
    expect(page.get_by_test_id("stSidebar").get_by_role("img", name="The picture in use: flower")).to_be_visible()
    no_exceptions(page)


def test_a_long_attack_is_stopped_and_keeps_what_it_reached(page: Page):
    page.goto("/adversarial?picture=flower&attack_steps=200&attack_linf=1")  # it is not at rest before it is stopped
    expect(page.get_by_role("img", name="The adversarial picture", exact=True)).to_be_visible(timeout=LIMIT_MS)
    stop = page.locator(".st-key-stop_attack").get_by_role("button")
    stop.click(timeout=LIMIT_MS)
    expect(page.get_by_role("button", name="Run again")).to_be_visible(timeout=LIMIT_MS)
    expect(stop).to_have_count(0)
    expect(page.get_by_role("img", name="The adversarial picture", exact=True)).to_be_visible()
    no_exceptions(page)


def test_a_visit_that_begins_here_opens_with_what_is_read_surely_and_fooled(page: Page):
    open_page(page, "adversarial")
    expect(page.get_by_text(re.compile("espresso.*has become.*broccoli"))).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_test_id("stSidebar").get_by_role("img", name="The picture in use: coffee")).to_be_visible()
    no_exceptions(page)


def in_use(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stSidebar").get_by_role("img", name=f"The picture in use: {name}")


@pytest.mark.parametrize("begin", ["filters", "adversarial?picture=flower"])
def test_the_usual_picture_stays_here_on_reload_and_in_the_link(page: Page, begin: str):
    open_page(page, begin)
    expect(in_use(page, "flower")).to_be_visible()
    if begin == "filters":
        menu_link(page, "Adversarial").click()
        expect(page.get_by_role("heading", name="Adversarial").first).to_be_visible()
        at_rest(page)
    expect(page).to_have_url(re.compile("adversarial.*picture=flower"))
    page.reload()
    at_rest(page)
    expect(in_use(page, "flower")).to_be_visible()
    menu_link(page, "Filters").click()
    at_rest(page)
    expect(in_use(page, "flower")).to_be_visible()


def test_the_picture_that_this_screen_opens_with_goes_along_to_the_next(page: Page):
    open_page(page, "adversarial")
    menu_link(page, "Filters").click()
    expect(page).to_have_url(re.compile("filters.*picture=coffee"))
    at_rest(page)
    page.go_back()
    at_rest(page)
    expect(in_use(page, "coffee")).to_be_visible()


def test_the_flicker_stands_beside_the_verdict_and_in_the_link(fooled: Page):
    fooled.get_by_role("button", name="More").click()
    fooled.locator(".st-key-attack_flicker label").first.click()
    expect(fooled.locator(".flicker img")).to_have_count(2, timeout=LIMIT_MS)
    expect(fooled).to_have_url(re.compile("attack_flicker=true"))
    at_rest(fooled)
    box, verdict = (fooled.locator(one).bounding_box() for one in (".flicker", ".st-key-fooling_verdict"))
    assert box["y"] + box["height"] <= fooled.viewport_size["height"]
    assert verdict["y"] < box["y"]
    no_exceptions(fooled)


def test_no_name_lies_upon_the_two_pictures(fooled: Page):
    pair, names = fooled.locator(".compare .pair"), fooled.locator(".compare .names")
    assert names.bounding_box()["y"] >= pair.bounding_box()["y"] + pair.bounding_box()["height"] - 1


def test_a_defence_stopped_while_it_learns_keeps_its_words_and_code(page: Page):
    page.goto("/defence?defence_epochs=50")
    stop = page.locator(".st-key-stop_defence").get_by_role("button")
    stop.click(timeout=LIMIT_MS)
    expect(page.get_by_role("button", name="Run again")).to_be_visible(timeout=LIMIT_MS)
    at_rest(page)
    no_exceptions(page)
    expect(page.get_by_text("Where the curves part")).to_be_visible()
    expect(page.locator(".st-key-sidebar_picture")).to_be_hidden()
    expect(page.locator(".st-key-sidebar_network")).to_be_hidden()
    page.get_by_role("button", name="Run again").click()
    expect(stop).to_be_visible(timeout=LIMIT_MS)
    stop.click()
    expect(page.get_by_role("button", name="Run again")).to_be_visible(timeout=LIMIT_MS)
    no_exceptions(page)


def test_the_universal_change_can_be_taken_away(page: Page):
    open_page(page, "many", "many_view=Universal&many_steps=1&many_epsilon=8")
    at_rest(page)
    page.get_by_text("Take away").click()
    button = page.get_by_role("button", name="The change, in levels")
    expect(button).to_be_visible(timeout=LIMIT_MS)
    with page.expect_download() as download:
        button.click()
    change = np.load(download.value.path())
    assert change.shape == (224, 224, 3)
    assert 0 < np.abs(change).max() <= 8
    no_exceptions(page)
