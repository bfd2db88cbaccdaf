"""The hidden units screen: its link, tables of the visitor's, experiments that say what is so, and the server's run."""

from __future__ import annotations

import ast
import io
from dataclasses import replace
from functools import partial

import numpy as np
import PIL.Image
import pytest
from streamlit.testing.v1 import AppTest

from explorer.learning.backpropagation.activations import activate
from explorer.learning.plane.network import split_parameters
from pages.parts.learning import plane, plane_code, plane_files
from pages.parts.learning.plane_experiments import EXPERIMENTS
from pages.parts.learning.plane_link import USUAL, points_of, read, write
from pages.parts.widgets import takeaway
from tests.support.alone import open_alone, told

pytestmark = pytest.mark.usefixtures("cold")

screen = partial(open_alone, "hidden_units")
OTHER = "moons_60_0.2_0.3_5_3-2_relu_SGD_0.1_7_0.01_2_9_0a5z1.zz000_3.61_2~1~0.5*4~0~-1"
CSV = b"height,width,kind\n" + b"".join(b"%d,%d,%s\n" % (i, i * i % 7, b"cat" if i % 2 else b"dog") for i in range(30))


def words(at: AppTest) -> str:
    return "\n".join(one.value for kind in (at.markdown, at.info, at.error) for one in kind)


def test_it_opens_with_circles_that_were_learned():
    at = screen()
    assert not at.exception
    assert told(at)["text"] == USUAL == write(read(USUAL))
    assert "plane" not in at.query_params
    last = plane.last_epoch(read(USUAL))
    assert last.accuracy > 0.97
    assert last.held_out_accuracy > 0.9


def test_a_link_brings_all_of_it():
    at = screen({"plane": OTHER})
    assert not at.exception
    assert told(at)["text"] == OTHER
    state = read(OTHER)
    assert state.layers == (3, 2)
    assert state.edited == {2: {1: 0.5}, 4: {0: -1.0}}
    points, labels, held = points_of(state, None)
    assert len(points) == len(labels) == len(held) == 60
    assert points[-1].tolist() == pytest.approx([-2.9537, -2.0039])  # 61, the second by hand, was taken away
    assert labels[-1] == 1


@pytest.mark.parametrize("garbled", [
    "", "circles", USUAL + "_-", USUAL.replace("circles", "rings"), USUAL.replace("_4_", "_4-4-4-4-4_"),
    USUAL.replace("_4_", "_17_"), USUAL.replace("Adam", "LBFGS"), USUAL.replace("0.03", "nan"),
    USUAL.replace("0.03", "0"), USUAL.replace("circles_200", "circles_1"), USUAL.replace("_0_0_100_", "_-1_0_100_"),
    USUAL.replace("0.03", "1e9"), USUAL.replace("_100_", "_99999_"), USUAL.replace("_-_-_-", "_zz_-_-"),
    *(USUAL.replace("_-_-_-", hand) for hand in ("_-_500_-", "_-_-_1~99~1", "_-_-_1~1~inf")),
])  # fmt: skip
def test_a_garbled_link_is_said_and_ignored(garbled):
    with pytest.raises(ValueError, match=r"."):
        read(garbled)
    at = screen({"plane": garbled})
    assert not at.exception
    assert told(at)["text"] == USUAL
    assert "Damaged link" in at.toast[0].value
    assert "plane" not in at.query_params


def test_a_table_is_shown_and_a_bad_one_changes_nothing():
    at = screen()
    at.file_uploader("plane_upload").upload("mine.csv", CSV, "text/csv").run()
    assert not at.exception
    assert told(at)["text"].startswith("own_")
    assert len(told(at)["own"]) == 30
    before = told(at)
    at.file_uploader("plane_upload").upload("*bad*.csv", b"x,y,c\n1,2,a\n", "text/csv").run()
    assert "1 rows of numbers" in words(at)
    assert told(at) == before
    at.file_uploader("plane_upload").upload("again.csv", CSV, "text/csv").run()
    assert not at.error


def test_a_link_to_a_table_that_nobody_brought_is_said():
    at = screen({"plane": USUAL.replace("circles", "own")})
    assert not at.exception
    assert "bring it again" in words(at)
    assert told(at)["text"] == USUAL


def test_one_class_only_gets_a_sentence():
    gone = ".".join(str(i) for i in range(1, 20, 2))
    text = f"circles_20_0_0_0_2_tanh_Adam_0.03_10_0_0_5_-_{gone}_-"
    at = screen({"plane": text, "plane_server": "true"})
    assert not at.exception
    assert "all of one class" in words(at)


def test_the_server_trains_the_same():
    at = screen({"plane": OTHER, "plane_server": "true"})
    assert at.session_state["plane_check"].finished.wait(60)
    at.run()
    assert not at.exception
    *_, last = plane.training(read(OTHER), None)
    assert "NumPy, after 9 epochs:" in words(at)
    assert at.session_state["plane_check"].latest.loss == last.loss


@pytest.mark.parametrize("number", range(len(EXPERIMENTS)))
def test_an_experiment_is_set_by_its_chip_and_its_answer_shown(number):
    at = screen()
    at.button(f"plane_try_{number}").click().run()
    assert not at.exception
    assert told(at)["text"] == write(EXPERIMENTS[number].begins)
    assert EXPERIMENTS[number].question in words(at)
    assert "plane_question" in at.query_params
    assert EXPERIMENTS[number].question in words(screen({"plane": told(at)["text"], "plane_question": str(number)}))
    at.button("plane_answer").click().run()
    assert told(at)["text"] == write(EXPERIMENTS[number].ends)


def reached(state) -> tuple[float, float, float, float]:
    *_, last = plane.training(state, None)
    return last.accuracy, last.held_out_accuracy, last.loss, last.held_out_loss


