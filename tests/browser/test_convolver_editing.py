"""The live convolution is edited: blocks pasted, tools, settings, presets, all of it taken back."""

from __future__ import annotations

import json

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.support.convolver_page import (
    SOBEL,
    app_url,
    cell,
    field,
    open_case,
    paste,
    pixels,
    settled,
    show_case,
    size,
    unpinned,
)

__all__ = ["app_url"]  # the page of convolver_app.py
NAMELESS = """root => [...root.querySelectorAll("button, input, select, output, [tabindex], [role], section")]
    .filter((e) => e.role !== "status")
    .filter((e) => !(e.ariaLabel || e.labels?.[0]?.innerText.trim() || e.matches("button") && e.textContent.trim()))
    .filter((e) => e.checkVisibility())
    .map((e) => e.outerHTML.slice(0, 120))"""


BLOCKS: list[tuple[str, list[list[float]]]] = [
    ("1 2; 3 4", [[1, 2], [3, 4]]),
    ("[1 2; 3 4]", [[1, 2], [3, 4]]),
    ("k = [1, 2;\n     3, 4];", [[1, 2], [3, 4]]),
    ("[1; 2]", [[1], [2]]),
    ("np.array([[1, 2], [3, 4]])", [[1, 2], [3, 4]]),
    ("kernel = np.array([[1, 2],\n                   [3, 4]], dtype=np.float32)", [[1, 2], [3, 4]]),
    ("torch.tensor([[1., 2.], [3., 4.]])", [[1, 2], [3, 4]]),
    ("[[1,2],[3,4]]", [[1, 2], [3, 4]]),
    ("{{1, 2}, {3, 4}}", [[1, 2], [3, 4]]),
    (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", [[1, 2], [3, 4]]),
    ("\\frac{1}{2} \\begin{pmatrix}\n1 & 2 \\\\\n3 & 4\n\\end{pmatrix}", [[0.5, 1], [1.5, 2]]),
    ("1/4 * [[1, 1], [1, 2]]", [[0.25, 0.25], [0.25, 0.5]]),
    ("1\t2\n3\t4", [[1, 2], [3, 4]]),
    ("0,5\t1\r\n-2\t3,25\r\n", [[0.5, 1], [-2, 3.25]]),
    ("1;2,5;3", [[1, 2.5, 3]]),
    ("1,2\n3,5", [[1, 2], [3, 5]]),
    ("1 -1", [[1, -1]]),
    ("0,5 1,5", [[0.5, 1.5]]),
    ("array([[1., 0.],\n       [0., -1.]])", [[1, 0], [0, -1]]),
]


def test_pasting_a_block(page: Page) -> None:
    open_case(page)
    for text, kernel in BLOCKS:
        paste(cell(page, 1, 1), text)
        assert settled(page, kernel=kernel), text
        expect(page.get_by_label("Kernel rows")).to_have_value(str(len(kernel)))


def test_a_bad_paste_changes_nothing(page: Page) -> None:
    open_case(page, settings={"kernel": SOBEL, "pin": [4, 5]})
    before = pixels(page)
    for text, word in (
        ("1\t2\n3", "lengths"),
        ("1\tx", "not a number"),
        ("1\t\t2", "empty"),
        ("\n".join(["1\t2"] * 16), "15"),
        ("a b", "“a”"),
    ):
        paste(cell(page, 1, 1), text)
        expect(page.get_by_test_id("message")).to_contain_text(word)
    assert unpinned(page)["kernel"] == SOBEL
    np.testing.assert_array_equal(pixels(page), before)


def test_tools_and_sizes(page: Page) -> None:
    open_case(page, settings={"kernel": [[1, 2], [3, 4], [5, 6]]})
    for name, kernel in (
        ("Transpose", [[1, 3, 5], [2, 4, 6]]),
        ("Rotate", [[2, 1], [4, 3], [6, 5]]),
        ("Flip left and right", [[1, 2], [3, 4], [5, 6]]),
        ("Flip top and bottom", [[5, 6], [3, 4], [1, 2]]),
        ("Flip top and bottom", [[1, 2], [3, 4], [5, 6]]),
        ("Sum to 0", [[-2.5, -1.5], [-0.5, 0.5], [1.5, 2.5]]),
    ):
        page.get_by_role("button", name=name).click()
        assert settled(page, kernel=kernel)
    page.get_by_role("button", name="Sum to 1").click()
    expect(page.get_by_test_id("message")).to_contain_text("sum to 0")
    size(page, "rows", "1")
    assert settled(page, kernel=[[-0.5, 0.5]])
    size(page, "columns", "4")
    assert settled(page, kernel=[[0, -0.5, 0.5, 0]])
    size(page, "columns", "16")
    expect(page.get_by_test_id("message")).to_contain_text("1 to 15")


def test_impossible_settings_say_why(page: Page) -> None:
    open_case(page, kind="lecture", settings={"kernel": SOBEL, "padding": "valid"})
    field(page, "Dilation").fill("3")
    expect(page.get_by_test_id("message")).to_contain_text("7 × 7 pixels, the picture has 5 × 5")
    expect(page.get_by_test_id("result-canvas")).not_to_be_visible()  # it belonged to other choices
    expect(page.get_by_test_id("total")).not_to_be_visible()
    field(page, "Padding").select_option("zero")
    assert settled(page, padding="zero", dilation=3)
    expect(page.get_by_test_id("message")).to_be_empty()
    expect(page.get_by_test_id("result-canvas")).to_be_visible()


def test_the_same_preset_again(page: Page) -> None:
    preset = {"settings": {"kernel": SOBEL}}
    open_case(page, **preset)
    cell(page, 1, 1).fill("5")
    assert settled(page, kernel=[[5, 0, -1], [2, 0, -2], [1, 0, -1]])
    show_case(page, **preset, revision=1)
    expect(cell(page, 1, 1)).to_have_value("1")
    assert settled(page, kernel=SOBEL)


def test_what_came_back_may_be_given_again(page: Page) -> None:
    open_case(page)
    cell(page, 1, 1).fill("5")
    kernel = [[5, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert settled(page, kernel=kernel)
    cell(page, 1, 2).fill("7")  # not settled yet when the echo arrives
    field = page.get_by_label("case")
    field.fill(json.dumps({"settings": {"kernel": kernel}}))
    field.press("Enter")
    assert settled(page, kernel=[[5, 7, 0], [0, 1, 0], [0, 0, 0]])


def test_what_few_change_is_folded_and_what_is_unusual_in_it_said(page: Page) -> None:
    open_case(page)
    more = page.get_by_test_id("convolver").locator(".settings summary")
    expect(more).to_have_text("More: padding reflect, stride 1")
    expect(page.get_by_label("Bias")).to_be_hidden()
    field(page, "Bias").fill("-0.5")
    field(page, "Flip the kernel: true convolution").check()
    field(page, "Padding").select_option("zero")
    expect(more).to_have_text("More: padding zero, stride 1, bias −0.5, flipped")
    page.get_by_role("button", name="Undo").click()
    expect(more).to_have_text("More: padding reflect, stride 1, bias −0.5, flipped")


def test_every_control_has_a_name(page: Page) -> None:
    for colour, rest in (("colour", None), ("filter", [SOBEL, SOBEL])):
        open_case(page, settings={"kernel": SOBEL, "colour": colour, "rest": rest})
        assert page.get_by_test_id("convolver").evaluate(NAMELESS) == []


def test_everything_can_be_taken_back(page: Page) -> None:
    open_case(page, view="picture", settings={"kernel": SOBEL})
    kernels = [SOBEL]
    size(page, "rows", "1")
    kernels.append(settled(page, kernel=[[2, 0, -2]])["kernel"])
    page.get_by_label("Begin with").select_option("Laplacian")
    kernels.append(settled(page, kernel=[[0, 1, 0], [1, -4, 1], [0, 1, 0]])["kernel"])
    paste(cell(page, 1, 1), "1 2; 3 4")
    kernels.append(settled(page, kernel=[[1, 2], [3, 4]])["kernel"])
    field(page, "Scale").fill("0.5")
    assert settled(page, scale=0.5)
    page.keyboard.press("Control+z")
    assert settled(page, scale=1)["kernel"] == kernels[-1]
    for before in reversed(kernels[:-1]):
        page.keyboard.press("Control+z")
        assert settled(page, kernel=before)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(page.get_by_label("Kernel rows")).to_have_value("3")
    for after in kernels[1:]:
        page.get_by_role("button", name="Redo").click()
        assert settled(page, kernel=after)
