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
import pytest
import streamlit as st

from pages.parts.learning import (
    comparison_files,
    dropout,
    published_networks,
)
from pages.parts.widgets import takeaway
from tests.support.alone import open_alone, told
from tests.support.whole_app import app, shown

TABS = {
    "overfitting": ("Random labels", "The digits network", "Polynomials", "Double descent"),
    "depth": ("Equal parameters", "The history"),
    "tricks": ("Batch normalization", "Dropout", "Residual", "Augmentation", "Optimizers"),
}
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
    monkeypatch.setattr(published_networks, "take_file", lambda make, file, *_: files.update({file: make}))
    test = opened(page, tab)
    assert page not in test.session_state  # no job runs where the result came with the app
    said = shown(test)
    for heading in ("Look for", "Try", "It means"):
        assert said.count(f"**{heading}**") == 1
    assert "Stop" not in said
    charts = " ".join(chart.proto.spec for chart in test.get("plotly_chart"))
    assert "new digits" not in said + charts  # they are called held out, everywhere
    assert test.code
    kinds = {Path(file).suffix for file in files}
    assert ".png" in kinds
    assert kinds & {".csv", ".npy"}
    assert (".gif" in kinds) == (".mp4" in kinds) == (tab not in ("Double descent", "The history", "Augmentation"))
    for file, make in files.items():
        if not file.endswith((".gif", ".mp4")):  # their frames are looked at one by one
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


@pytest.mark.parametrize(
    ("tab", "begins"),
    [("Augmentation", "import explorer\n"), ("Optimizers", "from explorer.learning.optimization.descents"),
     ("Dropout", "from explorer.learning.ensembles.compare")],
)  # fmt: skip
def test_keep_this_keeps_the_code_of_what_the_tab_is_about(tab, begins):
    test = opened("tricks", tab)
    assert test.session_state["takeaway_offered"].code.startswith(begins)
    assert any("explorer.learning.ensembles.compare" in code.value for code in test.code)


def test_each_step_thins_the_network_in_another_way():
    first, again, second = (dropout.thinned(0.5, 0, step) for step in (1, 1, 2))
    assert first == again != second
    assert "dasharray" in first
    assert "dasharray" not in dropout.thinned(0.0, 0, 1)


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
    assert bool(test.toast) != kept
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
