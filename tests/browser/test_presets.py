"""Kernels to begin with on the live convolution: what the browser makes of a name and of its sliders."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from pages.parts.pickers import kernel_presets
from tests.browser.support.convolver_page import SOBEL, app_url, cell, field, frame, off_by, open_case, settled

__all__ = ["app_url"]  # the page of convolver_app.py


def begin(page: Page, name: str) -> None:
    page.get_by_label("Begin with").select_option(name)


def knob(page: Page, label: str) -> Locator:
    return page.get_by_role("slider", name=label)


@pytest.mark.parametrize("name", kernel_presets.SLIDERS)
def test_sliders_make_the_kernel_that_the_formula_says(page: Page, name: str) -> None:
    sliders = kernel_presets.SLIDERS[name]
    open_case(page, view="picture")
    begin(page, name)
    came = settled(page, preset={"name": name, "parameters": {slider.name: slider.start for slider in sliders}})
    np.testing.assert_allclose(came["kernel"], kernel_presets.kernel_of(name), rtol=2e-5, atol=1e-7)
    assert came["display"] == ("signed" if kernel_presets.sees_only_changes(came["kernel"]) else "clipped")
    for values in product(*[(slider.low, slider.high) for slider in sliders]):
        for slider, value in zip(sliders, values, strict=True):
            knob(page, slider.label).fill(str(value))
        parameters = {slider.name: value for slider, value in zip(sliders, values, strict=True)}
        came = settled(page, preset={"name": name, "parameters": parameters})
        np.testing.assert_allclose(came["kernel"], kernel_presets.kernel_of(name, parameters), rtol=2e-5, atol=1e-6)
    assert off_by(page, (48, 64), 0, came) <= 1


# As a slider that is dragged: the number of the frame after each value, without a pause in which Python could answer.
DRAGGED = """(slider, values) => values.map((value) => {
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    return Number(slider.closest("[data-testid='convolver']").dataset.frame);
})"""


def test_a_slider_answers_while_it_is_held(page: Page) -> None:
    open_case(page, view="picture")
    begin(page, "Gaussian")
    (slider,) = kernel_presets.SLIDERS["Gaussian"]
    runs = settled(page, preset={"name": "Gaussian", "parameters": {slider.name: slider.start}})["runs"]
    before = frame(page)
    assert knob(page, "σ in pixels").evaluate(DRAGGED, ["1.6", "1.7", "2.1"]) == [before + 1, before + 2, before + 3]
    came = settled(page, preset={"name": "Gaussian", "parameters": {"sigma": 2.1}})
    assert came["runs"] == runs + 1


def test_a_slider_keeps_what_was_set_beside_it(page: Page) -> None:
    open_case(page, view="picture")
    begin(page, "Gaussian")
    field(page, "Stride").fill("2")
    field(page, "Bias").fill("0.25")
    page.get_by_label("How the result is shown").select_option("absolute")
    knob(page, "σ in pixels").fill("0.5")
    came = settled(page, preset={"name": "Gaussian", "parameters": {"sigma": 0.5}})
    assert (came["stride"], came["display"], came["bias"]) == (2, "absolute", 0.25)


def test_a_weight_changed_by_hand_is_no_preset_any_more(page: Page) -> None:
    open_case(page, view="picture")
    begin(page, "Gaussian")
    knob(page, "σ in pixels").fill("0.5")
    settled(page, preset={"name": "Gaussian", "parameters": {"sigma": 0.5}})
    cell(page, 1, 1).fill("3")
    assert settled(page, preset=None)["kernel"][0][0] == 3
    expect(page.get_by_label("Begin with")).to_have_value("")
    expect(knob(page, "σ in pixels")).to_have_count(0)
    begin(page, "Gaussian")  # and its slider stands where it stood
    settled(page, preset={"name": "Gaussian", "parameters": {"sigma": 0.5}})
    page.get_by_role("button", name="Transpose").click()
    settled(page, preset=None)


def test_a_preset_that_changes_no_weight_is_heard_of(page: Page) -> None:
    open_case(page, view="picture", settings={"kernel": SOBEL, "display": "signed"})
    for weight in ("2", "1"):
        cell(page, 1, 1).fill(weight)
        settled(page, kernel=[[int(weight), 0, -1], *SOBEL[1:]])
    begin(page, "Sobel")
    settled(page, preset={"name": "Sobel", "parameters": {}})


def test_presets_and_the_three_grids(page: Page) -> None:
    open_case(page, view="picture")
    begin(page, "red against green")
    came = settled(page, colour="filter")
    assert (came["display"], came["scale"], np.shape(came["rest"])) == ("signed", 1, (2, 3, 3))
    begin(page, "Gaussian")  # the preset takes away what it brought
    assert settled(page, colour="colour")["rest"] is None
    field(page, "Colours").select_option("filter")
    settled(page, colour="filter")
    begin(page, "uniform")  # but the visitor's own choice stays
    came = settled(page, display="clipped", kernel=[[0.04] * 5] * 5)
    assert came["rest"] == [came["kernel"]] * 2
    assert came["scale"] * 3 * np.sum(came["kernel"]) == pytest.approx(1, rel=1e-4)
    knob(page, "Size k").fill("3")
    came = settled(page, preset={"name": "uniform", "parameters": {"size": 3}})
    assert came["rest"] == [came["kernel"]] * 2


def test_presets_for_plain_numbers(page: Page) -> None:
    open_case(page, view="numbers", kind="lecture")
    begin(page, kernel_presets.LECTURE)
    assert settled(page, kernel=[[0, 1, 2], [2, 2, 0], [0, 1, 2]])["padding"] == "valid"
    begin(page, "uniform")
    assert settled(page, preset={"name": "uniform", "parameters": {"size": 5}})["display"] == "absolute"
    expect(page.get_by_label("Begin with").locator("option", has_text="Red against green")).to_have_count(0)


def test_python_marks_the_preset_that_it_sends(page: Page) -> None:
    preset = {"name": "Gaussian", "parameters": {"sigma": 2.0}}
    kernel = kernel_presets.kernel_of("Gaussian", preset["parameters"])
    open_case(page, view="picture", settings={"kernel": kernel, "preset": preset})
    expect(page.get_by_label("Begin with")).to_have_value("Gaussian")
    expect(knob(page, "σ in pixels")).to_have_value("2")
