"""The live convolution on WebGL2: the same numbers, chosen by measuring, and given up without loss."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CHROMIUM_ARGS, LAPTOP, visit
from tests.browser.support.convolver_page import (
    FILTERS,
    GEOMETRIES,
    SLOW_ROWS,
    app_url,
    cell,
    frame,
    off_by,
    open_case,
    pixels,
    settled,
    sharp,
    show_case,
    weights,
)

__all__ = ["app_url"]  # the page of convolver_app.py, here too
SOFTWARE_GL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
# What the page gets is kept, so that a test can take it away.
WATCHED = """
    const asked = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, options) {
        const context = asked.call(this, kind, options);
        if (kind === "webgl2") window.card = context;
        return context;
    };
"""


@pytest.fixture(scope="module")
def with_card(browser: Browser, browser_path: str) -> Iterator[Browser]:
    """A Chromium that has WebGL2, if only in software."""
    arguments = [a for a in CHROMIUM_ARGS if a != "--disable-gpu"] + SOFTWARE_GL
    other = browser.browser_type.launch(executable_path=browser_path, args=arguments)
    yield other
    other.close()


@pytest.fixture
def card_page(with_card: Browser, app_url: str, page_errors: list[str]) -> Iterator[Page]:
    """As `page`, of a browser that has WebGL2."""
    yield from visit(with_card, app_url, page_errors, viewport=LAPTOP)


def path(page: Page) -> str | None:
    return page.get_by_test_id("convolver").get_attribute("data-path")


def test_shows_what_the_engine_computes(card_page: Page) -> None:
    page = card_page
    page.add_init_script(WATCHED)
    open_case(page, engine="graphics")
    displays = ("signed", "absolute", "clipped")
    for number, (size, geometry) in enumerate(GEOMETRIES + FILTERS):
        settings = {"colour": ("colour", "grey")[number % 2]} | geometry | {"display": displays[number % 3]}
        show_case(page, size=size, seed=number, settings=settings, engine="graphics")
        assert path(page) == "graphics"
        assert off_by(page, size, number, settings) <= 1, (size, settings)


def test_a_lost_context_leaves_the_last_result_and_the_processor_goes_on(card_page: Page) -> None:
    page = card_page
    page.add_init_script(WATCHED)
    settings = {"kernel": weights(3, 3), "display": "signed"}
    open_case(page, settings=settings, engine="graphics")
    shown = pixels(page)
    page.evaluate("window.card.getExtension('WEBGL_lose_context').loseContext()")
    expect(page.get_by_test_id("engine-message")).to_contain_text("The graphics card stopped answering")
    assert (pixels(page) == shown).all()
    before = frame(page)
    cell(page, 1, 1).fill("2")
    sharp(page, before)
    assert path(page) == "processor"
    came = settled(page, kernel=[[2, *settings["kernel"][0][1:]], *settings["kernel"][1:]])
    assert off_by(page, (48, 64), 0, came) <= 1


@pytest.mark.parametrize(("milliseconds", "chosen"), [(1, "graphics"), (0, "processor")])
def test_the_faster_is_chosen_by_measuring(card_page: Page, milliseconds: int, chosen: str) -> None:
    page = card_page
    page.add_init_script(WATCHED)
    if milliseconds:
        page.add_init_script(SLOW_ROWS % milliseconds)
    # software shaders need far longer for 225 products a pixel
    kernel = weights(3, 3) if milliseconds else [[1.0] * 15] * 15
    open_case(page, settings={"kernel": kernel}, size=[256, 256], engine="fastest")
    page.wait_for_function("window.card !== undefined")  # measured once the hand rests
    for weight in ("0.5", "0.25", "0.75"):  # how fast the processor is is learned from frame to frame
        page.wait_for_timeout(300)
        before = frame(page)
        cell(page, 1, 2).fill(weight)
        sharp(page, before)
    assert path(page) == chosen
