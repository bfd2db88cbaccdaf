"""The paths as a visitor walks them: right and wrong, with an own picture, on a phone, by keyboard alone, by link."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from pages.parts.path.teaching_path import shipped
from tests.browser.support.driver import at_rest, no_exceptions, open_page, upload

FOOLED = shipped()["fooled"].stations


def pressed(page, key):
    page.locator(f".st-key-{key} button:visible").first.click()
    at_rest(page)


def told(page) -> str:
    return page.locator('.st-key-path_strip [data-testid="stAlert"]').inner_text()


def answered(page, station, choice: int) -> None:
    """Choose an answer, the place in the middle where one is asked for."""
    if station.question.kind == "place":
        pressed(page, "path_place")
    else:
        page.locator('[class*="st-key-path_option"] button').nth(choice).click()
        at_rest(page)


def walk(page, choice: int) -> list[str]:
    """The whole short path, always with the same choice; returns what was said at each station."""
    open_page(page, "lecture")
    pressed(page, "path_begin_fooled")
    said = []
    for number, station in enumerate(FOOLED, 1):
        expect(page).to_have_url(re.compile(rf"path=fooled\.{number}\b"))
        expect(page.get_by_text(station.question.ask.replace("*", ""))).to_have_count(1)
        answered(page, station, choice)
        said.append(told(page))
        no_exceptions(page)
        pressed(page, "path_on")
    return said


def test_right_and_wrong_answers_on_the_whole_short_path(page):
    said = walk(page, 1)
    assert [("Right" in one, "Not so" in one) for one in said] == [
        (True, False), (True, False), (True, False), (False, True), ("Right" in said[4], "Not so" in said[4]),
        ("Right" in said[5], "Not so" in said[5]),
    ]  # fmt: skip
    expect(page.get_by_text("6 of 6 seen")).to_have_count(1)
    expect(page).not_to_have_url(re.compile("path="))


def test_an_own_picture_on_a_phone(phone):
    picture = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    open_page(phone, "lecture")
    phone.get_by_test_id("stExpandSidebarButton").click()
    upload(phone, "mine.png", cv2.imencode(".png", cv2.resize(picture, (480, 360)))[1].tobytes())
    phone.get_by_test_id("stSidebarCollapseButton").locator("button").click()
    pressed(phone, "path_begin_fooled")
    answered(phone, FOOLED[0], 0)
    assert "It says" in told(phone)
    pressed(phone, "path_on")
    expect(phone.get_by_alt_text("mine.png").or_(phone.get_by_label("mine.png"))).not_to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_by_keyboard_alone(page):
    open_page(page, "convolution", "x=numbers&k=3x3_0_1_2_2_2_0_0_1_2&p=valid&path=lecture.2")
    page.locator(".st-key-path_back button").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "number":
            break
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    at_rest(page)
    assert "Right" in told(page)
    page.locator(".st-key-path_on button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/smoothing?*path=lecture.3*")


@pytest.mark.parametrize("number", [4, 14])
def test_a_station_opens_cold_by_its_link_and_goes_on(page, number):
    station = shipped()["lecture"].stations[number - 1]
    query = "&".join(f"{name}={value}" for name, value in {**station.link, "path": f"lecture.{number}"}.items())
    open_page(page, station.screen, query)
    expect(page.get_by_role("heading", name=station.title)).to_have_count(1)
    answered(page, station, 1)
    assert "Right" in told(page)
    pressed(page, "path_back")
    expect(page).to_have_url(re.compile(rf"path=lecture\.{number - 1}\b"))
