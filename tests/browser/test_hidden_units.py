"""Hidden units in a real Chromium: the browser learns what the engine learns, and every picture is its unit's."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from explorer.learning.backpropagation.activations import activate, sigmoid
from explorer.learning.plane.network import split_parameters
from explorer.learning.plane.points import SIDE
from pages.parts.learning import plane
from pages.parts.learning.plane_link import USUAL, read
from tests.browser.support.driver import at_rest, eventually, no_exceptions, open_page

GRID = 48
OTHERS = (
    "moons_60_0.2_0.3_5_3-2_relu_SGD_0.1_7_0.01_2_9_0a5z1.zz000_3_2~1~0.5*4~0~-1",
    "XOR_80_0.1_0_3_4-4-4-4_sigmoid_RMSprop_0.01_16_0_7_25_-_-_-",
    "spirals_90_0.05_0.2_1_0_tanh_momentum_0.05_90_0.1_0_30_-_-_-",
)


def result(page: Page) -> dict[str, Any]:
    """What the component holds once it is at the epoch that was asked for."""
    page.locator(".plane[data-settled='true'][data-result]").wait_for(timeout=60_000)
    return json.loads(page.get_by_test_id("plane").get_attribute("data-result") or "{}")


def agrees(page: Page) -> dict[str, Any]:
    """The browser's weights and losses are those that the engine learns from the same text."""
    found = result(page)
    *_, last = plane.training(read(found["text"]), None)
    np.testing.assert_allclose(found["flat"], plane.flat(last), atol=1e-6)
    assert found["learned"]["loss"] == pytest.approx(last.loss, abs=1e-6)
    assert found["learned"]["accuracy"] == last.accuracy
    if not np.isnan(last.held_out_loss):
        assert found["held"]["loss"] == pytest.approx(last.held_out_loss, abs=1e-6)
    return found


def rest(page: Page) -> None:
    at_rest(page, quiet_s=0.6)  # Python hears of it 0.4 s after the hand


def wires(page: Page) -> str:
    """The picture of the links."""
    return page.locator("canvas.wires").evaluate("(canvas) => canvas.toDataURL()")


def test_the_browser_learns_what_the_engine_learns(page: Page):
    open_page(page, "hidden_units")
    assert agrees(page)["text"] == USUAL
    for text in OTHERS:
        open_page(page, "hidden_units", f"plane={text}")
        assert agrees(page)["text"] == text
    no_exceptions(page)


def test_every_picture_is_its_units_function(page: Page):
    open_page(page, "hidden_units", f"plane={OTHERS[0]}")
    found = result(page)
    state = read(found["text"])
    middles = (np.arange(GRID) + 0.5) / GRID * 2 * SIDE - SIDE
    x, y = np.meshgrid(middles, -middles)
    value = np.stack([x.ravel(), y.ravel()], 1)
    weights, biases = split_parameters(np.array(found["flat"]), state.layers)
    for layer, (W, b) in enumerate(zip(weights, biases, strict=True)):
        sums = value @ W.T + b
        value = sigmoid(sums) if layer == len(weights) - 1 else activate(state.activation, sums)
        for unit in range(len(W)):
            shown = page.get_by_test_id("plane").evaluate("(root, [l, r]) => root.valuesOf(l, r)", [layer, unit])
            np.testing.assert_allclose(shown, value[:, unit], atol=1e-9)
    no_exceptions(page)


def test_playing_stepping_and_going_back(page: Page):
    open_page(page, "hidden_units")
    first = agrees(page)
    page.get_by_role("button", name="Play").click()
    epoch = page.get_by_test_id("plane")
    eventually(lambda: int(epoch.get_attribute("data-epoch") or 0), lambda epoch: epoch > 110)
    page.get_by_role("button", name="Pause").click()
    played = agrees(page)
    assert read(played["text"]).epoch > 110
    drawn = wires(page)
    page.get_by_test_id("board").hover()
    expect(page.get_by_test_id("at")).to_contain_text("p = ")  # all was drawn anew
    assert wires(page) == drawn
    page.get_by_role("button", name="One epoch on").click()
    assert read(agrees(page)["text"]).epoch == read(played["text"]).epoch + 1
    page.get_by_test_id("epoch").fill("100")
    assert result(page) == first
    page.get_by_role("button", name="Same start").click()
    expect(page.get_by_test_id("told")).to_have_text("epoch 0")
    agrees(page)
    rest(page)
    expect(page).to_have_url(re.compile("_0_0_0_-_-_-"))
    page.reload()
    at_rest(page)
    assert read(agrees(page)["text"]).epoch == 0
    no_exceptions(page)


