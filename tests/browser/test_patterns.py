"""The patterns screen in a real Chromium: a box by mouse, finger and keys, and what it finds."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import explorer
from explorer.pictures.images import open_image
from pages.parts.widgets import box_drawing
from tests.browser.support.driver import address, at_rest, drag_by_finger, eventually, no_exceptions, open_page

PICTURE = open_image(explorer.sample("camera").uint8, max_side=512)
Box = tuple[int, ...]


def in_link(page: Page) -> Box:
    """The box in the address, once the hand rests and the server has answered."""
    at_rest(page)
    found = re.search(r"[?&]box=([^&]*)", address(page))
    assert found, f"no box in {address(page)}"
    box = box_drawing.checked(box_drawing.read(found[1]), PICTURE)
    assert box is not None
    return box


def shown(page: Page) -> Box:
    """The box on the screen, in the picture's pixels."""
    frame, image = (page.locator(f".box-search {part}").bounding_box() for part in (".box", "img"))
    assert frame is not None
    assert image is not None
    down, across = PICTURE.height / image["height"], PICTURE.width / image["width"]
    top, left = (frame["y"] - image["y"]) * down, (frame["x"] - image["x"]) * across
    return tuple(map(round, (top, left, top + frame["height"] * down, left + frame["width"] * across)))


def on_screen(page: Page, row: float, column: float) -> tuple[float, float]:
    page.locator(".box-search").scroll_into_view_if_needed()
    image = page.locator(".box-search img").bounding_box()
    assert image is not None
    return (
        image["x"] + column * image["width"] / PICTURE.width,
        image["y"] + row * image["height"] / PICTURE.height,
    )


def found_itself(page: Page, box: Box) -> None:
    """The best window is the one that was cut out, and scores 1."""
    expect(page.get_by_text(f"The best score is 1.000 at row {box[0]}, column {box[1]}.")).to_be_visible()
    expect(page.locator(".found div").first).to_have_text("1.00")
    lie_alike(page.locator(".found div").first, page.locator(".box-search .box"))
    no_exceptions(page)


def lie_alike(one: Locator, other: Locator) -> None:
    """Both have the same place and size on the screen, within a pixel."""

    def apart() -> float:
        mine, its = one.bounding_box(), other.bounding_box()
        return max(abs(mine[side] - its[side]) for side in mine) if mine and its else np.inf

    eventually(apart, lambda pixels: pixels < 1)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def near(box: Box, wanted: Box) -> bool:
    """Within the pixel or two that one pixel of the screen stands for."""
    return all(abs(a - b) <= 2 for a, b in zip(box, wanted, strict=True))


def test_a_box_by_mouse_finds_itself_and_its_link_restores_it(page: Page):
    open_page(page, "patterns", "picture=camera")
    drag(page, on_screen(page, 90, 200), on_screen(page, 150, 280))
    box = in_link(page)
    assert near(box, (90, 200, 150, 280)), box
    found_itself(page, box)
    drag(page, on_screen(page, 120, 240), on_screen(page, 160, 220))  # by its middle: it moves
    moved = in_link(page)
    assert near(moved, (130, 180, 190, 260)), moved
    drag(page, on_screen(page, 190, 260), on_screen(page, 170, 300))  # by its corner: it grows
    resized = in_link(page)
    assert near(resized, (130, 180, 170, 300)), resized
    found_itself(page, resized)
    page.reload()
    at_rest(page)
    eventually(lambda: shown(page), lambda box: near(box, resized))
    found_itself(page, resized)


def test_a_box_is_not_lost_when_the_hand_is_down_again_before_it_was_told(page: Page):
    open_page(page, "patterns", "picture=camera")
    drag(page, on_screen(page, 90, 200), on_screen(page, 150, 280))
    page.mouse.down()
    page.wait_for_timeout(500)  # longer than the hand has to rest to be heard of
    page.mouse.up()
    box = in_link(page)
    assert near(box, (90, 200, 150, 280)), box


def test_a_box_by_keyboard_while_the_server_answers(page: Page):
    open_page(page, "patterns", "picture=camera&box=90_200_130_240")
    page.locator(".ground").focus()
    for pause in (0, 230, 260, 300, 0):  # the answers come between, and some in the midst of the next wait
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(pause)
    page.keyboard.press("ArrowUp")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowLeft")
    box = in_link(page)
    assert box == (89, 205, 132, 244)
    found_itself(page, box)
    for _ in range(2):  # the same move from the same case counts again
        page.get_by_role("button", name="A coin among coins").click()
        assert in_link(page) == (105, 83, 145, 125)
        page.locator(".ground").focus()
        page.keyboard.press("ArrowRight")
        assert in_link(page) == (105, 84, 145, 126)


