"""The screens inside a network in a real Chromium: what a link gave stays, and pictures are enlarged as they should."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

import explorer
from explorer.networks.loading import probabilities
from explorer.responses.occlusion import covered
from tests.browser.support.driver import at_rest, eventually, menu_link, no_exceptions, open_page

LIMIT_MS = 90_000
GIVEN = "picture=coffee&weights=random&network=SqueezeNet+1.1"


def go(page: Page, title: str) -> None:
    menu_link(page, title).click()
    at_rest(page, quiet_s=0.2)


@pytest.mark.parametrize("arrival", ["", "plan", "atlas", "convolution"])
def test_what_came_by_a_link_goes_along_to_every_next_screen(page: Page, arrival: str):
    open_page(page, arrival, GIVEN)
    for title in ("Plan", "Home", "Learning", "Home", "Edges", "Plan"):
        go(page, title)
        in_use = page.get_by_test_id("stSidebar").locator("img").first
        expect(in_use).to_have_attribute("alt", "The picture in use: coffee")
        for part in GIVEN.split("&"):  # so that the address is a link to what is shown
            expect(page).to_have_url(re.compile(re.escape(part)))
        no_exceptions(page)


@pytest.mark.parametrize(
    ("screen", "title", "given"),
    [
        ("feature_maps", "Feature maps", "maps_view=One+place&maps_layer=blocks.5&map=7&place=2_3"),
        ("plan", "Plan", "plan_layer=blocks.1"),
        ("filters", "Filters", "filters_order=energy&filter=9"),
        ("where", "Where it looks", "where_class=broccoli&where_layer=blocks.4"),
    ],
)
def test_what_came_by_a_link_is_there_again_when_one_comes_back(page: Page, screen: str, title: str, given: str):
    open_page(page, screen, given)
    go(page, "Learning")
    go(page, title)
    for key, value in (part.split("=") for part in given.split("&")):  # a layer by words before its name
        expect(page).to_have_url(re.compile(rf"[?&]{key}=(\w+%2C\+)?{re.escape(value)}(&|$)"))
    no_exceptions(page)


def enlarged(page: Page, selector: str, how: str) -> None:
    """Assert that the first of these pictures is enlarged so."""
    picture = page.locator(selector).first
    expect(picture).to_be_visible(timeout=LIMIT_MS)
    expect(picture).to_have_css("image-rendering", how)


def test_photographs_are_enlarged_smoothly_and_what_must_keep_its_pixels_is_not(page: Page):
    open_page(page, "")
    enlarged(page, ".tiles img", "auto")
    go(page, "Atlas")
    enlarged(page, ".tiles img", "auto")
    go(page, "Learning")
    enlarged(page, ".player img", "pixelated")
    go(page, "Feature maps")
    enlarged(page, ".tiles img", "pixelated")
    enlarged(page, ".places img", "pixelated")
    page.get_by_text("Overlay it on the picture").click()
    at_rest(page)
    enlarged(page, ".places img", "auto")
    page.goto("/neurons?unit_advanced=true&unit_magnitude_side_in_pixels=32&unit_magnitude_steps=8&unit_layer=blocks.0")
    enlarged(page, ".player img", "auto")


def test_a_square_is_dragged_over_the_picture_and_the_label_follows(page: Page):
    open_page(page, "where")
    square, grid = page.locator(".cover .square"), page.locator(".cover .stage")
    square.scroll_into_view_if_needed()
    before, ground = square.bounding_box(), grid.bounding_box()
    assert before
    assert ground
    assert before["width"] == pytest.approx(0.3 * ground["width"], rel=0.02)
    expect(page).not_to_have_url(re.compile("where_cover"))
    page.mouse.move(before["x"] + 9, before["y"] + 9)
    page.mouse.down()
    page.mouse.move(before["x"] + 9 - 0.25 * ground["width"], before["y"] + 9 - 0.25 * ground["height"], steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"where_cover=7_7"))  # from the field in the middle, 14, by a quarter of 28
    at_rest(page)
    eventually(lambda: (square.bounding_box() or before)["x"], pytest.approx(before["x"] - ground["width"] / 4, abs=2))
    expect(page.get_by_text(re.compile(r"daisy: 32 % → (?!4\.3 %)"))).to_be_visible()
    no_exceptions(page)


def test_while_the_square_is_dragged_the_browser_answers_as_the_engine_and_the_server_hears_nothing(page: Page, lite0):
    open_page(page, "where")
    square, root = page.locator(".cover .square"), page.get_by_test_id("cover")
    square.scroll_into_view_if_needed()
    box, ground = square.bounding_box(), page.locator(".cover .stage").bounding_box()
    assert box
    assert ground
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()  # from the first touch on the network is loaded
    expect(page.locator(".cover .where")).to_have_text(re.compile("passes a second"), timeout=LIMIT_MS)
    at_rest(page)
    runs = page.locator(".shows").first.get_attribute("data-of")
    row, column = (int(28 * (116 / 224 + moved / ground["width"])) for moved in (-30, 40))
    page.mouse.move(middle[0] + 40, middle[1] - 30, steps=4)
    expect(root).to_have_attribute("data-place", f"{row} {column}")
    assert page.locator(".shows").first.get_attribute("data-of") == runs
    expect(page).not_to_have_url(re.compile("where_cover"))
    share = float(root.get_attribute("data-share") or "nan")
    hidden = covered(lite0, explorer.sample("flower"), (8 * row + 4, 8 * column + 4), round(224 * 0.3))
    number = lite0.class_index("daisy")
    assert share == pytest.approx(float(probabilities(lite0, hidden)[number]), abs=1e-3)
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"where_cover={row}_{column}"))
    at_rest(page)
    expect(page.locator(".cover .change")).to_have_text(re.compile(rf"daisy: 32.% → {100 * share:.2g}"))
    no_exceptions(page)
