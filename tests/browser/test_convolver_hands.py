"""The live convolution obeys every hand: mouse, finger, keyboard alone, reduced motion, a screen reader."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from pages.parts.convolution.result import shown
from tests.browser.conftest import PHONE
from tests.browser.support.convolver_app import LECTURE, noise
from tests.browser.support.convolver_page import (
    LIMIT_MS,
    RNG,
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
)

__all__ = ["app_url"]  # the page of convolver_app.py
FOCUSED = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const { act, role, field } = element?.dataset ?? {};
    return act ?? field ?? (role === "result-frame" ? "result" : element?.getAttribute("aria-label")) ?? "";
}"""
NAMELESS = """root => [...root.querySelectorAll("button, input, select, output, [tabindex], [role], section")]
    .filter((e) => e.role !== "status")
    .filter((e) => !(e.ariaLabel || e.labels?.[0]?.innerText.trim() || e.matches("button") && e.textContent.trim()))
    .filter((e) => e.checkVisibility())
    .map((e) => e.outerHTML.slice(0, 120))"""

# Key by key, without a pause in which Python could hear of half a number.
TYPED = """(cell, text) => [...text].forEach((_, i) => {
    cell.value = text.slice(0, i + 1);
    cell.dispatchEvent(new Event("input", { bubbles: true }));
})"""


def size(page: Page, which: str, text: str) -> None:
    """Type another size and press Enter."""
    field = page.get_by_label(f"Kernel {which}")
    field.fill(text)
    field.press("Enter")


def test_typing_a_weight(page: Page) -> None:
    open_case(page)
    before = frame(page)
    cell(page, 1, 2).fill("−0,5")
    sharp(page, before)
    kernel = [[0, -0.5, 0], [0, 1, 0], [0, 0, 0]]
    assert off_by(page, (48, 64), 0, {"kernel": kernel}) <= 1
    runs = settled(page, kernel=kernel)["runs"]
    assert runs == 2  # one for opening, one for the settled kernel
    cell(page, 3, 3).click()
    cell(page, 3, 3).evaluate(TYPED, "1/8")
    assert settled(page, kernel=[[0, -0.5, 0], [0, 1, 0], [0, 0, 0.125]])["runs"] == runs + 1
    expect(cell(page, 3, 3)).to_be_focused()
    expect(cell(page, 3, 3)).to_have_value("1/8")


def test_a_faulty_cell_keeps_the_last_good_kernel(page: Page) -> None:
    open_case(page, settings={"kernel": SOBEL, "display": "signed"})
    before = pixels(page)
    message = page.get_by_test_id("message")
    for text in ("", "abc", "NaN", "1e99", "1/0", "1.2.3"):
        cell(page, 2, 1).fill(text)
        expect(message).to_contain_text("row 1, column 0", ignore_case=True)
        expect(cell(page, 2, 1)).to_have_attribute("aria-invalid", "true")
    cell(page, 1, 1).fill("9")  # not computed either while another cell is faulty
    page.wait_for_timeout(500)
    np.testing.assert_array_equal(pixels(page), before)
    assert settled(page)["kernel"] == SOBEL
    cell(page, 2, 1).fill("3")
    assert settled(page, kernel=[[9, 0, -1], [3, 0, -2], [1, 0, -1]])
    expect(message).to_be_empty()


def test_dragging_a_weight(page: Page) -> None:
    open_case(page, size=[512, 512])
    box = cell(page, 2, 3).bounding_box()
    assert box
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] - 15, steps=5)
    page.wait_for_timeout(600)
    assert settled(page)["runs"] == 1  # Python waits for the hand to rest
    page.mouse.move(box["x"] + 10, box["y"] - 40, steps=5)
    page.mouse.up()
    kernel = settled(page, runs=2)["kernel"]
    assert kernel == [[0, 0, 0], [0, 1, 1], [0, 0, 0]]  # 50 pixels are one unit
    sharp(page, 0)
    assert off_by(page, (512, 512), 0, {"kernel": kernel}) <= 1


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
    open_case(page, settings={"kernel": SOBEL})
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
    page.wait_for_timeout(400)
    np.testing.assert_array_equal(pixels(page), before)
    assert settled(page)["kernel"] == SOBEL


