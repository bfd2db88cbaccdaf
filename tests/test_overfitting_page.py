"""Overfitting, Depth and width, and Tricks by AppTest: every tab opens at once, on any setting, without torch."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import plotly.graph_objects as go
import pytest
import streamlit as st

from explorer.learning.comparisons import AUGMENTING, CURVES, DROPPING, NORMALIZING, residual, shipped
from explorer.learning.descents import descend
from explorer.learning.ensemble_settings import OPTIMIZERS
from explorer.learning.polynomials import fit_polynomial, legendre_features
from explorer.networks.specs import all_specs
from pages.parts.learning import (
    comparison_files,
    dropping,
    history,
    normalizing,
    optimizing,
    polynomial_fits,
    residuals,
)
from pages.parts.pickers import network
from pages.parts.widgets import linked, takeaway
from tests.support.alone import open_alone, told
from tests.support.whole_app import app, shown

TABS = {
    "overfitting": ("Random labels", "The digits network", "Polynomials", "Double descent"),
    "depth": ("Equal parameters", "The history"),
    "tricks": ("Batch normalization", "Dropout", "Residual", "Augmentation", "Optimizers"),
}
POINTS = ((-0.5, 0.5), (0.0, -0.5), (0.5, 0.5))
WAYS = {one: descend("a bowl", one, rate=0.05, start=(-1.6, 1.2), steps=60) for one in OPTIMIZERS}
EVERY = [(page, tab) for page, tabs in TABS.items() for tab in tabs]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, cold: None) -> None:
    monkeypatch.setattr(st, "page_link", lambda *_, **__: None)


def opened(page: str, tab: str, **query: str):
    test = open_alone(page, {f"{page}_view": tab, **query})
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error
    return test


@pytest.mark.parametrize(("page", "tab"), EVERY)
def test_a_tab_opens_with_a_result_to_take_away_and_closes_with_its_words(page, tab, monkeypatch):
    files: dict[str, Callable[[], bytes]] = {}
    monkeypatch.setattr(takeaway, "take_file", lambda make, file, *_: files.update({file: make}))
    monkeypatch.setattr(comparison_files, "take_file", lambda make, file, *_: files.update({file: make}))
    monkeypatch.setattr(history, "take_file", lambda make, file, *_: files.update({file: make}))
    test = opened(page, tab)
    assert page not in test.session_state  # no job runs where the result came with the app
    said = shown(test)
    for heading in ("Look for", "Try", "It means"):
        assert said.count(f"**{heading}**") == 1
    assert "Stop" not in said
    assert test.code
    kinds = {Path(file).suffix for file in files}
    assert ".png" in kinds
    assert kinds & {".csv", ".npy"}
    assert (".gif" in kinds) == (tab not in ("Double descent", "Equal parameters", "The history", "Augmentation"))
    for file, make in files.items():
        if not file.endswith(".gif"):  # their frames are looked at one by one
            looked_at(file, make())


def looked_at(file: str, content: bytes) -> None:
    """What is taken away is what its name says, and isn't empty."""
    if file.endswith(".png"):
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        assert min(pixels.shape[:2]) > 150
        assert pixels.std() > 5
    elif file.endswith(".npy"):
        assert np.isfinite(np.load(io.BytesIO(content))).any()
    else:
        head, *rows = csv.reader(content.decode().splitlines())
        assert rows
        assert {len(row) for row in rows} == {len(head)}


def test_the_curves_that_are_taken_away_are_those_of_every_network():
    run = shipped("digits", AUGMENTING)
    assert run is not None
    head, *rows = comparison_files.table({"as they are": run}, first=7).splitlines()
    assert head == "network,seed,epoch,loss,accuracy,held_out_loss,held_out"
    assert len(rows) == 5 * len(run)
    name, seed, epoch, *numbers = rows[len(run) + 3].split(",")
    assert (name, seed, epoch) == ('"as they are"', "8", "3")
    assert list(map(float, numbers)) == pytest.approx([float(run.curves[one][3, 1]) for one in CURVES], rel=1e-5)


def test_the_frames_of_a_gif_go_from_the_start_to_the_end_on_one_scale():
    run = shipped("digits", NORMALIZING)
    assert run is not None
    points = np.array(POINTS)
    films = [
        [*normalizing._film(run)],
        [*polynomial_fits._film(POINTS, legendre_features(points[:, 0], 8), 8)],
        [go.Figure(frame) for frame in optimizing._film("a bowl", WAYS, 60)],  # one figure, changed
    ]
    assert list(map(len, films)) == [len(run), 25, 25]
    assert all(len({tuple(frame.layout.yaxis.range) for frame in frames}) == 1 for frames in films)
    sums, descent, ways = films
    np.testing.assert_array_equal(sums[4].data[1].y, run.layers["histograms"][4][1])
    basis = legendre_features(np.linspace(-1, 1, 401), 8)
    np.testing.assert_allclose(descent[-1].data[0].y, basis @ fit_polynomial(POINTS, 8), atol=1e-6)
    assert descent[0].layout.xaxis.title.text == "x, after 1 step from zero"
    first, last = ([one.x for one in frame.data if one.name == "SGD"] for frame in (ways[0], ways[-1]))
    assert len(first[0]) == 1
    np.testing.assert_array_equal(last[0], WAYS["SGD"][:, 0])


