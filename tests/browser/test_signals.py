"""The signals screen in a real Chromium: a stem obeys every hand, and a result is what the engine says."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

import explorer
from explorer.one_dimension import line_kernels, signals
from pages.parts.signals import stems
from tests.browser.support.driver import address, at_rest, drag_by_finger, eventually, no_exceptions, open_page

SHORT = "signals_kernel=by+hand&w=0.2_0.5_0.3"
SENTENCE = re.compile(r"Result (\d+) = .*= (\S+)$")


def in_link(page: Page) -> list[float]:
    """The weights in the address, once the hand rests and the server has answered."""
    at_rest(page)
    found = re.search(r"[?&]w=([^&]*)", address(page))
    assert found, f"no weights in {address(page)}"
    return list(stems.read(found[1]) or ())


def weights(page: Page) -> list[float]:
    knobs = page.get_by_test_id("stems").get_by_role("slider")
    knobs.first.wait_for()
    return [float(knob.get_attribute("aria-valuenow") or "nan") for knob in knobs.all()]


def results(page: Page) -> NDArray[np.float64]:
    """What the component has computed and draws, (n,)."""
    return np.array(page.locator(".signal[data-result]").evaluate("root => JSON.parse(root.dataset.result)"))


def agrees(page: Page, engine: NDArray[np.float64]) -> None:
    """What is drawn comes to be what the engine has computed."""
    eventually(
        lambda: results(page), lambda shown: shown.shape == engine.shape and np.allclose(shown, engine, atol=1e-4)
    )


def drawn(page: Page) -> str:
    return page.locator('[data-plot="result"] path.curve').get_attribute("d") or ""


def height_of(page: Page, knob: Locator, share: float) -> tuple[float, float]:
    """Where on the screen a knob stands, and the height at `share` of its grid from the top."""
    grid, box = page.get_by_test_id("stems").bounding_box(), knob.bounding_box()
    assert grid is not None
    assert box is not None
    return box["x"] + box["width"] / 2, grid["y"] + share * grid["height"]


def test_a_stem_dragged_by_mouse_changes_kernel_result_and_link(page: Page):
    open_page(page, "signals", SHORT)
    before, curve = weights(page), drawn(page)
    expect(page.get_by_text("The weights sum to 1:")).to_be_visible()
    knob = page.get_by_role("slider", name="Weight 1", exact=True)
    across, down = height_of(page, knob, 0.9)
    knob.hover()
    page.mouse.down()
    page.mouse.move(across, down, steps=4)
    eventually(
        lambda: weights(page)[1], pytest.approx(-0.5, abs=0.02)
    )  # before the hand rests: 0.8 of 1.25 · 0.5, downwards
    assert drawn(page) != curve
    page.mouse.up()
    linked = in_link(page)
    assert [linked[0], linked[2]] == [before[0], before[2]] == [0.2, 0.3]
    assert linked == pytest.approx(weights(page), abs=1e-3)
    expect(page.get_by_text(f"The weights sum to {sum(linked):.3g}:".replace("-", "−"))).to_be_visible()
    agrees(page, explorer.convolve(signals.noisy_sine().values, linked, padding="replicate"))
    page.reload()
    eventually(lambda: weights(page), pytest.approx(linked, abs=1e-3))
    no_exceptions(page)


def test_stems_by_keyboard_alone_while_the_server_answers(page: Page):
    open_page(page, "signals", SHORT)
    page.get_by_role("slider", name="Weight 0", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("slider", name="Weight 1", exact=True)).to_be_focused()
    expected = 0.5
    for pause in (0, 270, 300, 330, 270, 0):  # the answers come between, and some in the midst of the next wait
        page.keyboard.press("ArrowUp")
        expected *= 1 + 1.25 / 20
        page.wait_for_timeout(pause)
    linked = in_link(page)
    assert linked == pytest.approx([0.2, expected, 0.3], rel=1e-4)
    assert weights(page) == pytest.approx(linked, rel=1e-3)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="−1")).to_be_focused()  # one stop for all the stems
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("0")
    assert in_link(page)[2] == 0
    choose(page, "Kernel", "difference")
    start = weights(page)
    for _ in range(2):  # the same change after another kernel counts again
        page.get_by_role("button", name="+1", exact=True).click()
        assert in_link(page) == pytest.approx([*start, 0])
        choose(page, "Kernel", "difference")
        eventually(lambda: weights(page), start)


def choose(page: Page, label: str, name: str) -> None:
    """Pick a name in a box of the screen, and wait for what it changes."""
    box = page.get_by_role("combobox", name=re.compile(label))
    box.fill(name)
    page.get_by_role("option", name=name, exact=True).wait_for()
    box.press("Enter")
    expect(box).to_have_value(name)
    at_rest(page)


def test_a_stem_dragged_by_a_finger_on_a_phone(phone: Page):
    open_page(phone, "signals", SHORT)
    knob = phone.get_by_role("slider", name="Weight 2", exact=True)
    knob.scroll_into_view_if_needed()
    across, target = height_of(phone, knob, 0.9)
    _, start = height_of(phone, knob, 0.3)
    curve = drawn(phone)
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = phone.evaluate(scrolled)
    drag_by_finger(phone, (across, start), (across, target))
    eventually(lambda: weights(phone)[2], pytest.approx(-0.5, abs=0.02))
    assert drawn(phone) != curve
    assert phone.evaluate(scrolled) == before  # the finger pulls the stem, not the page
    assert in_link(phone) == pytest.approx(weights(phone), abs=1e-3)
    no_exceptions(phone)


def said(page: Page) -> tuple[int, str]:
    """Place (from 0) and number in the sentence under the kernel."""
    found = SENTENCE.match(page.get_by_test_id("sum-sentence").inner_text())
    assert found
    return int(found[1]), found[2].replace("−", "-")


def test_the_window_steps_and_plays_over_what_the_engine_computes(page: Page):
    open_page(page, "signals", "signals_padding=valid")
    x, gaussian = signals.noisy_sine().values, line_kernels.gaussian(4.0)
    engine = explorer.convolve(x, gaussian, padding="valid")
    agrees(page, engine)
    places = page.get_by_test_id("place")
    for key, place in {"Home": 0, "ArrowRight": 1, "End": engine.size - 1}.items():
        places.press(key)
        eventually(lambda: said(page)[0], place)
        assert float(said(page)[1]) == pytest.approx(engine[place], rel=6e-3, abs=1e-4)  # three digits are shown
    page.get_by_role("button", name="One place back").click()
    eventually(lambda: said(page)[0], engine.size - 2)
    expect(page).to_have_url(re.compile(rf"[?&]at={engine.size - 2}\b"))
    places.press("Home")
    play = page.get_by_role("button", name="Slide the window along")
    play.click()
    eventually(lambda: said(page)[0], lambda place: place > 1)
    play.click()
    expect(play).to_have_attribute("aria-pressed", "false")
    place, number = said(page)
    assert place < engine.size - 1
    assert float(number) == pytest.approx(engine[place], rel=6e-3, abs=1e-4)
    expect(page).to_have_url(re.compile(rf"[?&]at={place}\b"))  # told later, of where it stands then
    assert said(page)[0] == place  # it rests
    page.get_by_role("main").get_by_role("button", name=re.compile("^More")).click()  # it counts what is changed
    for padding in ("reflect", "zero"):
        choose(page, "Padding", padding)
        agrees(page, explorer.convolve(x, gaussian, padding=padding))
        assert said(page)[0] == place
    page.reload()
    at_rest(page)
    eventually(lambda: said(page)[0], place)


def kernel_is(page: Page, name: str) -> None:
    expect(page.get_by_test_id("stMain").get_by_role("combobox", name=re.compile("Kernel"))).to_have_value(name)


def test_what_the_hand_changed_is_taken_back_with_the_kernels_name_and_sliders(page: Page):
    open_page(page, "signals", "signals_kernel=Gaussian&signals_Gaussian_sigma=2")
    start = weights(page)
    page.get_by_role("slider", name="Weight 3", exact=True).focus()
    page.keyboard.press("ArrowUp")
    first = in_link(page)
    across, down = height_of(page, page.get_by_role("slider", name="Weight 1", exact=True), 0.9)
    page.mouse.move(across, down - 40)
    page.mouse.down()
    page.mouse.move(across, down, steps=4)
    page.mouse.up()
    assert in_link(page) != first
    page.get_by_role("button", name="Undo").click()
    assert in_link(page) == first  # one stroke of the hand is one change
    kernel_is(page, "by hand")
    page.keyboard.press("Control+z")
    at_rest(page)
    assert weights(page) == start
    kernel_is(page, "Gaussian")
    expect(page.get_by_test_id("stMain").get_by_role("slider", name=re.compile("σ in values"))).to_have_value("2")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.get_by_role("button", name="Redo").click()
    assert in_link(page) == first
    kernel_is(page, "by hand")
    choose(page, "Kernel", "exponential")
    page.get_by_role("button", name="Undo").click()  # another kernel of the box is taken back, too
    assert in_link(page) == first
    kernel_is(page, "by hand")
    assert "past=1" not in address(page)  # it knew both sides when the hand set it
    no_exceptions(page)


def test_a_matched_kernel_is_one_again_while_its_signal_is_drawn(page: Page):
    open_page(page, "signals", "signals_kernel=matched")
    weight, undo = page.get_by_role("slider", name="Weight 3", exact=True), page.get_by_role("button", name="Undo")
    for signal, then in ((None, "matched"), ("step", "by hand")):
        weight.focus()
        page.keyboard.press("ArrowUp")
        at_rest(page)
        kernel_is(page, "by hand")
        if signal:
            choose(page, "Signal", signal)
        undo.click()
        at_rest(page)
        kernel_is(page, then)
    no_exceptions(page)