def test_keyboard_alone_on_the_kernel(page: Page) -> None:
    open_case(page)
    cell(page, 1, 1).focus()
    for key in (
        "ArrowRight",
        "ArrowRight",
        "ArrowDown",
        "Alt+ArrowUp",
        "Alt+ArrowUp",
        "ArrowDown",
        "Shift+PageDown",
    ):
        page.keyboard.press(key)
    assert settled(page, kernel=[[0, 0, 0], [0, 1, 0.2], [0, 0, -1]])
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    assert settled(page, kernel=[[0, 0, 0], [0, 1, 0.2], [0, 0, 12]])
    page.keyboard.press("Tab")  # one stop for the grid
    expect(page.get_by_role("button", name="Sum to 1")).to_be_focused()


def test_keyboard_alone_on_the_result(page: Page) -> None:
    open_case(page, settings={"pin": [4, 5]})
    page.get_by_test_id("result").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    assert settled(page, pin=[5, 15])
    page.keyboard.press("Enter")
    assert settled(page, pin=None)
    expect(page.get_by_test_id("pin")).to_have_text("Pin")


def test_hover_then_click_pins(page: Page) -> None:
    open_case(page, kind="lecture", settings={"kernel": SOBEL, "padding": "valid", "display": "signed"})
    canvas = page.get_by_test_id("result-canvas")
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 5 / 6, box["y"] + box["height"] / 6)  # row 1, column 3
    wanted = computed(np.array(LECTURE, float), {"kernel": SOBEL, "padding": "valid"})
    total = page.get_by_test_id("total").locator("div")
    expect(total).to_have_attribute("data-value", f"{wanted[0, 2]:g}")
    page.mouse.down()
    page.mouse.up()
    assert settled(page, pin=[0, 2])
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    expect(total).to_have_attribute("data-value", f"{wanted[0, 2]:g}")  # pinned: the pointer no longer moves it


def test_stepping_and_playing(page: Page) -> None:
    open_case(page, kind="lecture", settings={"kernel": SOBEL, "padding": "valid", "pin": [0, 2]})
    page.get_by_role("button", name="One pixel on").click()
    assert settled(page, pin=[1, 0])
    play = page.get_by_role("button", name="Walk the window")
    speed = page.get_by_label("Steps a second")
    for button, pace in (("Slower", "2 / s"), ("Slower", "1 / s"), ("Slower", "1 / s"), ("Faster", "2 / s")):
        page.get_by_role("button", name=button).click()
        expect(speed).to_have_text(pace)
    play.click()
    held = page.get_by_test_id("result").locator(".figures .held")
    expect(held).not_to_have_count(0)  # what the window has not reached
    play.click()
    expect(held).to_have_count(0)


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


def test_every_product_can_be_read(page: Page) -> None:
    kernel = RNG.normal(size=(15, 15)).round(3)
    open_case(page, settings={"kernel": kernel.tolist(), "pin": [20, 30]})
    patch = noise(48, 64, 0)[13:28, 23:38, 0] / 255
    sums, read = page.get_by_test_id("sums"), page.get_by_test_id("read")
    sums.focus()
    for keys, place in (
        (["ArrowRight"], (0, 0)),
        (["ArrowDown", "ArrowDown", "ArrowRight"], (2, 1)),
        (["ArrowLeft"], (2, 0)),
        (["ArrowUp", "ArrowUp", "ArrowUp", "ArrowLeft"], (0, 0)),  # no further than the first
    ):
        for key in keys:
            page.keyboard.press(key)
        expect(read).to_have_text(product(patch, kernel, place))
    sums.locator(".cells").nth(1).locator("span").nth(7 * 15 + 14).hover()
    expect(read).to_have_text(product(patch, kernel, (7, 14)))
    expect(sums.locator(".read")).to_have_count(3)
    size(page, "rows", "1")
    expect(read).to_contain_text("row 0, column 14")


def test_a_finger_reads_a_product_and_sees_it(phone: Page) -> None:
    kernel = RNG.normal(size=(15, 15)).round(3)
    open_case(phone, settings={"kernel": kernel.tolist(), "pin": [20, 30]})
    patch = noise(48, 64, 0)[13:28, 23:38, 0] / 255
    phone.get_by_test_id("sums").locator(".cells").nth(2).locator("span").nth(14 * 15 + 3).tap()
    expect(phone.get_by_test_id("read")).to_have_text(product(patch, kernel, (14, 3)))
    expect(phone.get_by_test_id("read")).to_be_in_viewport()


def product(patch: NDArray[Any], kernel: NDArray[Any], place: tuple[int, int]) -> str:
    x, w = patch[place], kernel[place]
    row, column = place
    return f"row {row}, column {column}: {x:.4g} × {w:.4g} = {x * w:.4g}".replace("-", "−")