def test_a_box_is_taken_back_and_brought_again(page: Page):
    open_page(page, "patterns", "picture=camera&box=90_200_130_240")
    words = page.get_by_test_id("stMain").inner_text()
    undo, redo = (page.get_by_role("button", name=name) for name in ("Undo", "Redo"))
    expect(undo).to_be_disabled()
    drag(page, on_screen(page, 10, 20), on_screen(page, 50, 80))
    drawn = in_link(page)
    drag(page, on_screen(page, 30, 50), on_screen(page, 40, 60))
    assert in_link(page) != drawn
    undo.click()
    assert in_link(page) == drawn
    page.locator(".ground").focus()
    page.keyboard.press("Control+z")
    assert in_link(page) == shown(page) == (90, 200, 130, 240)
    eventually(lambda: page.get_by_test_id("stMain").inner_text(), words)
    expect(undo).to_be_disabled()
    redo.click()
    assert in_link(page) == drawn
    page.locator(".ground").focus()
    for _ in range(3):  # one stroke of the hand
        page.keyboard.press("ArrowRight")
    stroke = in_link(page)
    assert stroke == tuple(side + 3 * (place % 2) for place, side in enumerate(drawn))
    page.wait_for_timeout(1000)  # as long as the strokes of one hand may lie apart
    page.keyboard.press("ArrowDown")  # and another
    assert in_link(page) != stroke
    for wanted in (stroke, drawn):
        page.keyboard.press("Control+z")
        assert in_link(page) == shown(page) == wanted
    page.get_by_role("button", name="A coin among coins").click()
    assert in_link(page) == (105, 83, 145, 125)
    expect(undo).to_be_disabled()  # what was drawn on another picture
    no_exceptions(page)


def test_a_box_by_a_finger_on_a_phone(phone: Page):
    open_page(phone, "patterns", "picture=camera&box=10_10_40_40")
    drag_by_finger(phone, on_screen(phone, 90, 200), on_screen(phone, 150, 280))
    box = in_link(phone)
    assert near(box, (90, 200, 150, 280)), box
    found_itself(phone, box)


@pytest.mark.parametrize(("case", "sample"), [("A coin among coins", "coins"), ("An eye of the cat", "cat"),
                                              ("A letter on a page", "page"),
                                              ("Where colour decides", "immunohistochemistry")])  # fmt: skip
def test_a_ready_case_puts_its_picture_in_use(page: Page, case: str, sample: str):
    open_page(page, "patterns")
    page.get_by_role("button", name=case).click()
    expect(page.locator(".ground img")).to_have_attribute("alt", re.compile(rf"^{sample} with"))
    at_rest(page)
    expect(page.get_by_alt_text(f"The picture in use: {sample}")).to_be_visible()
    expect(page.get_by_text("The best score is 1.000")).to_be_visible()
    expect(page).to_have_url(re.compile(f"picture={sample}"))


def test_the_map_lies_as_the_picture_does_and_pointing_at_one_shows_the_place_on_the_other(page: Page):
    open_page(page, "patterns", "picture=camera&box=90_200_130_240")
    image, scores = (page.locator(part).bounding_box() for part in (".ground img", ".map"))
    assert image is not None
    assert scores is not None
    assert (image["y"], image["width"], image["height"]) == pytest.approx(
        (scores["y"], scores["width"], scores["height"]), abs=1
    )
    # the middle of the window, on the map: what it was cut from, on the picture
    scale = scores["width"] / PICTURE.width
    page.mouse.move(scores["x"] + 219.5 * scale, scores["y"] + 109.5 * scale)
    expect(page.get_by_test_id("score")).to_have_text("Window at row 90, column 200: 1.0")
    lie_alike(page.get_by_test_id("seen"), page.get_by_test_id("box"))
    page.mouse.move(*on_screen(page, 109.5, 219.5))
    eventually(lambda: middle(page.get_by_test_id("cross")), pytest.approx(scores["x"] + 220 * scale, abs=1.5))
    page.mouse.move(*on_screen(page, 1, 1))
    expect(page.get_by_test_id("score")).to_have_text("Here the window does not fit into the picture.")


def middle(mark: Locator) -> float:
    """Where across the screen it has its middle."""
    box = mark.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2


def test_a_score_does_not_hide_a_small_find_until_it_is_pointed_at(page: Page):
    open_page(page, "patterns")
    page.get_by_role("button", name="A letter on a page").click()
    expect(page.locator(".found div").nth(20)).to_be_attached()
    at_rest(page)
    tags = page.locator(".found span")
    expect(tags.locator("visible=true")).to_have_count(0)
    mark = page.locator(".found div").first.bounding_box()
    assert mark is not None
    page.mouse.move(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    expect(tags.first).to_be_visible()
    tag = tags.first.bounding_box()
    assert tag is not None
    assert tag["y"] + tag["height"] <= mark["y"] + 3
