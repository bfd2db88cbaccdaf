"""Circuits in a real Chromium: back to the pixels by clicks, another place on the map, one decision, a phone."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.support.driver import LIMIT_MS, at_rest, no_exceptions

NUMBER = r"−?[\d,]+(?:\.\d+)?(?:e-?\d+)?"


def strongest_driver(page: Page) -> int:
    """The channel to go on to that stands first on the screen: it drives most."""
    name = page.locator("[class*='st-key-circuit_to_'] button").first.inner_text(timeout=LIMIT_MS)
    return int(name.split()[0])


def value(page: Page) -> str:
    return page.get_by_text(re.compile(rf"^{NUMBER} = {NUMBER} − ")).inner_text(timeout=LIMIT_MS)


def test_a_unit_is_walked_back_to_the_pixels_by_clicks(page: Page):
    page.goto("/circuits?circuit_layer=blocks.0.0&circuit_channel=3&picture=cat")
    expect(page.locator(".wire img[alt^='What excites channel']").first).to_be_visible(timeout=LIMIT_MS)
    expect(page.locator(".wire img[alt^='The kernel from channel']").first).to_be_visible(timeout=LIMIT_MS)
    at_rest(page)  # before, those that come may still change their places
    strongest = strongest_driver(page)
    page.locator(f".st-key-circuit_to_{strongest} button").first.click()
    expect(page.get_by_text("Here the way back ends")).to_be_visible(timeout=LIMIT_MS)
    expect(page.get_by_role("img", name="The filter, in colour")).to_be_visible()
    expect(page).to_have_url(
        re.compile(
            rf"circuit_layer=[^&]*bn1.*circuit_channel={strongest}|circuit_channel={strongest}.*circuit_layer=[^&]*bn1"
        )
    )
    page.get_by_role("button", name="blocks.0.0, 3").click()
    expect(page.get_by_text("Here the way back ends")).to_be_hidden(timeout=LIMIT_MS)
    expect(page).to_have_url(re.compile(r"circuit_layer=[^&]*blocks\.0\.0"))
    no_exceptions(page)


def test_another_place_on_the_map_has_another_sum_that_adds_up(page: Page):
    page.goto("/circuits?circuit_layer=blocks.0.0&circuit_channel=3&picture=cat")
    before = value(page)
    at_rest(page)
    box = page.locator(".places").bounding_box()
    assert box is not None
    page.locator(".places").click(position={"x": 0.3 * box["width"], "y": 0.3 * box["height"]})
    expect(page.get_by_text(before, exact=True)).to_be_hidden(timeout=LIMIT_MS)
    now = value(page)
    whole, drives, hinders, rest = (float(n.replace(",", "")) for n in re.findall(r"[\d,]+(?:\.\d+)?", now))
    sign = 1 if " + " in now else -1
    assert abs(drives - hinders + sign * rest - whole) <= 0.002
    no_exceptions(page)


def test_one_decision_adds_up_and_what_the_attack_bought_is_shown(page: Page):
    page.goto("/circuits?circuit_view=One+decision&picture=cat")
    said = page.get_by_text(re.compile(r": logit .* \(bias\)")).inner_text(timeout=LIMIT_MS)
    logit, *parts = (float(n) for n in re.findall(r"(?<=[ ])\d+(?:\.\d+)?(?= |$)", said.split(": logit")[1]))
    signs = np.where(np.array(re.findall(r" ([+−]) ", f" + {said.split(' = ')[1]}")) == "+", 1, -1)
    assert abs(signs @ np.array(parts) - logit) <= 0.01 * len(parts)
    photographs = page.locator("img.frame[alt^='The photograph that excites unit']")
    expect(photographs).to_have_count(5, timeout=2 * LIMIT_MS)  # once all are looked through
    expect(page.get_by_text("These units were bought")).to_be_visible(timeout=2 * LIMIT_MS)
    expect(page.get_by_role("img", name=re.compile("^Attacked: "))).to_be_visible()
    no_exceptions(page)


def test_on_a_phone_the_wires_are_within_the_screen(phone: Page):
    phone.goto("/circuits?circuit_layer=blocks.0.0&circuit_channel=3")
    expect(phone.locator(".wire img").first).to_be_visible(timeout=LIMIT_MS)
    at_rest(phone)
    widths = phone.locator(".wire").evaluate_all("wires => wires.map((wire) => wire.getBoundingClientRect().right)")
    assert max(widths) <= 390
    no_exceptions(phone)
