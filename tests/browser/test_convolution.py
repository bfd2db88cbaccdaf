"""The convolution screen in the app: all is in sight together, and what is taken away is what is shown."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import cv2
import numpy as np
from playwright.sync_api import Download, Page, expect

from explorer.pictures.samples import sample
from pages.parts.convolution import editor
from pages.parts.convolution.result import apply, values_of
from pages.parts.pickers import kernel_link
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.support.convolver_page import cell, frame, pixels, sharp
from tests.browser.support.driver import at_rest, open_page

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
        page.get_by_label("Colours").select_option("filter" if summed else "colour")
        for name, taps in zip(("rows", "columns"), size, strict=True):
            page.get_by_label(f"Kernel {name}").fill(str(taps))
        at_rest(page, quiet_s=0.7)  # the settled kernel has been to Python and its pictures are here
        bottom = page.get_by_test_id("arithmetic").evaluate(LOWEST)
        assert bottom <= LAPTOP["height"], (picture, summed, size)
        assert page.get_by_test_id("convolver").evaluate(STICKS_OUT) == [], (picture, summed, size)


def test_a_long_note_gives_way_to_the_kernel(page: Page) -> None:
    open_page(page, "convolution", "picture=coffee&c=grey&show=diverging&k=15x15" + "_1" * 225)
    expect(page.get_by_test_id("convolver").locator('[data-role="picture-note"]')).to_contain_text("0.299 R")
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
    at_rest(page, quiet_s=1)
    linked = {name: text for name, text in parse_qsl(urlsplit(page.url).query) if name in kernel_link.OWN}
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
    phone.get_by_text("Flip the kernel: true convolution").tap()
    expect(phone.get_by_text("half a turn").first).to_be_visible()