def test_curves_grow_epoch_by_epoch_on_one_scale_and_without_shades():
    run = shipped("digits", DROPPING)
    assert run is not None
    whole = dropping._accuracies({"all units": run})
    frames = [go.Figure(frame) for frame in comparison_files.grown(whole)]  # one figure, changed
    assert len(frames) == comparison_files.FRAMES
    assert {len(frame.data) for frame in frames} == {2}
    assert all(len({tuple(frame.layout[axis].range) for frame in frames}) == 1 for axis in ("xaxis", "yaxis"))
    assert [len(frame.data[0].y) for frame in (frames[0], frames[-1])] == [1, len(run)]
    np.testing.assert_array_equal(frames[-1].data[1].y, whole.data[1].y)


def test_the_gradients_film_is_that_of_each_epoch_on_one_scale():
    run = shipped("digits", residual(8, True))
    assert run is not None
    frames = [*residuals._film({"residual": run})]
    assert len(frames) == len(run)
    assert len({tuple(frame.layout.yaxis.range) for frame in frames}) == 1
    np.testing.assert_array_equal(frames[3].data[0].y, run.layers["gradients"][3])


@pytest.mark.parametrize(
    ("tab", "begins"),
    [("Augmentation", "import explorer\n"), ("Optimizers", "from explorer.learning.descents"),
     ("Dropout", "from explorer.learning.compared")],
)  # fmt: skip
def test_keep_this_keeps_the_code_of_what_the_tab_is_about(tab, begins):
    test = opened("tricks", tab)
    assert test.session_state["takeaway_offered"].code.startswith(begins)
    assert any("explorer.learning.compared" in code.value for code in test.code)


def test_each_step_thins_the_network_in_another_way():
    first, again, second = (dropping.thinned(0.5, 0, step) for step in (1, 1, 2))
    assert first == again != second
    assert "dasharray" in first
    assert "dasharray" not in dropping.thinned(0.0, 0, 1)


BAD = {
    ("overfitting", "Random labels"): {"overfitting_count": "two", "overfitting_units": "1e9",
                                       "overfitting_seed": "-1"},
    ("overfitting", "Polynomials"): {"overfitting_degree": "nan", "overfitting_steps": "-1"},
    ("overfitting", "Double descent"): {"overfitting_examples": "nan", "overfitting_noise": "1e9",
                                        "overfitting_ridge": "x", "overfitting_draws": "0"},
    ("depth", "Equal parameters"): {"depth_data": "cats", "depth_spirals": "0", "depth_seed": "1e9"},
    ("depth", "The history"): {"depth_across": "price", "depth_years": "1900,nan"},
    ("tricks", "Batch normalization"): {"tricks_rate": "1e9", "tricks_epoch": "-3"},
    ("tricks", "Dropout"): {"tricks_dropout": "1", "tricks_drop_count": "nan", "tricks_drop_step": "0"},
    ("tricks", "Augmentation"): {"tricks_turn": "nan", "tricks_strength": "9", "tricks_draw": "-1"},
    ("tricks", "Optimizers"): {"tricks_surface": "a hill", "tricks_rate_sgd": "0", "tricks_steps": "1e9"},
}  # fmt: skip


@pytest.mark.parametrize(("page", "tab"), BAD)
def test_what_no_control_takes_is_said_and_the_usual_is_shown(page, tab):
    test = opened(page, tab, **BAD[page, tab])
    said = " ".join(toast.value for toast in test.toast).replace("\\", "")
    for name in BAD[page, tab]:
        assert name in said, f"{name}: {said}"
    assert "came with the app" in shown(test) or tab in ("Polynomials", "Double descent", "The history")


