"""A layer is called by how deep it lies; links say its name, with these words or without."""

from __future__ import annotations

import pytest

from pages.parts.pickers.layer import in_words, name_in
from tests.support.whole_app import app


def test_a_layer_is_called_by_how_deep_it_lies(lite0):
    names = [layer.name for layer in lite0.layers]
    words = in_words(lite0, names)
    assert [words[name] for name in ("conv_stem", "blocks.1", "blocks.2", "blocks.4", "blocks.5", "classifier")] == [
        "early, conv_stem", "early, blocks.1", "middle, blocks.2", "middle, blocks.4", "late, blocks.5",
        "late, classifier",
    ]  # fmt: skip
    assert list(dict.fromkeys(one.partition(",")[0] for one in words.values())) == ["early", "middle", "late"]


def test_layers_of_another_network_are_counted_among_themselves(lite0):
    assert list(in_words(lite0, ["a", "b", "c", "d"]).values()) == ["early, a", "middle, b", "middle, c", "late, d"]
    assert in_words(lite0, ["a"]) == {"a": "early, a"}


def test_the_name_is_found_in_its_words():
    assert name_in("middle, blocks.2") == name_in("blocks.2") == "blocks.2"


@pytest.mark.parametrize("asked", ["blocks.5", "late, blocks.5", "early, blocks.5"])
def test_a_link_may_say_the_name_alone_or_other_words(asked):
    test = app("feature_maps", query={"maps_layer": asked})
    assert test.selectbox("maps_layer").value == "blocks.5"
    assert not test.warning


def test_a_link_to_a_layer_that_the_network_lacks_is_said():
    test = app("feature_maps", query={"maps_layer": "blocks.77"})
    assert test.selectbox("maps_layer").value == "blocks.2"
    assert any("blocks.77" in said.value.replace("\\", "") for said in test.toast)


def test_a_second_link_to_the_same_layer_leads_there_too():
    test = app("feature_maps", query={"maps_layer": "blocks.5"})
    test.selectbox("maps_layer").set_value("blocks.0").run()
    test.switch_page("pages/filters.py").run()
    test.query_params["maps_layer"] = "blocks.5"
    test.switch_page("pages/feature_maps.py").run()
    assert test.selectbox("maps_layer").value == "blocks.5"
