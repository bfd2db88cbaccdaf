"""The live convolution obeys every hand: mouse, finger, keyboard alone, reduced motion."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.support.convolver_app import LECTURE
from tests.browser.support.convolver_page import (
    LIMIT_MS,
    RNG,
    SOBEL,
    app_url,
    cell,
    computed,
    frame,
    off_by,
    open_case,
    pixels,
    settled,
    sharp,
    unpinned,
)

__all__ = ["app_url"]  # the page of convolver_app.py
FOCUSED = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const { act, role, field } = element?.dataset ?? {};
    return act ?? field ?? (role === "result-frame" ? "result" : element?.getAttribute("aria-label")) ?? "";
}"""
# Key by key, without a pause in which Python could hear of half a number.
TYPED = """(cell, text) => [...text].forEach((_, i) => {
    cell.value = text.slice(0, i + 1);
    cell.dispatchEvent(new Event("input", { bubbles: true }));
})"""


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
    open_case(page, settings={"kernel": SOBEL, "display": "signed", "pin": [4, 5]})
    before = pixels(page)
    message = page.get_by_test_id("message")
    for text in ("", "abc", "NaN", "1e99", "1/0", "1.2.3"):
        cell(page, 2, 1).fill(text)
        expect(message).to_contain_text("row 1, column 0", ignore_case=True)
        expect(cell(page, 2, 1)).to_have_attribute("aria-invalid", "true")
    cell(page, 1, 1).fill("9")  # not computed either while another cell is faulty
    assert unpinned(page)["kernel"] == SOBEL
    np.testing.assert_array_equal(pixels(page), before)
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
    page.wait_for_timeout(600)  # held still for longer than a hand that is done
    assert settled(page)["runs"] == 1  # Python waits until it lets go
    page.mouse.move(box["x"] + 10, box["y"] - 40, steps=5)
    page.mouse.up()
    kernel = settled(page, runs=2)["kernel"]
    assert kernel == [[0, 0, 0], [0, 1, 1], [0, 0, 0]]  # 50 pixels are one unit
    sharp(page, 0)
    assert off_by(page, (512, 512), 0, {"kernel": kernel}) <= 1


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


def test_phone_by_touch(phone: Page) -> None:
    open_case(phone, settings={"kernel": SOBEL})
    assert phone.get_by_test_id("stMain").evaluate("e => e.scrollWidth") <= PHONE["width"]
    phone.get_by_test_id("result").tap(position={"x": 20, "y": 20})
    row, column = settled(phone, runs=2)["pin"]
    assert min(row, column) > 0
    phone.get_by_role("button", name="Transpose").tap()
    assert settled(phone, kernel=np.transpose(SOBEL).tolist())


def reach(page: Page, name: str) -> None:
    """Press Tab until the control has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == name:
            return
    raise AssertionError(f"Tab never reaches {name!r}")


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
