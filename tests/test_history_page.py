"""The history of networks on Depth and width: searched, filtered, and each point a way to its plan."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st

from explorer.networks.registry.specs import all_specs
from pages.parts.learning import published_networks
from pages.parts.pickers import network
from pages.parts.widgets import linked
from tests.support.alone import open_alone
from tests.support.whole_app import shown


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, cold: None) -> None:
    monkeypatch.setattr(st, "page_link", lambda *_, **__: None)


def opened(**query: str):
    test = open_alone("depth", {"depth_view": "The history", **query})
    assert not test.exception, [one.message for one in test.exception]
    assert not test.error
    return test


def test_the_history_is_searched_and_filtered():
    found = published_networks.chosen("alexnet", (2012, 2025), ("year", "depth"))
    assert found["torchvision/alexnet"].depth == 8
    assert not published_networks.chosen("alexnet", (2015, 2020), ("year", "depth"))
    assert len(published_networks.chosen("", (2012, 2025), ("year", "depth"))) > 900
    assert all(one.accuracy for one in published_networks.chosen("", (2012, 2025), ("parameters", "accuracy")).values())
    assert "timm/cpubone_b3" in published_networks.chosen("", published_networks._years(), ("year",))
    said = shown(opened(depth_search="no such network"))
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
    opened()
    assert left == [("plan", {"network": network.title(click)})]
    monkeypatch.setattr(st, "plotly_chart", lambda *_, **__: {"selection": {"points": [{"customdata": "forged"}]}})
    opened()
    assert len(left) == 1


def test_each_network_of_the_history_has_a_link_for_keys(monkeypatch):
    linked_to: list[dict[str, str]] = []
    monkeypatch.setattr(st, "page_link", lambda *_, **how: linked_to.append(how.get("query_params", {})))
    test = opened()
    assert {"network": "VGG-16"} in linked_to
    box = test.selectbox("depth_open")
    assert len(box.options) > 900
    box.set_value("timm/resnet50").run()
    assert {"network": "timm/resnet50"} in linked_to
