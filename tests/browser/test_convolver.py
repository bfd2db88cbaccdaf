"""The live convolution in a real browser shows what `explorer.convolve` says."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.convolver_app import LECTURE, noise
from tests.browser.support.convolver_page import (
    FILTERS,
    GEOMETRIES,
    SLOW_ROWS,
    SOBEL,
    app_url,
    cell,
    computed,
    field,
    frame,
    off_by,
    open_case,
    paste,
    pixels,
    settled,
    sharp,
    show_case,
    weights,
)
from tests.browser.support.driver import eventually

__all__ = ["app_url"]  # the page of convolver_app.py
ENDS = """canvas => [0, canvas.width - 1].map((x) =>
    [...canvas.getContext("2d").getImageData(x, 0, 1, 1).data.slice(0, 3)])"""

# The steps of the frames that are painted from now on: 1 is sharp.
STEPS = """root => {
    const steps = [];
    new MutationObserver(() => steps.push(root.dataset.step)).observe(root, { attributeFilter: ["data-frame"] });
    return steps;
}"""


@pytest.mark.parametrize("display", ["signed", "absolute", "clipped", "diverging"])
def test_shows_what_the_engine_computes(page: Page, display: str) -> None:
    open_case(page)
    for seed, (size, geometry) in enumerate(GEOMETRIES):
        colour = ("colour", "grey")[(seed + len(display)) % 2]
        settings = geometry | {"display": display, "colour": colour}
        show_case(page, size=size, seed=seed, settings=settings)
        # a level more or less moves a coloured map by up to its steepest colour step
        limit = 6 if display == "diverging" and colour == "grey" else 1
        assert off_by(page, size, seed, settings) <= limit, (size, settings)


def test_a_filter_over_colours_shows_what_the_engine_computes(page: Page) -> None:
    open_case(page)
    for (size, settings), display in zip(FILTERS, ("signed", "absolute", "clipped", "diverging"), strict=True):
        show_case(page, size=size, settings=settings | {"display": display})
        limit = 6 if display == "diverging" else 1
        assert off_by(page, size, 0, settings | {"display": display}) <= limit, (size, settings)


def test_three_grids_by_hand(page: Page) -> None:
    open_case(page, settings={"kernel": SOBEL, "pin": [4, 5]})
    field(page, "Colours").select_option("filter")
    came = settled(page, rest=[SOBEL, SOBEL])
    assert came["scale"] == pytest.approx(1 / 3, abs=1e-6)
    page.get_by_label("green row 0 column 0 weight", exact=True).fill("-5")
    page.get_by_label("blue row 2 column 1 weight", exact=True).fill("x")
    expect(page.get_by_test_id("message")).to_contain_text("column 1 of the blue grid is not a number")
    before = frame(page)
    page.get_by_label("blue row 2 column 1 weight", exact=True).fill("0.5")
    green, blue = [[-5, 0, -1], *SOBEL[1:]], [*SOBEL[:2], [1, 0.5, -1]]
    settings = settled(page, rest=[green, blue])
    sharp(page, before)
    assert off_by(page, (48, 64), 0, settings) <= 1
    total = page.get_by_test_id("total").locator("div").last
    wanted = computed(noise(48, 64, 0) / 255, settings)[4, 5]
    eventually(lambda: float(total.get_attribute("data-value") or "nan"), pytest.approx(wanted, abs=1e-5))
    page.get_by_role("button", name="Transpose").click()
    assert settled(page, rest=[np.transpose(grid).tolist() for grid in (green, blue)])
    paste(page.get_by_label("red row 0 column 0 weight", exact=True), "7")  # one number: the cell's own business
    paste(page.get_by_label("red row 0 column 0 weight", exact=True), "1\t2")
    assert np.shape(settled(page, kernel=[[1, 2]])["rest"]) == (2, 1, 2)
    field(page, "Colours").select_option("colour")
    assert settled(page, rest=None)["scale"] == 1


def test_a_large_picture_is_sharp_when_settled(page: Page) -> None:
    settings = {"kernel": weights(15, 15), "display": "signed"}
    open_case(page, size=[512, 512], settings=settings)
    assert off_by(page, (512, 512), 0, settings) <= 1


def test_without_webassembly(page: Page) -> None:
    page.add_init_script("delete window.WebAssembly;")
    open_case(page)
    for seed, (size, geometry) in enumerate((GEOMETRIES + FILTERS)[::2]):
        settings = geometry | {"display": "signed"}
        show_case(page, size=size, seed=seed, settings=settings)
        assert off_by(page, size, seed, settings) <= 1, (size, settings)


def test_a_result_that_takes_long_is_coarse_first(page: Page) -> None:
    """Here because every row takes a fifth of a millisecond more."""
    page.add_init_script(SLOW_ROWS % 0.2)
    settings = {"kernel": weights(3, 3), "display": "signed"}
    open_case(page, size=[256, 256], settings=settings)
    steps = page.get_by_test_id("convolver").evaluate_handle(STEPS)
    for weight in ("0.25", "0.5"):  # how fast the processor is is learned from frame to frame
        before = frame(page)
        cell(page, 1, 2).fill(weight)
        sharp(page, before)
    assert steps.json_value() == ["1", "4", "1"]
    settings["kernel"][0][1] = 0.5
    assert off_by(page, (256, 256), 0, settings) <= 1


def test_a_plain_picture_has_no_edges(page: Page) -> None:
    """Rounding leaves ±2e-9, which in full contrast would look like edges."""
    kernel = [[0.1, 0.2, 0.1], [0, 0, 0], [-0.1, -0.2, -0.1]]
    open_case(page, kind="plain", settings={"kernel": kernel, "display": "signed"})
    assert set(pixels(page).ravel()) == {128}
    expect(page.get_by_test_id("range")).to_contain_text("values 0 to 0")


def test_the_lectures_example_in_numbers(page: Page) -> None:
    kernel = [[0, 1, 2], [2, 2, 0], [0, 1, 2]]
    open_case(page, kind="lecture", settings={"kernel": kernel, "padding": "valid", "display": "absolute"})
    figures = page.get_by_test_id("result").locator(".figures span")
    expect(figures).to_have_text(["12", "12", "17", "10", "17", "19", "9", "6", "14"])
    written = page.locator('[data-role="picture-frame"] .figures span')
    expect(written).to_have_text([str(value) for row in LECTURE for value in row])
    expect(page.get_by_test_id("size-formula")).to_contain_text("⌊(5 + 0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 3")


def test_the_sum_of_one_pixel(page: Page) -> None:
    settings = {
        "kernel": weights(3, 2),
        "padding": "zero",
        "stride": 2,
        "flip": True,
        "scale": 2,
        "bias": -1,
        "pin": [23, 0],
    }
    open_case(page, settings=settings)
    totals = page.get_by_test_id("total").locator("div")
    wanted = computed(noise(48, 64, 0) / 255, settings)[23, 0]
    values = "lines => lines.map((line) => Number(line.dataset.value))"
    eventually(lambda: totals.evaluate_all(values), pytest.approx(wanted.tolist(), abs=1e-5))


def test_each_way_of_showing_says_its_range_and_has_its_colours(page: Page) -> None:
    open_case(page, kind="lecture", settings={"kernel": SOBEL, "padding": "valid"})
    values = computed(np.array(LECTURE, float), {"kernel": SOBEL, "padding": "valid"})
    low, high, most = (f"{value:g}".replace("-", "−") for value in (values.min(), values.max(), np.abs(values).max()))
    shown = page.get_by_test_id("range")
    for display, least, largest, says, ends in (
        ("signed", f"−{most}", most, "0 is mid-grey", ([0, 0, 0], [255, 255, 255])),
        ("diverging", f"−{most}", most, "negative blue", None),
        ("absolute", "0", most, "without sign", ([0, 0, 0], [255, 255, 255])),
        ("clipped", "0", "1", "cut off", ([0, 0, 0], [255, 255, 255])),
    ):
        page.get_by_label("How the result is shown").select_option(display)
        expect(shown.locator('[data-role="range-note"]')).to_contain_text(f"{says}")
        expect(shown.locator('[data-role="range-note"]')).to_contain_text(f"values {low} to {high}")
        expect(shown.locator('[data-role="least"]')).to_have_text(least)
        expect(shown.locator('[data-role="most"]')).to_have_text(largest)
        first, last = shown.locator("canvas").evaluate(ENDS)  # drawn with the words above
        if ends:
            assert (first, last) == ends
        else:
            assert first[2] > first[0]  # blue
            assert last[0] > last[2]  # amber
