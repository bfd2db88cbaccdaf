"""The convolution screen in the app: all is in sight together, and what is taken away is what is shown."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import cv2
import numpy as np
import pytest
from playwright.sync_api import Download, Page, expect

from explorer.pictures.samples import sample
from pages.parts.convolution import editor
from pages.parts.convolution.result import apply, values_of
from pages.parts.pickers import kernel_link
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.support.convolver_page import cell, field, frame, pixels, sharp
from tests.browser.support.driver import LATE, address, at_rest, eventually, open_page

# coffee is wide, astronaut square
SEEN = [("coffee", False, size) for size in ((3, 3), (5, 5), (7, 7), (9, 9), (11, 11), (15, 15), (15, 2))]
SEEN += [("coffee", True, size) for size in ((3, 3), (5, 5), (9, 9), (15, 15))]
SEEN += [("astronaut", False, size) for size in ((3, 3), (9, 9), (15, 15))]
LOWEST = """section => Math.max(...[...section.querySelectorAll("figcaption, .total div, button")].map(
    (e) => e.getBoundingClientRect().bottom))"""
STICKS_OUT = """root => [...root.querySelectorAll("section")].flatMap((section) => {
    const edge = section.getBoundingClientRect().right + 1;
    return [...section.querySelectorAll("header > *, .bar > *, .scale > *, .fields > *")]
        .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > edge)
        .map((e) => e.outerHTML.slice(0, 80));
})"""


def test_picture_kernel_result_and_one_pixel_are_above_the_fold(page: Page) -> None:
    opened = ""
    for picture, summed, size in SEEN:
        if opened != picture:
            open_page(page, "convolution", f"picture={picture}")
            opened = picture
        field(page, "Colours").select_option("filter" if summed else "colour")
        for name, taps in zip(("rows", "columns"), size, strict=True):
            page.get_by_label(f"Kernel {name}").fill(str(taps))
            page.get_by_label(f"Kernel {name}").press("Enter")
        at_rest(page)  # the settled kernel has been to Python and its pictures are here
        bottom = page.get_by_test_id("arithmetic").evaluate(LOWEST)
        assert bottom <= LAPTOP["height"], (picture, summed, size)
        assert page.get_by_test_id("convolver").evaluate(STICKS_OUT) == [], (picture, summed, size)


def test_a_long_note_gives_way_to_the_kernel(page: Page) -> None:
    open_page(page, "convolution", "picture=coffee&c=grey&show=diverging&k=15x15" + "_1" * 225)
    expect(page.get_by_test_id("convolver").locator('[data-role="picture-note"]')).to_contain_text("0.299 R")
    at_rest(page)
    assert page.get_by_test_id("convolver").evaluate(STICKS_OUT) == []


def test_numbers_are_typed_and_a_slip_keeps_the_last(page: Page) -> None:
    open_page(page, "convolution", "x=numbers&k=1x1_2&show=absolute")
    figures = page.get_by_test_id("result").locator(".figures span")
    for text, doubled in (("1 2; 3 4", ["2", "4", "6", "8"]), ("1 2; 3", ["2", "4", "6", "8"])):
        box = page.get_by_role("combobox", name="Numbers")
        box.fill(text)
        box.press("Enter")
        at_rest(page)
        expect(figures).to_have_text(doubled)
    expect(page.get_by_text("The last one stays.")).to_be_visible()


def test_what_is_taken_away_is_what_is_shown(page: Page) -> None:
    open_page(page, "convolution", "picture=coffee&k=2x3_1_-2_0.5_0_3_-1&p=zero&s=2&c=grey&show=absolute&b=0.25")
    before = frame(page)
    cell(page, 1, 1).fill("4")
    sharp(page, before)
    at_rest(page)
    linked = {name: text for name, text in parse_qsl(urlsplit(address(page)).query) if name in kernel_link.OWN}
    settings, _ = kernel_link.read(linked, list(editor.VIEWS))
    assert settings.kernel[0][0] == 4
    wanted = apply(values_of(sample("coffee"), "grey"), settings, flip=False)
    page.get_by_role("button", name="Take away").click()
    np.testing.assert_allclose(np.load(taken(page, "The result as numbers (NPY)").path()), wanted, rtol=1e-6)
    table = np.loadtxt(taken(page, "The result as a table (CSV)").path(), delimiter=",")
    np.testing.assert_allclose(table, wanted, rtol=1e-5, atol=1e-6)
    picture = cv2.imread(str(taken(page, "The result as a picture").path()))
    shown = pixels(page).astype(int)
    times = len(picture) // len(shown)  # a small result is enlarged, pixel by pixel
    assert np.abs(picture - shown.repeat(times, 0).repeat(times, 1)).max() <= 1


def taken(page: Page, name: str) -> Download:
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return download.value


def test_a_phone_shows_all_without_sideways_scrolling(phone: Page) -> None:
    open_page(phone, "convolution", "picture=coffee&k=15x15" + "_0" * 112 + "_1" + "_0" * 112)
    assert phone.get_by_test_id("stMain").evaluate("e => e.scrollWidth") <= PHONE["width"]
    field(phone, "Flip the kernel: true convolution").tap()
    expect(phone.get_by_text("half a turn").first).to_be_visible()


# How far each figure lies from its cell of the canvas, in pixels of the screen.
DRIFT = """frame => {
    const canvas = frame.querySelector("canvas"), ground = canvas.getBoundingClientRect();
    const figures = [...frame.querySelectorAll(".figures span")];
    const [high, wide] = [ground.height / canvas.height, ground.width / canvas.width];
    return Math.max(...figures.map((figure, i) => {
        const box = figure.getBoundingClientRect();
        const [row, column] = [Math.floor(i / canvas.width), i % canvas.width];
        return Math.max(Math.abs(box.top - ground.top - row * high), Math.abs(box.left - ground.left - column * wide),
                        Math.abs(box.width - wide), Math.abs(box.height - high));
    }));
}"""
OVERFLOWS = """frame => [...frame.querySelectorAll(".figures span")]
    .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent)"""
LONG = "; ".join(
    " ".join("123456" if (i, j) == (3, 4) else "-0.123" if j == 7 else str((7 * i + j) % 13) for j in range(12))
    for i in range(12)
)


@pytest.mark.parametrize("on", ["page", "phone"])
def test_twelve_by_twelve_figures_stand_on_their_cells(on: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(on)
    open_page(page, "convolution", f"x=numbers&k=3x3_1_0_-1_2_0_-2_1_0_-1&p=zero&show=signed&n={LONG}")
    expect(page.get_by_test_id("result").locator(".figures span")).to_have_count(144)
    for frame_ in (page.locator('[data-role="picture-frame"]'), page.get_by_test_id("result")):
        eventually(lambda one=frame_: one.evaluate(DRIFT), lambda pixels: pixels < 1)
        eventually(lambda one=frame_: one.evaluate(OVERFLOWS), [], limit_s=10)


def test_a_kernel_that_fits_nowhere_shows_no_result_and_what_is_mended_is_not_complained_of(page: Page) -> None:
    open_page(page, "convolution", "x=numbers&k=3x3_0_1_2_2_2_0_0_1_2&show=absolute&p=valid")
    message, figures = page.get_by_test_id("message"), page.get_by_test_id("result").locator(".figures span")
    numbers = page.get_by_role("combobox", name="Numbers")
    for text, fits in (
        ("1 2; 3 4", False),
        ("1 2 3; 4 5 6; 7 8 9", True),
        ("5 5", False),
        ("1 1 1; 1 1 1; 1 1 1", True),
    ):
        numbers.fill(text)
        numbers.press("Enter")
        at_rest(page)
        if fits:
            expect(message).to_be_empty()
            expect(figures.first).to_be_visible()
        else:
            expect(message).to_contain_text("fits nowhere")
            expect(figures.first).not_to_be_visible()
            expect(page.get_by_text("How large is the result?")).to_have_count(0)


def test_a_chip_asks_beside_the_picture(page: Page) -> None:
    open_page(page, "convolution", "picture=coffee")
    page.get_by_role("button", name="Emboss").click()
    question = page.get_by_text("From which side does the light seem to fall?")
    expect(question).to_be_in_viewport()
    expect(page.get_by_test_id("result")).to_be_in_viewport()
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Bright shapes seem lit from the lower right")).to_be_in_viewport()


def test_the_camera_is_not_described_by_the_still_picture_and_a_frozen_frame_is_in_use_everywhere(
    camera_page: Page,
) -> None:
    page = camera_page
    open_page(page, "convolution", "picture=coffee")
    expect(page.get_by_text("How large is the result?")).to_be_visible()
    expect(page.get_by_test_id("freeze")).not_to_be_visible()
    page.get_by_test_id("camera").click()
    expect(page.get_by_test_id("freeze")).to_be_visible()
    expect(page.get_by_text("so nothing here describes them")).to_be_visible()
    expect(page.get_by_text("How large is the result?")).to_have_count(0)
    page.get_by_test_id("freeze").click()
    expect(page.get_by_test_id("stSidebar").get_by_text("camera frame, 640 × 480 pixels")).to_be_visible()
    at_rest(page)
    expect(page.get_by_text("How large is the result?")).to_be_visible()
    expect(page.locator('[data-role="picture-note"]')).to_contain_text("384 × 512")
    page.get_by_role("link", name="Edges").click()
    at_rest(page)
    expect(page.get_by_test_id("stSidebar").get_by_text("camera frame, 640 × 480 pixels")).to_be_visible()


def test_a_walk_says_its_step_and_shows_the_result_as_it_goes(page: Page) -> None:
    open_page(page, "convolution", "x=numbers&k=3x3_0_1_2_2_2_0_0_1_2&show=absolute&p=valid")
    for _ in range(2):  # a step a second
        page.get_by_role("button", name="Slower").click()
    page.get_by_role("button", name="Walk the window over the picture").click()
    where = page.locator('[data-role="where"]')
    expect(where).to_have_text("step 1 of 9, row 0, column 0")
    canvas = page.get_by_test_id("result-canvas")
    eventually(lambda: canvas.evaluate("e => e.style.clipPath"), lambda clip: "polygon" in clip)
    expect(where).to_have_text("step 4 of 9, row 1, column 0")
    page.get_by_role("button", name="Pause").or_(page.get_by_role("button", name="Walk the window")).first.click()
    eventually(lambda: canvas.evaluate("e => e.style.clipPath"), "")


def test_a_number_of_the_picture_is_written_anew(page: Page) -> None:
    open_page(page, "convolution", "x=numbers&k=1x1_2&show=absolute&n=1 2; 3 4")
    cell_ = page.locator('[data-role="picture-frame"] .figures span').nth(2)
    for typed, doubled in (("-7", "−14"), ("x", "−14"), ("0,5", "1")):
        cell_.dblclick()
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        at_rest(page)
        expect(page.get_by_test_id("result").locator(".figures span")).to_have_text(["2", "4", doubled, "8"])
    eventually(lambda: in_link(page, "n"), "1 2; 0.5 4")
    figures = page.get_by_test_id("result").locator(".figures span")
    for way, third in (("Undo", "−14"), ("Undo", "6"), ("Redo", "−14")):
        page.get_by_role("button", name=way).click()
        expect(figures.nth(2)).to_have_text(third)
        at_rest(page)
        expect(figures).to_have_text(["2", "4", third, "8"])
    eventually(lambda: in_link(page, "n"), "1 2; -7 4")


def in_link(page: Page, name: str) -> str | None:
    return dict(parse_qsl(urlsplit(address(page)).query)).get(name)


def test_a_number_stays_while_the_server_is_slow(page: Page) -> None:
    """Its answer comes after the browser has sent more, and that more still has the old text in the box."""
    page.add_init_script(LATE)
    open_page(page, "convolution", "x=numbers&k=1x1_2&show=absolute&n=1 2; 3 4")
    figures = page.locator('[data-role="picture-frame"] .figures span')
    figures.nth(2).dblclick()
    page.keyboard.type("-7")
    page.keyboard.press("Enter")
    page.wait_for_function("!window.answered()")  # it is on its way
    figures.nth(1).click()
    at_rest(page)
    expect(page.get_by_test_id("result").locator(".figures span")).to_have_text(["2", "4", "−14", "8"])


CORNER = "canvas => [canvas.getBoundingClientRect().x, canvas.getBoundingClientRect().y]"


def wide(page: Page, name: str) -> float:
    box = page.get_by_test_id(name).bounding_box()
    return box["width"] if box else 0


def test_a_part_is_enlarged_alike_in_both_and_becomes_the_picture_on_all_screens(page: Page) -> None:
    open_page(page, "convolution", "picture=coffee&k=1x1_1&show=clipped")
    sidebar = page.get_by_test_id("stSidebar")
    page.get_by_label("Zoom into picture and result").select_option("4 ×")
    frame_ = page.locator('[data-role="picture-frame"]').bounding_box()
    assert frame_
    for name in ("picture-canvas", "result-canvas"):
        eventually(lambda one=name: wide(page, one), pytest.approx(4 * frame_["width"], rel=0.01))
    page.mouse.move(frame_["x"] + 20, frame_["y"] + 20)
    page.mouse.down()
    page.mouse.move(frame_["x"] + 800, frame_["y"] + 500, steps=3)  # to the picture's upper left corner
    page.mouse.up()
    expect(page.get_by_test_id("pin")).to_have_attribute("aria-pressed", "false")  # a pan chooses no pixel
    corner = pytest.approx([frame_["x"], frame_["y"]], abs=1)
    eventually(lambda: page.get_by_test_id("picture-canvas").evaluate(CORNER), corner)
    page.get_by_test_id("crop").click()
    at_rest(page)
    expect(sidebar.get_by_text("coffee, cropped, 150 × 100 pixels")).to_be_visible()
    kept = sample("coffee").uint8[:100, :150]
    eventually(lambda: np.array_equal(pixels(page, "picture"), kept), True)
    sidebar.get_by_role("button", name="Back to the whole picture").click()
    at_rest(page)
    expect(sidebar.get_by_text("600 × 400 pixels")).to_be_visible()


def test_the_cells_of_the_padding_are_seen_around_a_picture_of_numbers(page: Page) -> None:
    open_page(page, "convolution", "x=numbers&k=3x5" + "_1" * 15 + "&p=replicate&show=absolute&n=1 2; 3 4")
    rim = page.get_by_test_id("padding").locator("span:not(.inner)")
    expect(rim).to_have_text(list("11122211223344333444"))
    corner, ground = rim.first.bounding_box(), page.get_by_test_id("picture-canvas").bounding_box()
    assert corner
    assert ground
    assert abs(corner["x"] + 2 * ground["width"] / 2 - ground["x"]) < 1
    assert abs(corner["y"] + ground["height"] / 2 - ground["y"]) < 1
    field(page, "Padding").select_option("zero")
    expect(rim).to_have_text(["0"] * 20)
    field(page, "Padding").select_option("valid")
    expect(page.get_by_test_id("message")).to_contain_text("fits nowhere")
