"""Overfitting, Depth and width, and Tricks by AppTest: every tab opens at once, on any setting, without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st

from explorer.networks.specs import all_specs
from pages.parts.learning import history
from pages.parts.pickers import network
from pages.parts.widgets import linked
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
def test_a_tab_opens_with_a_result_and_closes_with_its_words(page, tab):
    said = shown(opened(page, tab))
    for heading in ("Look for", "Try", "It means"):
        assert said.count(f"**{heading}**") == 1
    assert "Stop" not in said


@pytest.mark.parametrize(("page", "tab"), EVERY)
def test_no_job_runs_where_the_result_came_with_the_app(page, tab):
    test = opened(page, tab)
    assert page not in test.session_state


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


@pytest.mark.parametrize("features", ["random Fourier", "random ReLU", "Legendre polynomials"])
def test_double_descent_says_where_the_peak_is(features):
    test = opened("overfitting", "Double descent", overfitting_features=features, overfitting_examples="20")
    assert "it is largest at **20** features" in shown(test)
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
    assert {"network": "torchvision/vgg16"} in linked_to
    box = test.selectbox("depth_open")
    assert len(box.options) > 900
    box.set_value("timm/resnet50").run()
    assert {"network": "timm/resnet50"} in linked_to