def test_the_answers_are_so():
    circle, xor, spiral, _, heart, fast = EXPERIMENTS
    assert reached(circle.begins)[0] == pytest.approx(0.85, abs=0.02)
    assert reached(circle.ends)[0] > 0.98
    assert reached(xor.begins)[0] < 0.62
    assert reached(xor.ends)[0] == pytest.approx(0.98, abs=0.02)
    assert reached(spiral.begins)[0] == pytest.approx(0.75, abs=0.03)
    right, held, *_ = reached(spiral.ends)
    assert right > 0.99
    assert held == pytest.approx(0.9, abs=0.04)
    losses = [epoch.held_out_loss for epoch in plane.training(heart.begins, None)]
    right, _, _, held_loss = reached(heart.begins)
    assert right == 1
    assert held_loss > 1.5 * min(losses)
    assert held_loss > 2 * reached(heart.ends)[3]
    losses = [epoch.loss for epoch in plane.training(fast.begins, None)]
    assert sum(loss > 1.5 * losses[0] for loss in losses) > 5
    assert reached(fast.ends)[2] < 0.5 * losses[0]


@pytest.mark.parametrize("text", [OTHER, USUAL.replace("_4_tanh", "_0_tanh"), USUAL.replace("tanh", "sigmoid")])
def test_keras_code_says_the_same_network(text):
    """Keras isn't installed here: what the code says of layers and weights is read, and computed as Keras does it."""
    state = read(text)
    epoch = plane.last_epoch(state)
    tree = ast.parse(plane_code.with_keras(state, plane.flat(epoch)))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    dense = [one for one in calls if ast.unparse(one.func) == "keras.layers.Dense"]
    units = [ast.literal_eval(one.args[0]) for one in dense]
    named = [{word.arg: ast.unparse(word.value) for word in one.keywords} for one in dense]
    assert units == [*state.layers, 1]
    (compiled,) = [one for one in calls if ast.unparse(one.func) == "net.compile"]
    assert [word.arg for word in compiled.keywords] == ["metrics"]  # what stands third is loss_weights
    for words in named:
        assert words.get("kernel_regularizer") == words.get("bias_regularizer")
        assert words.get("kernel_regularizer") == ("keras.regularizers.L2(0.005)" if state.decay else None)
    (given,) = [node.value for node in ast.walk(tree)
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "weights"]  # fmt: skip
    weights = [np.array(one) for one in ast.literal_eval(given)]
    points, labels, held = points_of(state, None)
    value = points[~held]
    for W, b, words in zip(weights[::2], weights[1::2], named, strict=True):
        value = activate(ast.literal_eval(words["activation"]), value @ W + b)
    p, label = value[:, 0], labels[~held]
    assert -np.mean(label * np.log(p) + (1 - label) * np.log(1 - p)) == pytest.approx(epoch.loss)


def test_a_point_that_is_taken_away_takes_its_label_and_its_mark_with_it():
    state = read("clouds_60_0.2_0.5_5_3_relu_SGD_0.1_7_0.01_2_9_-_-_-")
    whole, less = points_of(state, None), points_of(replace(state, removed=(0, 31)), None)
    for every, some in zip(whole, less, strict=True):
        np.testing.assert_array_equal(some, np.delete(every, [0, 31], 0))


def test_what_is_taken_away_is_the_network_and_its_training(monkeypatch):
    files = {}
    monkeypatch.setattr(takeaway, "take_file", lambda make, file, *_: files.update({file: make}))
    monkeypatch.setattr(plane_files, "take_file", lambda make, file, *_: files.update({file: make}))
    state = read(USUAL.replace("_200_", "_40_").replace("_100_", "_8_"))
    last = plane.last_epoch(state)
    plane_files.take(state, plane.flat(last), None)
    assert (np.load(io.BytesIO(files["weights.npy"]())) == plane.flat(last)).all()
    assert len(files["points.csv"]().splitlines()) == 41
    frames = list(plane_files.training(state, None))
    assert len(frames) == 9
    assert (frames[-1] == plane_files.picture(state, plane.flat(last))).all()
    with PIL.Image.open(io.BytesIO(files["training.gif"]())) as film:
        assert film.n_frames == 9
    one_class = replace(state, removed=tuple(range(1, 40, 2)))
    files.clear()
    plane_files.take(one_class, plane.flat(last), None)
    assert "training.gif" not in files  # nothing could be trained
    assert "points.csv" in files


def test_two_points_are_enough_and_a_run_that_overflows_ends_in_a_sentence():
    assert not screen({"plane": "circles_2_0_0_0_1_tanh_SGD_0.1_1_0_0_2_-_-_-", "plane_server": "true"}).exception
    at = screen({"plane": "spirals_60_0_0_0_8-8_relu_SGD_100_10_1_0_300_-_-_-", "plane_server": "true"})
    assert at.session_state["plane_check"].finished.wait(60)
    at.run()
    assert not at.exception
    assert "take a smaller rate" in words(at)


def test_what_came_back_is_taken_only_if_it_fits(monkeypatch):
    row = plane.flat(plane.last_epoch(read(USUAL)))
    state = {"settled": {"text": USUAL, "flat": row.tolist()}}
    monkeypatch.setattr("streamlit.session_state", {"key": state})
    found = plane.from_browser("key", USUAL)
    assert found is not None
    assert (found == row).all()
    assert plane.from_browser("key", OTHER) is None
    for forged in ([], [1.0], None, ["x"] * len(row), [float("inf")] * len(row)):
        state["settled"]["flat"] = forged
        assert plane.from_browser("key", USUAL) is None
    assert [W.shape for W in split_parameters(row, (4,))[0]] == [(4, 2), (1, 4)]
    assert np.isfinite(row).all()
