"""The convolution screen's pictures of numbers, and its links."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest

from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import KERNELS
from pages.parts.convolution import editor, numbers
from pages.parts.convolution.result import apply
from pages.parts.pickers import kernel_link, kernel_presets
from pages.parts.pickers.kernel_settings import KernelSettings
from tests.support.convolution_screen import FAR, FILTER, by_itself, screen, sent, settle, weights

__all__ = ["by_itself"]
RNG = np.random.default_rng(0)


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
