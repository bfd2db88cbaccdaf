"""Overfitting's points by mouse, keys and touch; its curve, and the tabs of Depth and Tricks, at both sizes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.driver import at_rest, eventually, no_exceptions, open_page

POLYNOMIALS = "overfitting_view=Polynomials&overfitting_points=-0.5_0.5_0_-0.5_0.5_0.5&overfitting_degree=2"
TABS = [
    ("overfitting", "Random labels"), ("overfitting", "Double descent"), ("depth", "Equal parameters"),
    ("depth", "The history"), ("tricks", "Batch normalization"), ("tricks", "Augmentation"), ("tricks", "Optimizers"),
]  # fmt: skip


def handles(page: Page):
    return page.locator(".handles button")


def test_a_point_is_dragged_added_moved_by_keys_and_taken_away(page):
    open_page(page, "overfitting", POLYNOMIALS)
    expect(handles(page)).to_have_count(3)
    curve = page.locator(".curves path").first
    before = curve.get_attribute("d") or ""
    box = handles(page).nth(1).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y - 60, steps=4)
    page.mouse.up()
    expect(curve).not_to_have_attribute("d", before)
    expect(page).to_have_url(re.compile(r"overfitting_points=-0\.5_0\.5_0\.\d+_-?0\.\d+_0\.5_0\.5"))
    at_rest(page)
    page.locator(".points svg").click(position={"x": 80, "y": 60})
    at_rest(page)
    expect(handles(page)).to_have_count(4)
    handles(page).nth(3).focus()
    page.keyboard.press("ArrowUp")
    at_rest(page)
    page.keyboard.press("Delete")
    at_rest(page)
    expect(handles(page)).to_have_count(3)
    expect(page.get_by_text("3 points")).to_be_visible()
    no_exceptions(page)


def test_a_tap_adds_a_point_on_a_phone(phone):
    open_page(phone, "overfitting", POLYNOMIALS)
    phone.locator(".points svg").tap(position={"x": 120, "y": 200})
    at_rest(phone)
    expect(handles(phone)).to_have_count(4)
    no_exceptions(phone)


@pytest.mark.parametrize(("screen", "tab"), TABS)
def test_no_tab_is_wider_than_a_phone(phone, screen, tab):
    open_page(phone, screen, f"{screen}_view={tab.replace(' ', '+')}")
    no_exceptions(phone)
    eventually(lambda: phone.evaluate("document.documentElement.scrollWidth - innerWidth"), lambda over: over <= 1)


def test_a_point_of_the_history_leads_to_its_plan_and_so_does_its_link(page):
    open_page(page, "depth", "depth_view=The+history&depth_search=torchvision/alexnet")
    point = page.locator(".scatterlayer path.point")
    expect(point).to_have_count(1)
    box = point.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".hoverlayer")).to_contain_text("AlexNet")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(r"/plan\?network=AlexNet$"), timeout=30_000)
    expect(page.get_by_role("heading", name="Plan")).to_be_visible(timeout=60_000)
    at_rest(page)
    page.go_back()
    expect(page.get_by_text("point at one for its name")).to_be_visible(timeout=30_000)
    at_rest(page)
    expect(page).to_have_url(re.compile(r"/depth\?.*depth_view=The\+history"))
    open_page(page, "depth", "depth_view=The+history&depth_search=resnet50")
    page.get_by_role("link", name=re.compile("ResNet-50")).first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/plan\?network=ResNet-50$"), timeout=30_000)
    at_rest(page)
    no_exceptions(page)
