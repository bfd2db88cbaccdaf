"""The Adversarial screen in a real Chromium: compare, scrub, follow a neuron, save and upload again, stop."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.driver import LIMIT_MS, at_rest, no_exceptions, open_page, upload

QUICK = "attack_steps=8"


@pytest.fixture
def fooled(page: Page) -> Page:
    """The screen once the daisy has become broccoli."""
    open_page(page, "adversarial", QUICK)
    expect(page.get_by_text("has become")).to_be_visible(timeout=LIMIT_MS)
    at_rest(page)
    return page


def test_the_verdict_and_all_four_pictures_stand_above_the_fold(fooled: Page):
    height = fooled.viewport_size["height"]
    for shown in (
        fooled.get_by_text("has become"),
        fooled.get_by_role("img", name="The original picture at the network's size"),
        fooled.get_by_role("img", name="The perturbation, amplified, zero at mid-grey"),
        fooled.get_by_role("img", name="The adversarial picture", exact=True),
        fooled.get_by_role("img", name="The picture with random noise of the same size"),
    ):
        box = shown.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height


def test_the_divider_uncovers_and_flicker_alternates(fooled: Page):
    pair = fooled.locator(".compare .pair")
    slider = fooled.locator('.compare [type="range"]')
    slider.fill("80")
    assert pair.evaluate("one => one.style.getPropertyValue('--at')") == "80%"
    names = [fooled.locator(f".compare .{side}").inner_text() for side in ("left", "right")]
    assert names == ["original", "adversarial"]
    before, after = (fooled.locator(f".compare img.{which}").get_attribute("src") for which in ("before", "after"))
    assert before != after
    flicker = fooled.get_by_label("Flicker")
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
    last = picture.get_attribute("src")
    slider.fill("0")
    expect(caption).to_have_text(re.compile(r"^Step 0: daisy 32 %, broccoli 0.1 %"))
    assert picture.get_attribute("src") != last
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
    open_page(page, "adversarial", QUICK + "&attack_view=Why+it+works&picture=flower")
    link = page.get_by_role("link", name=re.compile(r"Channel \d+:")).first
    expect(link).to_be_visible(timeout=LIMIT_MS)
    channel = re.search(r"Channel (\d+)", link.inner_text())
    assert channel is not None
    link.click()
    expect(page.get_by_role("spinbutton", name=re.compile("^Channel"))).to_have_value(channel[1], timeout=LIMIT_MS)
    expect(page).to_have_url(re.compile(r"unit_layer=bn2\.act"))  # where daisy and broccoli part most
    expect(page.get_by_test_id("stSidebar").get_by_role("img", name="The picture in use: flower")).to_be_visible()
    no_exceptions(page)


def test_a_long_attack_is_stopped_and_keeps_what_it_reached(page: Page):
    page.goto("/adversarial?attack_steps=200&attack_linf=1")  # it is not at rest before it is stopped
    stop = page.locator(".st-key-stop_attack").get_by_role("button")
    stop.click(timeout=LIMIT_MS)
    expect(page.get_by_role("button", name="Run again")).to_be_visible(timeout=LIMIT_MS)
    expect(stop).to_have_count(0)
    expect(page.get_by_role("img", name="The adversarial picture", exact=True)).to_be_visible()
    no_exceptions(page)