def test_settings_a_weight_by_hand_and_undo(page: Page):
    open_page(page, "hidden_units")
    first = agrees(page)
    page.get_by_label("Units of layer 1").fill("3")
    page.get_by_label("Units of layer 1").press("Enter")
    assert read(agrees(page)["text"]).layers == (3,)
    page.get_by_label("Learning rate").fill("1e9")
    page.get_by_label("Learning rate").press("Enter")
    expect(page.get_by_test_id("message")).to_contain_text("above 0 and at most 100")
    page.get_by_label("Learning rate").fill("0.01")
    page.get_by_label("Learning rate").press("Enter")
    assert read(agrees(page)["text"]).rate == 0.01
    page.get_by_role("button", name=re.compile("^Unit h₁,₂")).click()
    expect(page.get_by_test_id("formula")).to_contain_text("h₁,₂ = tanh of")
    field = page.get_by_label("weight from x to h₁,₂")
    field.fill("-2.5")
    assert agrees(page)["flat"][2] == -2.5
    assert read(agrees(page)["text"]).edits == ((100, 2, -2.5),)
    field.press("Control+z")
    for _ in range(2):
        page.keyboard.press("Control+z")
    assert result(page)["text"] == first["text"]
    assert result(page)["flat"] == first["flat"]
    no_exceptions(page)


def test_the_epoch_gone_to_or_played_to_is_taken_back(page: Page):
    open_page(page, "hidden_units")
    first = result(page)
    undo = page.get_by_role("button", name="Undo")
    page.get_by_test_id("epoch").focus()
    page.keyboard.press("Home")
    assert read(result(page)["text"]).epoch == 0
    undo.click()
    assert result(page) == first
    expect(undo).to_be_disabled()
    page.get_by_role("button", name="Play").click()
    eventually(lambda: int(page.get_by_test_id("plane").get_attribute("data-epoch") or 0), lambda epoch: epoch > 110)
    undo.click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()  # it doesn't go on
    assert result(page) == first
    no_exceptions(page)


def test_points_by_mouse_and_keys(page: Page):
    open_page(page, "hidden_units")
    board = page.get_by_test_id("board")
    expect(page.get_by_test_id("at")).to_contain_text("200 points")
    page.get_by_role("button", name="Class 1, amber").click()
    box = board.bounding_box()
    assert box is not None
    board.dblclick(position={"x": box["width"] / 2, "y": box["height"] / 2})  # no second one on the first
    (added,) = read(agrees(page)["text"]).added
    assert added == pytest.approx((0, 0, 1), abs=0.05)
    board.click(position={"x": box["width"] / 2, "y": box["height"] / 2}, modifiers=["Shift"])
    assert len(read(agrees(page)["text"]).removed) == 1
    board.click(position={"x": 4, "y": 4}, button="right")
    expect(page.get_by_test_id("message")).to_contain_text("no point here")
    board.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert len(read(agrees(page)["text"]).added) == 2
    page.keyboard.press("Delete")
    assert len(read(agrees(page)["text"]).removed) == 2
    no_exceptions(page)


def test_an_experiment_can_be_begun_again(page: Page):
    open_page(page, "hidden_units")
    chip = page.get_by_role("button", name="XOR without hidden units")
    begins = re.compile(r'"XOR_\d+_[\d.]+_[\d.]+_0_0_tanh')  # without hidden units
    chip.click()
    expect(page.get_by_test_id("plane")).to_have_attribute("data-result", begins, timeout=30_000)
    begun = agrees(page)
    assert read(begun["text"]).layers == ()
    page.get_by_role("button", name="One layer more").click()
    assert read(agrees(page)["text"]).layers == (4,)
    rest(page)
    chip.click()
    expect(page.get_by_test_id("plane")).to_have_attribute("data-result", begins, timeout=30_000)
    assert result(page) == begun
    expect(page.get_by_text("How much of XOR can it get right?")).to_be_visible()
    no_exceptions(page)


def test_an_overflow_is_said_and_what_was_is_kept(page: Page):
    open_page(page, "hidden_units", "plane=clouds_60_0_0_0_0_tanh_SGD_0.1_10_0_0_20_-_-_5~0~1e6")
    agrees(page)
    open_page(page, "hidden_units", "plane=spirals_60_0_0_0_8-8_relu_SGD_100_10_1_0_300_-_-_-")
    expect(page.get_by_test_id("message")).to_contain_text("take a smaller rate", timeout=30_000)
    assert np.isfinite(np.array(result(page)["flat"], float)).all()  # JSON has 1e20 as a whole number
    no_exceptions(page)


def test_a_finger_adds_a_point_and_one_that_stays_takes_it_away(phone: Page):
    open_page(phone, "hidden_units")
    board = phone.get_by_test_id("board")
    board.scroll_into_view_if_needed()
    board.tap()
    eventually(lambda: len(read(result(phone)["text"]).added), 1)
    box = board.bounding_box()
    assert box is not None
    touch = phone.context.new_cdp_session(phone)
    where = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [where]})
    eventually(lambda: len(read(result(phone)["text"]).removed), 1)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    at_rest(phone, quiet_s=0.6)  # a finger that leaves adds none
    state = read(result(phone)["text"])
    assert len(state.removed) == 1
    assert len(state.added) == 1
    small = phone.get_by_test_id("plane").locator("button:visible, select:visible").evaluate_all(
        "all => all.filter((one) => Math.min(one.clientWidth, one.getBoundingClientRect().height) < 40).length"
    )  # fmt: skip
    assert small == 0
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    no_exceptions(phone)


@pytest.mark.parametrize("screen", ["hidden_units", "backpropagation"])
def test_on_a_phone_more_is_as_tall_as_a_finger(phone: Page, screen: str):
    open_page(phone, screen)
    assert phone.locator("summary:visible", has_text="More").first.bounding_box()["height"] >= 44