def test_the_weight_in_hand_is_written_in_full(page: Page) -> None:
    kernel = RNG.normal(size=(15, 15)).round(3)
    kernel[7, 7] = -0.12345
    open_case(page, settings={"kernel": kernel.tolist()})
    middle = cell(page, 8, 8)
    expect(middle).to_have_css("color", "rgba(0, 0, 0, 0)")  # a heat map: the number is read below
    middle.hover()
    expect(page.get_by_test_id("kernel-hint")).to_have_text("row 7, column 7: −0.12345")
    before = cell(page, 15, 15).bounding_box()
    middle.focus()
    expect(middle).to_have_value("-0.12345")
    assert middle.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert cell(page, 15, 15).bounding_box() == before  # nothing else has moved


def test_phone_by_touch(phone: Page) -> None:
    open_case(phone, settings={"kernel": SOBEL})
    assert phone.get_by_test_id("stMain").evaluate("e => e.scrollWidth") <= PHONE["width"]
    phone.get_by_test_id("result").tap(position={"x": 20, "y": 20})
    row, column = settled(phone, runs=2)["pin"]
    assert min(row, column) > 0
    phone.get_by_role("button", name="Transpose").tap()
    assert settled(phone, kernel=np.transpose(SOBEL).tolist())


def test_the_camera_lives_and_stops_and_keeps_its_frames(camera_page: Page) -> None:
    page = camera_page
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda payload: sent.append(payload)))
    page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    open_case(page)
    sent.clear()
    still = pixels(page, "picture")
    page.get_by_test_id("camera").click()
    expect(page.get_by_test_id("camera-message")).to_contain_text("Live", timeout=LIMIT_MS)
    before = frame(page)
    page.wait_for_function(
        "([root, after]) => Number(root.dataset.frame) > after",
        arg=[page.get_by_test_id("convolver").element_handle(), before + 3],
        timeout=LIMIT_MS,
    )
    assert pixels(page, "picture").shape != still.shape
    assert sum(map(len, sent)) < 4000  # no frame leaves the visitor's machine: the smallest has 128 × 96 pixels
    page.get_by_test_id("camera").click()
    sharp(page, frame(page) - 1)
    np.testing.assert_array_equal(pixels(page, "picture"), still)
    assert page.locator("video").evaluate("video => video.srcObject === null")


def test_a_refused_camera_is_a_sentence(page: Page) -> None:
    open_case(page)
    page.get_by_test_id("camera").click()
    expect(page.get_by_test_id("camera-message")).to_contain_text("camera", ignore_case=True)
    expect(page.get_by_test_id("camera")).to_have_attribute("aria-pressed", "false")


