"""The convolution screen: what it tells the component, and what it makes of the answer."""

from __future__ import annotations

import base64
import subprocess
import sys
from dataclasses import asdict

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.filtering.kernels import COLOUR_KERNELS, KERNELS
from explorer.pictures.images import from_array
from pages.parts.convolution import editor, guide
from pages.parts.pickers import kernel_presets
from tests.support.alone import ROOT
from tests.support.convolution_screen import FILTER, by_itself, screen, sent, settle, weights, words

__all__ = ["by_itself"]
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("name", ["flower", "camera"])
def test_opens_on_samples(name):
    at = screen({"picture": name}, own=None)
    assert not at.exception
    assert sent(at)[0]["name"] == name


@pytest.mark.parametrize(
    "own",
    [
        np.zeros((1, 1, 3), np.uint8),
        RNG.integers(0, 256, (1, 300, 3), np.uint8),
        RNG.integers(0, 256, (300, 1, 3), np.uint8),
        np.repeat(RNG.integers(0, 256, (40, 60, 1), np.uint8), 3, 2),
        np.full((600, 900, 3), 255, np.uint8),
    ],
    ids=["one pixel", "a line", "a column", "grey", "large and white"],
)
def test_opens_on_any_picture_and_view(own):
    at = screen(own=own)
    assert not at.exception
    for view in ("blurred", "numbers", "picture"):
        at.segmented_control(key=editor.VIEW).set_value(view).run()
        assert not at.exception
        assert not at.error


@pytest.mark.parametrize("view", editor.VIEWS)
def test_what_is_offered_to_begin_with(view):
    at = screen()
    at.segmented_control(key=editor.VIEW).set_value(view).run()
    offered = {entry["name"]: entry for entry in sent(at)[0]["presets"]}
    others = [kernel_presets.LECTURE] if view == "numbers" else [*COLOUR_KERNELS]
    assert sorted(offered) == sorted([*KERNELS, *others])
    for name in KERNELS.keys() - kernel_presets.SLIDERS.keys():
        np.testing.assert_allclose(offered[name]["kernel"], KERNELS[name](), rtol=1e-5)
    for name in kernel_presets.SLIDERS:
        sliders = [slider["name"] for slider in offered[name]["sliders"]]
        assert sliders == [one.name for one in kernel_presets.SLIDERS[name]]
    for name in COLOUR_KERNELS if view != "numbers" else ():
        told = offered[name]["settings"]
        assert (told["colour"], told["display"], told["scale"], told["bias"]) == ("filter", "signed", 1, 0)
        grids = np.stack([told["kernel"], *told["rest"]], -1)
        np.testing.assert_allclose(grids, COLOUR_KERNELS[name](), atol=1e-6)


@pytest.mark.parametrize("name", kernel_presets.SLIDERS)
def test_no_slider_makes_a_kernel_that_the_grid_does_not_hold(name):
    highest = {slider.name: slider.high for slider in kernel_presets.SLIDERS[name]}
    assert max(np.shape(kernel_presets.kernel_of(name, highest))) <= 15


def test_settled_choices_are_used_and_the_component_is_left_alone():
    at = screen()
    before = sent(at)
    settle(at, kernel=[[0.5, 0.25]], stride=2, padding="valid", bias=0.5, scale=2)
    assert sent(at) == before
    assert sent(at.run()) == before
    assert at.session_state["conv_last"].kernel == ((0.5, 0.25),)
    assert "The weights sum to **0.75**: a flat area of 0.5 becomes 1.25." in words(at)
    assert r"Rows: $\small \lfloor (24 + 0 - 1 \cdot 0 - 1) / 2 \rfloor + 1 =$ **12**" in words(at)
    assert r"Columns: $\small \lfloor (36 + 0 - 1 \cdot 1 - 1) / 2 \rfloor + 1 =$ **18**" in words(at)


def test_a_card_takes_the_three_grids_away():
    at = screen()
    settle(at, **asdict(FILTER))
    at.button(key="conv_try_0").click().run()
    assert sent(at)[0]["settings"]["colour"] == "colour"


def test_an_impossible_setting_is_a_sentence_and_the_rest_stays():
    at = screen(own=np.zeros((4, 6, 3), np.uint8))
    settle(at, kernel=[[1.0] * 7], padding="valid")
    assert not at.exception
    assert "The kernel reaches over 1 × 7" in at.info[0].value.replace("\\", "")
    assert sum(bool(button.key and button.key.startswith("conv_try_")) for button in at.button) == 6
    settle(at, padding="zero")
    assert not at.info


