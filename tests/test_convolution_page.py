"""The convolution screen: what it tells the component, what it makes of the answer, and its kernel_link."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from streamlit.testing.v1 import AppTest

from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import COLOUR_KERNELS, KERNELS
from explorer.pictures.images import from_array
from explorer.pictures.reduced import LUMA
from pages.parts.convolution import editor, guide, numbers
from pages.parts.convolution.convolver import FOLDER, SCRIPTS, bundle
from pages.parts.convolution.result import apply, shown, table, values_of
from pages.parts.pickers import kernel_link, kernel_presets
from pages.parts.pickers.kernel_settings import DISPLAYS, KernelSettings
from pages.parts.widgets.component import SHARED
from tests.support.compile_sums import BINARY, compiled

ROOT = Path(__file__).parents[1]
RNG = np.random.default_rng(0)
FAR = KernelSettings(
    ((0.1, -2.0), (1e-7, 3.25), (0.0, 123456.0)), "zero", 3, 2, True, "diverging", "grey", -0.5, 0.125, (4, 7)
)


FILTER = KernelSettings(
    ((1.0, 0.5),), "zero", display="diverging", colour="filter", scale=0.333333, rest=(((-1.0, 2.0),), ((0.0, 7.0),))
)
SMALL = RNG.integers(0, 256, (24, 36, 3), np.uint8)
ALONE = f"""
import streamlit as st
from pages.parts.shell import frame
frame.surround(st.navigation([st.Page({str(ROOT / "pages" / "convolution.py")!r})]))
"""


@pytest.fixture(autouse=True)
def _cold(monkeypatch):
    """Nothing here waits for torch, and where the screen is alone there is no other to link to."""
    monkeypatch.setattr("pages.parts.shell.frame.warm_up", lambda: None)
    monkeypatch.setattr("streamlit.page_link", lambda *_, **__: None)


def screen(query=None, own=SMALL):
    """The convolution screen with a small picture, or with what the query names."""
    at = AppTest.from_string(ALONE, default_timeout=120)
    for name, value in (query or {}).items():
        at.query_params[name] = value
    if own is not None:
        at.session_state["own_picture"] = from_array(own, "mine")
    return at.run()


def sent(at):
    """What the component is told: header and pixels."""
    (raw,) = [one.proto.bytes for one in at.get("bidi_component") if one.proto.bytes]  # the frame's keys have none
    start = 4 + int.from_bytes(raw[:4], "little")
    return json.loads(raw[4:start]), raw[start:]


def settle(at, **choices):
    """Answer as the browser does when the hand rests."""
    header, _ = sent(at)
    at.session_state["convolver"] = {"settled": header["settings"] | {"base": header["base"]} | choices}
    return at.run()


def words(at):
    kinds = (at.markdown, at.caption, at.info)
    return "\n".join(element.value for kind in kinds for element in kind)


def weights(at):
    return np.array(sent(at)[0]["settings"]["kernel"])


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


def test_the_numbers_begin_with_the_lectures_example_and_the_picture_comes_back():
    at = screen()
    settle(at, kernel=[[1, 2, 3]])
    at.segmented_control(key=editor.VIEW).set_value("numbers").run()
    header, raw = sent(at)
    x = np.frombuffer(raw, "<f4").reshape(header["shape"])
    result = convolve(x, header["settings"]["kernel"], padding=header["settings"]["padding"])
    assert result.tolist() == [[12, 12, 17], [10, 17, 19], [9, 6, 14]]
    assert header["settings"]["preset"]["name"] == kernel_presets.LECTURE
    at.segmented_control(key=editor.VIEW).set_value("picture").run()
    assert weights(at).tolist() == [[1, 2, 3]]
    assert sent(at)[0]["kind"] == "colours"


def numbers_sent(at):
    header, raw = sent(at)
    return np.frombuffer(raw, "<f4").reshape(header["shape"]).tolist()


def written(at):
    return {name: at.query_params[name] for name in kernel_link.OWN if name in at.query_params}


def test_other_numbers_are_convolved_and_their_link_opens_them():
    at = screen()
    at.segmented_control(key=editor.VIEW).set_value("numbers").run()
    at.selectbox(key=f"{numbers.BOX}_0").set_value("one point").run()
    assert not at.exception
    assert numbers_sent(at) == numbers.read("one point").tolist()
    assert numbers_sent(screen(written(at))) == numbers_sent(at)
    at.segmented_control(key=editor.VIEW).set_value("picture").run()
    assert not written(at)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("0 1 −2; 0,5 1e2 3;", [[0, 1, -2], [0.5, 100, 3]]), ("7", [[7]]), ("1;2", [[1], [2]]),
        ("[[1, 2], [3, 4]]", [[1, 2], [3, 4]]), ("np.array([[1., -2],\n [3e1, 0]], dtype=float)", [[1, -2], [30, 0]]),
        ("[[1. 2.] [3. 4.]]", [[1, 2], [3, 4]]), ("[1 2; 3 4]", [[1, 2], [3, 4]]), ("array([1, 2])", [[1, 2]]),
    ],
)  # fmt: skip
def test_typed_numbers_are_read_row_by_row_and_linked(text, rows):
    at = screen({"k": "1x1_1", "x": "numbers", "n": text})
    assert not at.exception
    assert numbers_sent(at) == rows
    assert written(at)["n"] == text


@pytest.mark.parametrize(
    "text",
    ["", ";", "1 2; 3", "[[1, 2], [3]]", "[[1, x]]", "np.array(", "[]", "1 " * 13, "1;" * 13, "1 x", "nan", "1e9"],
)
def test_what_is_no_picture_of_numbers_is_a_sentence(text):
    with pytest.raises(ValueError, match="stays"):
        numbers.read(text)


def test_numbers_that_have_a_name_are_called_by_it_again():
    rows = "3 3 2 1 0; 0 0 1 3 1; 3 1 2 2 3; 2 0 0 2 2; 2 0 0 0 1"
    assert numbers.named(rows) == "the lecture's"  # when what was changed in it was taken back
    assert numbers.named(rows.replace("3 3", "3 4")) == rows.replace("3 3", "3 4")
    with pytest.raises(ValueError, match="rows"):
        numbers.named("1 2; 3")


def test_a_link_to_the_lectures_example_names_it():
    at = screen({"k": "3x3_0_1_2_2_2_0_0_1_2", "p": "valid", "show": "absolute", "x": "numbers"})
    assert sent(at)[0]["settings"]["preset"]["name"] == kernel_presets.LECTURE


def test_flip_says_how_far_apart_the_two_are():
    at = screen(own=np.array([[[0] * 3, [255] * 3]], np.uint8))
    settle(at, kernel=[[1, 0, 0]], padding="zero", colour="grey")  # correlation 0 0 against 1 0
    assert "**128** grey levels" in words(at)
    settle(at, kernel=[[1, 2, 1]])
    assert "flipping it changes nothing" in words(at)
    settle(at, kernel=[[1, 0, -1]])
    assert "changes the sign" in words(at)


def test_a_filter_over_the_colours_is_explained_and_computed():
    at = screen()
    settle(at, **asdict(FILTER))
    assert not at.exception
    assert "One filter of 1 × 2 × 3 weights" in words(at)
    x = values_of(from_array(SMALL), "filter").astype(float)
    result = apply(x, FILTER, flip=False)
    padded = np.pad(x, ((0, 0), (0, 1), (0, 0)))
    wanted = np.einsum("hwkc,kc->hw", np.stack([padded[:, :-1], padded[:, 1:]], 2), FILTER.weights[0])
    np.testing.assert_allclose(result, 0.333333 * wanted, rtol=1e-6)
    settle(at, colour="filter", kernel=[[1.0]], rest=[[[-1.0]], [[0.0]]])
    assert "every flat grey area becomes 0" in words(at)
    assert "Waves of grey, of whatever length, leave no trace" in words(at)


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


def test_a_sharpening_kernel_only_partly_undoes_a_blur():
    at = screen()
    at.button(key="conv_try_5").click().run()
    assert "of the blur is undone" in words(at)
    settle(at, kernel=[[1.0]])
    assert "no nearer and no farther" in words(at)  # the identity undoes nothing
    settle(at, kernel=[[-1.0]])
    assert "farther than before" in words(at)
    settle(at, stride=2)
    assert "Keep the picture's size" in words(at)


@pytest.mark.parametrize("view", editor.VIEWS)
@pytest.mark.parametrize(
    "settings", [FAR, KernelSettings(), kernel_presets.first(), FILTER], ids=["far", "plain", "first", "filter"]
)
def test_a_link_holds_the_screen(settings, view):
    if settings.rest and view == "numbers":
        pytest.skip("plain numbers have no colours")
    assert kernel_link.read(kernel_link.write(settings, view), list(editor.VIEWS)) == (settings, view)


@pytest.mark.parametrize("name", KERNELS)
def test_a_link_holds_each_preset_exactly(name):
    settings = KernelSettings(kernel_presets.kernel_of(name))
    assert kernel_link.read(kernel_link.write(settings, "picture"), list(editor.VIEWS))[0] == settings


def test_the_url_follows_the_settled_choices_and_opens_the_same_screen():
    at = screen()
    assert "k" not in at.query_params  # as it begins, there is nothing to say
    settle(at, **asdict(replace(FAR, pin=None)))
    written = {name: at.query_params[name] for name in at.query_params if name in kernel_link.OWN}
    again = screen(written)
    assert not again.exception
    assert again.session_state["conv_last"] == replace(FAR, pin=None)
    assert sent(again)[0]["settings"]["stride"] == 3
    settle(at, **asdict(kernel_presets.first()))
    assert not [name for name in at.query_params if name in kernel_link.OWN]


@pytest.mark.parametrize(
    "query",
    [
        {"k": "garbage"},
        {"k": "3x3_1_2"},
        {"k": "1x1_nan"},
        {"k": "1x1_1e99"},
        {"k": "0x0"},
        {"k": "-1x-1_1"},
        {"k": "99x1_" + "_".join(["1"] * 99)},
        {"k": "1x1_1", "s": "0"},
        {"k": "1x1_1", "d": "x"},
        {"k": "1x1_1", "p": "<script>"},
        {"k": "1x1_1", "show": ""},
        {"k": "1x1_1", "x": "nowhere"},
        {"k": "1x1_1", "a": "0"},
        {"k": "1x1_1", "pin": "4"},
        {"s": "2"},
        {"k": "1x1_1", "c": "filter"},
        {"k": "1x1x3_1_2_3"},
        {"k": "1x1x2_1_2", "c": "filter"},
        {"k": "1x1x3_1_2_3", "c": "filter", "x": "numbers"},
        {"k": "1x1_1", "x": "numbers", "n": "1 x"},
    ],
    ids=str,
)
def test_a_damaged_link_is_ignored_in_one_sentence(query):
    at = screen(query)
    assert not at.exception
    assert len(at.toast) == 1
    assert at.session_state["conv_last"] == kernel_presets.first()
    assert not [name for name in at.query_params if name in kernel_link.OWN]


def test_a_visitor_who_comes_back_finds_the_screen_as_it_was():
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    at.switch_page("pages/convolution.py").run()
    preset = {"name": "Gaussian", "parameters": {"sigma": 0.5}}
    settle(at, dilation=3, kernel=kernel_presets.kernel_of("Gaussian", preset["parameters"]), preset=preset)
    at.switch_page("pages/home.py").run()
    at.switch_page("pages/convolution.py").run()
    assert sent(at)[0]["settings"]["dilation"] == 3
    assert sent(at)[0]["settings"]["preset"] == preset


@pytest.mark.parametrize("display", DISPLAYS)
def test_what_is_saved_is_what_is_shown(display):
    values = np.array([[-2.0, 0.0, 0.5, 1.0]])
    grey = {
        "signed": [0, 128, 159, 191],
        "absolute": [255, 0, 64, 128],
        "clipped": [0, 0, 128, 255],
    }
    picture = shown(values, display)
    assert picture.shape == (1, 4, 3)
    if display == "diverging":
        blue_first = picture[0].astype(int) @ [-1, 0, 1]
        assert blue_first[0] > 0 == blue_first[1] > blue_first[3]
    else:
        assert picture[0, :, 0].tolist() == grey[display]


def test_a_plain_picture_has_no_edges():
    """Rounding leaves ±2e-9, which in full contrast would look like edges."""
    edges = KernelSettings(((0.1, 0.2, 0.1), (0.0, 0.0, 0.0), (-0.1, -0.2, -0.1)))
    plain = np.full((8, 8, 3), 77 / 255, np.float32)
    assert np.unique(shown(apply(plain, edges, flip=False), "signed")).tolist() == [128]
    plain[4, 4] += 1 / 255
    assert apply(plain, edges, flip=False).any()


def test_table_can_be_read_again():
    plane, picture = RNG.normal(size=(3, 5)), RNG.normal(size=(3, 5, 3))
    np.testing.assert_allclose(np.loadtxt(table(plane).decode().splitlines(), delimiter=","), plane, rtol=1e-6)
    rows = np.loadtxt(table(picture).decode().splitlines(), delimiter=",", skiprows=1)
    assert rows[7, :2].tolist() == [1, 2]
    np.testing.assert_allclose(rows[7, 2:], picture[1, 2], rtol=1e-6)


def test_grey_is_what_the_component_says():
    assert pytest.approx([0.299, 0.587, 0.114]) == LUMA.tolist()


@pytest.mark.parametrize(
    "settings", [FAR, FILTER, KernelSettings(((1.0, 2.0),), "valid", flip=True, scale=2, bias=-0.5)]
)
def test_the_code_taken_away_gives_the_result(settings, tmp_path):
    at = screen()
    settle(at, **asdict(settings))
    PIL.Image.fromarray(SMALL).save(tmp_path / "picture.png")
    x = values_of(from_array(SMALL), settings.colour).astype(float)
    wanted = apply(x, settings, flip=settings.flip)
    codes = [code.value for code in at.code if "import" in code.value]
    assert len(codes) == 2
    for code in codes:
        names = {}
        with contextlib.chdir(tmp_path), contextlib.redirect_stdout(None):
            exec(code, names)
        np.testing.assert_allclose(names["result"], wanted, rtol=1e-4, atol=1e-5 * np.abs(wanted).max())


def test_the_spectra_before_and_after_and_the_kernels_between():
    at = screen()
    settle(at, kernel=[[1.0, -1.0]], colour="grey")
    for title in ("The kernel's response", "The picture before", "The picture after"):
        assert f"**{title}**" in words(at)
    assert "multiplies what is flat by **0**, the finest checkerboard by **2**" in words(at)
    before, after = spectra_shown(at)
    assert before != after
    settle(at, kernel=[[1.0]], colour="grey")
    assert spectra_shown(at) == [before, before]


def spectra_shown(at):
    """The pictures of the spectra before and after, as they stand in the page."""
    bodies = [element.proto.body for element in at.get("html")]
    return [
        re.search(r'src="(.*)"', body)[1]
        for time in ("before", "after")
        for body in bodies
        if f'alt="The picture {time}' in body
    ]


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
        "import sys, streamlit; from pages.parts.shell import frame; from tests.test_convolution_page import screen; "
        "frame.warm_up = lambda: None; streamlit.page_link = lambda *_, **__: None; at = screen(); "
        "assert not at.exception; assert at.title[0].value == 'Convolution'; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=120, capture_output=True)


def test_the_binary_is_what_its_source_compiles_to():
    assert compiled() == BINARY.read_bytes(), "run `make wasm`"


def test_the_bundle_holds_every_module_once_and_no_name_twice():
    assert sorted(SCRIPTS) == sorted(path.stem for path in FOLDER.glob("*.js"))
    script = SHARED + bundle()
    assert not re.findall(r"^import ", script, flags=re.M)
    assert re.findall(r"^export .*", script, flags=re.M) == [
        "export default function mount({ data, parentElement, setStateValue, setTriggerValue }) {"
    ]
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", script, flags=re.M)
    assert len(names) > 50
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("entry", editor.offered("numbers"), ids=lambda entry: entry["name"])
@pytest.mark.parametrize("picture", ["the lecture's", "an edge"])
def test_each_kernel_fits_a_picture_of_numbers_without_padding(entry, picture):
    starts = {one["name"]: one["start"] for one in entry["sliders"]}
    kernel = (
        entry.get("kernel")
        or entry.get("settings", {}).get("kernel")
        or kernel_presets.kernel_of(entry["name"], starts)
    )
    assert apply(numbers.read(picture), KernelSettings(kernel, "valid"), flip=False).size


@pytest.mark.parametrize(
    ("kernel", "says"),
    [
        ([[0.0]], "All weights are 0: every wave is multiplied by 0"),
        ([[0.0] * 3] * 3, "the result is 0 everywhere, whatever the picture"),
        ([[1.0]], "treats waves of every length alike (× 1)"),
        ([[0.0, 0.5, 0.0]], "treats waves of every length alike (× 0.5)"),
        ([[1.0, -1.0]], "answers most to waves of 2.0 pixels (× 2)"),
        ([[-0.367]], "multiplies what is flat by **−0.367**, the finest checkerboard by **−0.367**"),
        ([[1.0, 1.0]], "multiplies what is flat by **2**, the finest checkerboard by **0**"),
        ([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]], "the finest checkerboard by **9**"),
        ([[1.0, -2.0, 1.0]], "the finest checkerboard by **−4**"),
    ],
)
def test_the_words_on_waves(kernel, says):
    at = screen()
    settle(at, kernel=kernel)
    assert says in words(at)


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