def test_none_of_them_loads_torch():
    code = (
        "import sys\nimport streamlit as st\nst.page_link = lambda *_, **__: None\n"
        "from pages.parts.shell import frame\nframe.warm_up = lambda: None\n"
        "from tests.support.alone import open_alone\n"
        f"for page, tab in {EVERY!r}:\n"
        "    assert not open_alone(page, {page + '_view': tab}).exception\n"
        "assert 'torch' not in sys.modules, 'torch was imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=170)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("0_0", True), ("-1_2_1_-2", True), ("0_1_0_-1", True),  # two points, one above the other
        ("", False), ("0_nan", False), ("3_0", False), ("0_0_1", False), ("a_b", False), ("0_inf", False),
        ("_".join(["0_0"] * 41), False),
    ],
)  # fmt: skip
def test_points_in_a_link_are_taken_or_refused_in_a_sentence(text, kept):
    test = opened("overfitting", "Polynomials", overfitting_points=text)
    assert bool(test.toast) != kept or text == ""
    assert len(told(test)["points"]) == (text.count("_") + 1) // 2 if kept else 9


@pytest.mark.parametrize("degree", ["0", "8", "60"])
def test_gradient_descent_comes_to_the_drawn_curve(degree):
    test = opened("overfitting", "Polynomials", overfitting_degree=degree, overfitting_steps="10⁹")
    fit, walked = (curve["y"] for curve in told(test)["curves"])
    assert max(abs(a - b) for a, b in zip(fit, walked, strict=True)) < 1e-3
    assert f"**{int(degree) + 1} weight" in shown(test)
    assert ("infinitely many" in shown(test)) == (degree == "60")


@pytest.mark.parametrize(
    ("features", "n"), [("random Fourier", 20), ("random ReLU", 20), ("Legendre polynomials", 20),
                        ("Legendre polynomials", 60)]
)  # fmt: skip
def test_double_descent_says_where_the_peak_is(features, n):
    test = opened("overfitting", "Double descent", overfitting_features=features, overfitting_examples=str(n))
    (peak,) = re.findall(r"it is largest at \*\*(\d+)\*\* features", shown(test))
    assert abs(int(peak) - n) <= 0.1 * n
    test.slider(key="overfitting_noise").set_value(1.0).run()
    assert not test.exception


def test_a_setting_that_did_not_come_with_the_app_is_trained(monkeypatch):
    test = app("tricks", query={"tricks_view": "Dropout", "tricks_drop_count": "100"})
    job = test.session_state["tricks"]
    assert job.finished.wait(120)
    test.run()
    assert not test.exception
    assert "50 % left out: " in shown(test)
    assert "came with the app" not in shown(test)


def test_a_rate_at_which_nothing_is_learned_is_a_result_not_an_error():
    said = shown(opened("tricks", "Batch normalization", tricks_rate="3"))
    assert "**0.3** without it, **3** with it" in said


def test_the_history_is_searched_and_filtered():
    found = history.chosen("alexnet", (2012, 2025), ("year", "depth"))
    assert found["torchvision/alexnet"].depth == 8
    assert not history.chosen("alexnet", (2015, 2020), ("year", "depth"))
    assert len(history.chosen("", (2012, 2025), ("year", "depth"))) > 900
    assert all(one.accuracy for one in history.chosen("", (2012, 2025), ("parameters", "accuracy")).values())
    assert "timm/cpubone_b3" in history.chosen("", history._years(), ("year",))
    said = shown(opened("depth", "The history", depth_search="no such network"))
    assert "take a word away" in said


def test_a_point_of_the_history_that_is_clicked_opens_its_plan(monkeypatch):
    left: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(linked, "open_screen", lambda file, link: left.append((Path(file).stem, link)))

    def clicked(figure, **how):
        assert how["on_select"] == "rerun"
        names = [name for trace in figure.data for name in trace.customdata]
        assert len(names) == len(set(names)) > 900
        (place,) = [(trace.x[i], trace.y[i]) for trace in figure.data for i, name in enumerate(trace.customdata)
                    if name == click]  # fmt: skip
        assert place == (all_specs()[click].year, all_specs()[click].depth)
        return {"selection": {"points": [{"customdata": click}]}}

    monkeypatch.setattr(st, "plotly_chart", clicked)
    click = "torchvision/resnet152"
    opened("depth", "The history")
    assert left == [("plan", {"network": network.title(click)})]
    monkeypatch.setattr(st, "plotly_chart", lambda *_, **__: {"selection": {"points": [{"customdata": "forged"}]}})
    opened("depth", "The history")
    assert len(left) == 1


def test_each_network_of_the_history_has_a_link_for_keys(monkeypatch):
    linked_to: list[dict[str, str]] = []
    monkeypatch.setattr(st, "page_link", lambda *_, **how: linked_to.append(how.get("query_params", {})))
    test = opened("depth", "The history")
    assert {"network": "VGG-16"} in linked_to
    box = test.selectbox("depth_open")
    assert len(box.options) > 900
    box.set_value("timm/resnet50").run()
    assert {"network": "timm/resnet50"} in linked_to
