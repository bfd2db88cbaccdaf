"""The live convolution by touch, by keyboard alone, with reduced motion and for screen readers."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_convolver import SOBEL, app_url, cell, open_case, settled

__all__ = ["app_url"]  # the page of convolver_app.py, here too
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


def reach(page: Page, name: str) -> None:
    """Press Tab until the control has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == name:
            return
    raise AssertionError(f"Tab never reaches {name!r}")


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
    reach(page, "row 1 column 1 weight")
    page.keyboard.type("5")
    reach(page, "stride")
    page.keyboard.press("ArrowUp")
    reach(page, "result")
    page.keyboard.press("Enter")
    came = settled(page, kernel=[[5, 0, -1], *SOBEL[1:]], stride=2)
    assert came["pin"] is not None


def test_a_finger_drags_a_weight(browser: Browser, app_url: str) -> None:
    context = browser.new_context(
        base_url=app_url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    open_case(page)
    target = cell(page, 2, 3)
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = context.new_cdp_session(page)

    def finger(kind: str, up: float | None) -> None:
        points = [] if up is None else [{"x": x, "y": y - up}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", 0)
    for up in (10, 25, 40, 50):
        finger("touchMove", up)
    finger("touchEnd", None)
    kernel = settled(page, runs=2)["kernel"]
    np.testing.assert_allclose(kernel, [[0, 0, 0], [0, 1, 1], [0, 0, 0]], atol=0.02)  # 50 pixels are one unit
    context.close()


def test_reduced_motion_walks_slowly(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_case(page)
    expect(page.get_by_label("Steps a second")).to_have_text("1 / s")
    assert cell(page, 1, 1).evaluate("e => getComputedStyle(e).transitionDuration") == "0s"