def test_forged_answers_are_ignored():
    at = screen()
    for forged in (
        {"kernel": [[float("nan")]]},
        {"padding": "<b>"},
        {"stride": 0},
        {"kernel": "x"},
        {"pin": [1]},
        {"preset": "Sobel"},
        {"preset": {"name": "Gaussian", "parameters": {"sigma": float("inf")}}},
        {"colour": "filter"},
        {"colour": "filter", "rest": [[[1]], [[1, 2]]]},
    ):
        settle(at, **forged)
        assert not at.exception
        assert at.session_state["conv_last"] == kernel_presets.first()


@pytest.mark.parametrize("number", range(len(guide.CARDS)))
def test_each_card_sets_the_screen(number):
    at = screen()
    at.segmented_control(key=editor.VIEW).set_value("numbers").run()
    at.button(key=f"conv_try_{number}").click().run()
    card = guide.CARDS[number]
    assert not at.exception
    assert at.segmented_control(key=editor.VIEW).value == card.view
    assert sent(at)[0]["settings"]["preset"] == {"name": card.preset, "parameters": dict(card.parameters)}
    np.testing.assert_allclose(weights(at), KERNELS[card.preset](**card.parameters), rtol=1e-5)


def test_a_visitor_who_comes_back_finds_the_screen_as_it_was():
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    at.switch_page("pages/convolution.py").run()
    preset = {"name": "Gaussian", "parameters": {"sigma": 0.5}}
    settle(at, dilation=3, kernel=kernel_presets.kernel_of("Gaussian", preset["parameters"]), preset=preset)
    at.switch_page("pages/home.py").run()
    at.switch_page("pages/convolution.py").run()
    assert sent(at)[0]["settings"]["dilation"] == 3
    assert sent(at)[0]["settings"]["preset"] == preset


def test_a_card_asks_beside_its_picture_and_keeps_its_answer_until_asked():
    at = screen()
    assert not any(card.question in words(at) for card in guide.CARDS)
    for number, card in enumerate(guide.CARDS):
        at.button(key=f"conv_try_{number}").click().run()
        assert "?" in card.question
        assert [other.title for other in guide.CARDS if other.question in words(at)] == [card.title]
        assert card.answer in [element.value for element in at.markdown]  # behind a button
    assert guide.CARDS[-1].question in words(screen({"conv_question": str(len(guide.CARDS) - 1)}))  # by its link, too
    assert "conv_question" in at.query_params
    at.button(key="conv_asked_no").click().run()
    assert not any(card.question in words(at) for card in guide.CARDS)
    assert "conv_question" not in at.query_params


def test_needs_no_torch():
    code = (
        "import sys, streamlit; from pages.parts.shell import frame; "
        "from tests.support.convolution_screen import screen; "
        "frame.warm_up = lambda: None; streamlit.page_link = lambda *_, **__: None; at = screen(); "
        "assert not at.exception; assert at.title[0].value == 'Convolution'; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=120, capture_output=True)


def test_what_describes_a_result_goes_with_it():
    at = screen(own=np.zeros((4, 6, 3), np.uint8))
    assert "How large is the result?" in [one.value for one in at.header]
    settle(at, kernel=[[1.0] * 7], padding="valid")
    assert not at.header
    assert not at.get("download_button")


def test_the_camera_is_not_described_by_the_still_picture():
    at = screen()
    header, _ = sent(at)
    settled = header["settings"] | {"base": header["base"]}
    at.session_state["convolver"] = {"settled": settled, "filming": True}
    at.run()
    assert not at.header
    assert "*Freeze* makes a frame your picture" in words(at)
    at.session_state["convolver"] = {"settled": settled, "filming": False}
    at.run()
    assert at.header


def test_a_frozen_frame_is_the_visitors_picture():
    at = screen(own=None)
    frame = RNG.integers(0, 256, (20, 30, 3), np.uint8)
    at.session_state["convolver"] = {"frozen": base64.b64encode(from_array(frame).png()).decode()}
    at.run()
    assert not at.exception
    np.testing.assert_array_equal(at.session_state["own_picture"].uint8, frame)
