"""The live convolution shows: the walk, every product, the weight in hand, the camera, the zoom."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from pages.parts.convolution.result import shown
from tests.browser.support.convolver_app import noise
from tests.browser.support.convolver_page import (
    LIMIT_MS,
    RNG,
    SOBEL,
    app_url,
    cell,
    computed,
    field,
    frame,
    open_case,
    pixels,
    settled,
    sharp,
    show_case,
    size,
)

__all__ = ["app_url"]  # the page of convolver_app.py


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
