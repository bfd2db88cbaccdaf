"""Backpropagation in a real Chromium: every hand changes a number, and every number is the engine's."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
from playwright.sync_api import Locator, Page, expect

from pages.parts.learning import backpropagation
from pages.parts.learning.backpropagation_link import read
from tests.browser.support.driver import at_rest, drag_by_finger, eventually, no_exceptions, open_page

OTHER = "3-4-2_tanh_sigmoid_cross-entropy_1_0.5_11_0.5_1_-1_" + "_".join(
    f"{np.sin(n):.3g}" for n in range(1, 27)) + "_1_0.25"  # fmt: skip


def result(page: Page) -> dict[str, Any]:
    """What the component shows; it computes at once whatever a hand changes."""
    return json.loads(page.locator("[data-testid=backprop][data-result]").get_attribute("data-result") or "{}")


def agrees(page: Page) -> dict[str, Any]:
    """Every number that the browser shows is what the engine computes of the same network."""
    found = result(page)
    engine = backpropagation.by_numpy(read(found["text"]))
    pairs = {"sums": engine.sums, "values": engine.values, "bars": engine.sum_derivatives,
             "derivatives": engine.derivatives, "weightDerivatives": engine.weight_derivatives}  # fmt: skip
    for name, ours in pairs.items():
        for one, other in zip(found[name], ours, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found["loss"], engine.loss, rtol=1e-10, atol=1e-12)
    return found


def cell(page: Page, name: str) -> Locator:
    return page.get_by_test_id("matrices").get_by_label(name, exact=True)


def says(page: Page, *words: str) -> None:
    """Assert that the sentence begins with the first of these, and has the others in it."""
    sentence = page.get_by_test_id("words")
    expect(sentence).to_have_text(re.compile("^" + re.escape(words[0])))
    for more in words[1:]:
        expect(sentence).to_contain_text(more)


def test_numbers_are_the_engines_and_a_typed_weight_is_in_the_link(page: Page):
    open_page(page, "backpropagation")
    agrees(page)
    apart = page.locator("[data-testid=backprop][data-apart]")
    eventually(lambda: float(apart.get_attribute("data-apart") or "1"), lambda most: most < 1e-8)
    cell(page, "weight from a to c").fill("2,5")
    found = agrees(page)
    assert found["sums"][0][0] == 2.5 * 1 - 1 * 0.5
    cell(page, "weight from a to c").fill("two")
    expect(page.get_by_test_id("message")).to_contain_text("“two” is no number")
    assert result(page)["text"] == found["text"]
    cell(page, "weight from a to c").fill("-1")
    at_rest(page)
    expect(page).to_have_url(re.compile(r"[?&]net=2-3-3-1_sigmoid"))
    text = result(page)["text"]
    page.reload()
    at_rest(page)
    assert result(page)["text"] == text
    page.get_by_role("main").get_by_role("button", name="More", exact=True).click()
    page.get_by_text("Ask PyTorch, too").click()
    told = page.get_by_text("From torch's derivatives")
    expect(told).to_contain_text("your browser at most", timeout=60_000)
    no_exceptions(page)


def test_another_network_from_its_link(page: Page):
    open_page(page, "backpropagation", f"net={OTHER}")
    found = agrees(page)
    assert [len(one) for one in found["values"]] == [3, 4, 2]
    page.get_by_label("Nodes of layer 1").fill("5")
    page.get_by_label("Nodes of layer 1").press("Enter")
    assert [len(one) for one in agrees(page)["values"]] == [3, 5, 2]
    page.get_by_role("button", name="+ layer").click()
    assert [len(one) for one in agrees(page)["values"]] == [3, 5, 5, 2]
    page.get_by_test_id("backprop").get_by_text("More", exact=True).click()
    page.get_by_label("Activation of the last layer").select_option("relu")
    expect(page.get_by_test_id("message")).to_contain_text("the loss is squared now")
    agrees(page)
    no_exceptions(page)


def test_a_step_of_learning_and_its_undoing(page: Page):
    open_page(page, "backpropagation")
    before = agrees(page)
    page.get_by_test_id("learn").click()
    expect(page.get_by_test_id("message")).to_contain_text("The loss fell")
    after = agrees(page)
    assert after["loss"] < before["loss"]
    old, new = read(before["text"]), read(after["text"])
    for W, moved, delta in zip(old.weights, new.weights, before["weightDerivatives"], strict=True):
        np.testing.assert_allclose(moved, W - 0.5 * np.array(delta), rtol=1e-5, atol=1e-6)
    page.keyboard.press("Control+z")
    assert result(page) == before
    page.keyboard.press("Control+Shift+z")
    assert result(page) == after
    page.get_by_label("rate").fill("500")
    page.get_by_test_id("learn").click()
    expect(page.get_by_test_id("message")).to_contain_text("too long for this slope")
    for _ in range(5):
        page.get_by_test_id("learn").click()
    expect(page.get_by_test_id("message")).to_contain_text(re.compile("beyond a million|rose|fell|stayed"))
    agrees(page)
    no_exceptions(page)


def taken_back(page: Page) -> str:
    page.keyboard.press("Control+z")
    return page.get_by_test_id("step").inner_text()


def test_the_passes_by_arrow_keys(page: Page):
    open_page(page, "backpropagation")
    page.get_by_test_id("graph").focus()
    page.keyboard.press("Home")
    expect(page.get_by_test_id("step")).to_have_text("step 0 of 16")
    expect(cell(page, "v̄ of c: not computed yet").first).to_be_visible()
    page.keyboard.press("ArrowRight")
    says(page, "Forward: v̄₁ = W₀ v₀")
    expect(cell(page, "v̄ of c: 0").first).to_be_visible()
    expect(cell(page, "v̄ of f: not computed yet").first).to_be_visible()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("words")).to_contain_text("Claim 2")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("step")).to_have_text("step 8 of 16")
    at_rest(page)
    expect(page).to_have_url(re.compile("squared_0_0.5_8_"))
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_test_id("step")).to_have_text("step 9 of 16")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("step")).to_have_text("step 8 of 16")
    expect(page.get_by_role("button", name="Play")).to_be_visible()  # it doesn't go on
    # the keys pressed before it: one stroke, or few where a slow machine leaves a second between two of them
    strokes = next(n for n in range(1, 12) if taken_back(page) == "step 16 of 16")
    assert strokes <= 4
    no_exceptions(page)


def test_what_an_entry_sums_lights_up_by_mouse_and_by_keys(page: Page):
    open_page(page, "backpropagation")
    page.locator(".cell.d[data-id='d-1-0-0']").first.hover()
    says(page, "δ of c = column 0 of W₁ times δ̄₂ = ", "3 paths from c to the end")
    for kind, edges in (("lit", ["1-0-0", "1-1-0", "1-2-0"]), ("far", ["2-0-0", "2-0-1", "2-0-2"])):
        found = page.locator(f".edge.{kind}").evaluate_all("all => all.map((one) => one.dataset.edge)")
        assert found == edges
    page.locator("[data-edge='0-2-1'] .reach").hover(force=True)
    says(page, "W₀ row 2, column 1 = 1 leads from b to e")
    expect(page.locator(".cell.D[data-id='D-0-2-1']")).to_have_class(re.compile("first"))
    field = cell(page, "weight from a to c")
    field.focus()
    page.keyboard.press("ArrowRight")
    says(page, "W₀ row 0, column 1")
    page.keyboard.press("ArrowRight")
    says(page, "v̄ of c = row 0 of W₀ times v₀")
    field.focus()
    page.keyboard.press("Alt+ArrowUp")
    assert agrees(page)["sums"][0][0] == 0.6 - 0.5
    no_exceptions(page)


def test_a_number_is_dragged_by_mouse_and_by_a_finger(page: Page, phone: Page):
    open_page(page, "backpropagation")
    box = cell(page, "input a").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 50, steps=5)
    page.mouse.up()
    assert agrees(page)["values"][0][0] == 1.5
    open_page(phone, "backpropagation")
    field = cell(phone, "input b")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    drag_by_finger(phone, (x, y), (x, y - 100))
    expect(field).to_have_value("1.5")
    assert agrees(phone)["values"][0][1] == 1.5
    touched = phone.get_by_test_id("backprop").locator("button, select")
    small = touched.evaluate_all("all => all.filter((one) => one.getBoundingClientRect().height < 44).length")
    assert small == 0
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    no_exceptions(phone)


def test_the_graph_is_saved_as_a_picture_that_opens_by_itself(page: Page):
    open_page(page, "backpropagation")
    with page.expect_download() as came:
        page.get_by_role("button", name="Save graph").click()
    assert came.value.suggested_filename == "network.svg"
    saved = ElementTree.parse(came.value.path()).getroot()
    assert saved.tag == "{http://www.w3.org/2000/svg}svg"
    units = page.locator("svg.graph circle").count()
    assert units > 0
    assert len(saved.findall(".//{*}circle")) == units
    no_exceptions(page)
