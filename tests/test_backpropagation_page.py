"""The backpropagation screen: its link, what the server answers, and torch's derivatives beside the engine's."""

from __future__ import annotations

import io
from functools import partial

import numpy as np
import PIL.Image
import pytest

from pages.parts.learning import backpropagation
from pages.parts.learning.backpropagation_link import LECTURE, read
from pages.parts.widgets import takeaway
from tests.support.alone import open_alone, told

pytestmark = pytest.mark.usefixtures("cold")

screen = partial(open_alone, "backpropagation")
OTHER = "1-2-1_tanh_sigmoid_cross-entropy_1_2_0_0.5_1_-1_0.25_0_3_-0.5_0.125_1"


def words(at) -> str:
    return "\n".join(one.value for one in at.markdown)


def test_it_opens_with_the_lectures_network():
    at = screen()
    assert not at.exception
    assert told(at)["text"] == LECTURE
    assert read(LECTURE).sizes == (2, 3, 3, 1)
    assert "net" not in at.query_params


def test_a_link_brings_the_network_and_torch_agrees():
    at = screen({"net": OTHER, "backprop_torch": "true"})
    assert not at.exception
    assert told(at)["text"] == OTHER
    assert "explorer.backpropagate at most **" in words(at)
    assert at.query_params["net"] == OTHER


def test_both_passes_are_taken_away_as_a_film(monkeypatch):
    files = {}
    monkeypatch.setattr(takeaway, "take_file", lambda make, file, *_: files.update({file: make}))
    screen({"net": OTHER})
    with PIL.Image.open(io.BytesIO(files["backpropagation.gif"]())) as film:
        assert film.n_frames == 6  # three layers, forward and back


@pytest.mark.parametrize("text", [LECTURE, OTHER, OTHER.replace("cross-entropy", "squared"),
                                  OTHER.replace("cross-entropy", "none").replace("tanh", "relu")])  # fmt: skip
def test_torch_and_the_engine_give_the_same(text):
    network = read(text)
    assert (
        backpropagation.largest_difference(
            backpropagation.by_numpy(network).weight_derivatives, backpropagation.by_torch(network)
        )
        < 1e-12
    )


@pytest.mark.parametrize("garbled", [
    "", "2-3-3-1", LECTURE + "_1", LECTURE.replace("2-3", "2-9"), LECTURE.replace("sigmoid", "swish"),
    LECTURE.replace("squared", "cross-entropy"), LECTURE.replace("_0.5_16", "_nan_16"),
    LECTURE.replace("_0.5_16", "_0_16"), LECTURE.replace("_0.5_16", "_1e9_16"),
    LECTURE.replace("_16_1", "_16_inf"), LECTURE.replace("_16_1", "_16_1e7"),
    OTHER[:-1] + "2",
])  # fmt: skip
def test_a_garbled_link_is_said_and_ignored(garbled):
    with pytest.raises(ValueError, match=r"."):
        read(garbled)
    at = screen({"net": garbled})
    assert not at.exception
    assert told(at)["text"] == LECTURE
    assert "Damaged link" in at.toast[0].value
    assert "net" not in at.query_params


def test_sums_that_overflow_get_a_sentence():
    text = "1-1-1-1_identity_identity_squared_0_0.5_16_" + "_".join(["1e6"] * 7) + "_0"
    assert not screen({"net": text}).exception  # 1e24 is a number
    with pytest.raises(ValueError, match="needed, not these"):
        read(text + "_0")
    sure = "1-1-1_identity_sigmoid_cross-entropy_0_0.5_16_1e6_1e6_0_1e6_0_0"  # of what is false: 1 − v is 0 in 64 bits
    at = screen({"net": sure})
    assert not at.exception
    assert "beyond what 64 bits hold" in at.info[0].value
    assert told(at)["text"] == sure


def test_what_came_back_is_taken_only_if_it_fits(monkeypatch):
    network, found = read(LECTURE), backpropagation.by_numpy(read(LECTURE)).weight_derivatives
    state = {"settled": {"text": LECTURE, "derivatives": [one.tolist() for one in found]}}
    monkeypatch.setattr("streamlit.session_state", {"key": state})
    here = backpropagation.from_browser("key", network, LECTURE)
    assert here is not None
    assert all((one == other).all() for one, other in zip(here, found, strict=True))
    assert backpropagation.from_browser("key", network, OTHER) is None
    for forged in ([], [["x"]], [[1.0]], None, [found[0].tolist()] * 3):
        state["settled"]["derivatives"] = forged
        assert backpropagation.from_browser("key", network, LECTURE) is None
    assert np.isfinite(found[0]).all()