def reach(page: Page, name: str) -> None:
    """Press Tab until the control has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == name:
            return
    raise AssertionError(f"Tab never reaches {name!r}")


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


def test_keyboard_alone_through_the_whole_screen(page: Page) -> None:
    open_case(page, settings={"kernel": SOBEL})
    reach(page, "play")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Walk the window")).to_have_text("Pause")
    page.keyboard.press("Enter")
    reach(page, "row 0 column 0 weight")
    page.keyboard.type("5")
    reach(page, "more")
    page.keyboard.press("Enter")
    reach(page, "stride")
    page.keyboard.press("ArrowUp")
    reach(page, "result")
    page.keyboard.press("Enter")
    settled(page, kernel=[[5, 0, -1], *SOBEL[1:]], stride=2)
    newest = """[...document.querySelectorAll('[data-testid="stCode"] code')].at(-1)"""
    page.wait_for_function(f"JSON.parse({newest}.innerText).pin !== null", timeout=LIMIT_MS)


def test_a_finger_drags_a_weight(phone: Page) -> None:
    open_case(phone)
    target = cell(phone, 2, 3)
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = phone.context.new_cdp_session(phone)

    def finger(kind: str, up: float | None) -> None:
        points = [] if up is None else [{"x": x, "y": y - up}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", 0)
    for up in (10, 25, 40, 50):
        finger("touchMove", up)
    finger("touchEnd", None)
    kernel = settled(phone, runs=2)["kernel"]
    np.testing.assert_allclose(kernel, [[0, 0, 0], [0, 1, 1], [0, 0, 0]], atol=0.02)  # 50 pixels are one unit


def test_reduced_motion_walks_slowly(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_case(page)
    expect(page.get_by_label("Steps a second")).to_have_text("1 / s")
    product = page.get_by_test_id("sums").locator("span").first
    assert product.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"


def test_contrast_of_99_percent_cuts_off_the_largest(page: Page) -> None:
    settings = {"kernel": SOBEL, "display": "signed", "contrast": "p99"}
    open_case(page, settings={"kernel": SOBEL})
    values = computed(noise(48, 64, 0) / 255, {"kernel": SOBEL})
    for display in ("signed", "absolute"):
        show_case(page, settings=settings | {"display": display})
        apart = np.abs(pixels(page).astype(int) - shown(values, display, "p99").astype(int))
        assert apart.max() <= 1, display
        assert (pixels(page) == 255).mean() > 0.002
    field(page, "Contrast").select_option("full")
    assert settled(page, contrast="full")
    page.get_by_label("How the result is shown").select_option("clipped")
    expect(field(page, "Contrast")).to_be_disabled()


def test_a_size_on_its_way_crops_nothing(page: Page) -> None:
    kernel = RNG.normal(size=(7, 7)).round(2).tolist()
    open_case(page, settings={"kernel": kernel})
    field = page.get_by_label("Kernel rows")
    field.click()
    field.press("Control+a")
    page.keyboard.type("15", delay=60)
    assert settled(page)["kernel"] == kernel  # not before it is said to be finished
    page.keyboard.press("Tab")
    assert settled(page, kernel=np.pad(kernel, ((4, 4), (0, 0))).tolist())


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


def test_the_picture_keeps_its_size_when_the_kernel_grows(page: Page) -> None:
    open_case(page, size=[96, 128], settings={"kernel": SOBEL})
    canvas, below = page.get_by_test_id("result-canvas"), page.get_by_test_id("arithmetic")
    before, under = canvas.bounding_box(), below.bounding_box()
    assert before
    assert under
    for side in (5, 7, 9, 11, 15):
        show_case(page, size=[96, 128], settings={"kernel": RNG.normal(size=(side, side)).round(3).tolist()})
        assert canvas.bounding_box() == before, side
        now = below.bounding_box()
        assert now
        assert abs(now["y"] - under["y"]) < 2, side


def test_the_picture_is_wiped_over_the_result(page: Page) -> None:
    open_case(page, settings={"kernel": SOBEL, "display": "signed"})
    wipe, over = page.get_by_test_id("wipe"), page.get_by_test_id("over")
    expect(over).not_to_be_visible()
    wipe.fill("50")
    expect(over).to_be_visible()
    np.testing.assert_array_equal(pixels(page, "picture"), noise(48, 64, 0))
    drawn = over.evaluate("e => [...e.getContext('2d').getImageData(0, 0, e.width, e.height).data]")
    np.testing.assert_array_equal(np.reshape(drawn, (48, 64, 4))[..., :3], noise(48, 64, 0))
    assert "50%" in over.evaluate("e => e.style.clipPath")
    field(page, "Stride").fill("2")
    expect(over).not_to_be_visible()  # they do not lie on one another
    expect(wipe).to_be_disabled()


@pytest.mark.parametrize("how", [{}, {"padding": "valid", "stride": 2}])
def test_zoom_shows_the_same_part_of_picture_and_result(page: Page, how: dict[str, Any]) -> None:
    """Half a screen pixel at most lies between a window's middle in the picture and its pixel in the result."""
    open_case(page, size=[128, 128], settings={"kernel": SOBEL, **how})
    page.get_by_label("Zoom into picture and result").select_option("4 ×")
    page.get_by_test_id("result").focus()
    for keys in (["ArrowRight"] * 3, ["Shift+ArrowUp"] * 12, ["Shift+ArrowLeft"] * 12):
        for key in keys:
            page.keyboard.press(key)
        seen = []
        for name, side in (("picture", "picture-frame"), ("result", "result-frame")):
            bounds = page.locator(f'[data-role="{side}"]').bounding_box()
            box = page.get_by_test_id(f"{name}-box").bounding_box()
            assert bounds
            assert box
            seen.append(
                (
                    (box["x"] + box["width"] / 2 - bounds["x"]) / bounds["width"],
                    (box["y"] + box["height"] / 2 - bounds["y"]) / bounds["height"],
                )
            )
        assert all(0 <= share <= 1 for share in seen[0])  # what is explained stays in sight
        assert seen[0] == pytest.approx(seen[1], abs=0.005)
