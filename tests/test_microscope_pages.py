"""What the screens inside a network do: look without computing again, send a kernel away and take one back."""

import re
from pathlib import Path

import numpy as np
import pytest

import explorer
from explorer.architecture.filter_statistics import statistics
from explorer.responses import activations
from pages.parts.network.filter_sheet import order
from pages.parts.pickers.kernel_settings import Settings
from tests.support.whole_app import app, shown


@pytest.fixture
def passes(monkeypatch):
    """The layers asked for, one entry for each forward pass from here on."""
    seen, record = [], activations.record

    def counting(run, wanted):
        seen.append(tuple(wanted))
        return record(run, wanted)

    monkeypatch.setattr(activations, "record", counting)
    return seen


def test_another_channel_of_a_computed_layer_computes_nothing(passes):
    test = app("feature_maps", query={"maps_layer": "blocks.2", "picture": "rocket"})
    assert "Map 0 of" in shown(test)
    assert passes == [("blocks.2",)]
    test.session_state["map"] = 7
    test.run()
    assert "Map 7 of" in shown(test)
    test.selectbox("maps_order").set_value("variance").run()
    assert not test.exception
    assert len(passes) == 1


def test_maps_are_compared_with_those_of_another_picture():
    test = app("feature_maps")
    test.selectbox("maps_order").set_value("another picture").run()
    assert not test.exception
    assert test.selectbox("maps_other").value != test.selectbox("picture").value


@pytest.mark.parametrize("layer", ["conv_stem", "blocks.2", "conv_head"])
def test_the_sum_behind_a_place_adds_up(layer):
    test = app("feature_maps", query={"maps_view": "One place", "maps_layer": layer, "place": "3_4", "map": "5"})
    assert not test.exception
    assert "row 3, column 4" in shown(test)
    said = next(m.value for m in test.markdown if "input map" in m.value)
    value, *terms = (float(n.replace("−", "-")) for n in re.findall(r"−?\d+\.\d{3}", said))
    positive, negative, *bias = terms
    assert positive - negative + sum(bias) == pytest.approx(value, abs=0.005)
    assert ("is no convolution" in shown(test)) == (layer == "blocks.2")


def test_before_and_after_shows_the_zeros_that_relu_makes():
    test = app("feature_maps", query={"maps_view": "Before and after", "maps_layer": "conv_stem"})
    assert not test.exception
    assert "**Before**: 112 × 112, **0 %** zeros" in shown(test)
    assert re.search(r"\*\*After\*\*: 112 × 112, \*\*[1-9]\d* %\*\* zeros", shown(test))


def test_one_depth_opens_with_all_its_maps():
    test = app("feature_maps", query={"maps_view": "All depths", "depth": "4"})
    assert "Depth 5 of" in shown(test)
    next(button for button in test.button if button.label == "Open this layer").click().run()
    assert not test.exception
    assert test.selectbox("maps_layer").value == "blocks.1.1"
    assert "blocks\\.1\\.1" in test.subheader[0].value


def test_a_filter_is_sent_to_the_kernel_editor_and_found_again(monkeypatch):
    sent = []
    monkeypatch.setattr("streamlit.switch_page", lambda page, *, query_params: sent.append((page, query_params)))
    test = app("filters", query={"filter": "3", "filters_plane": "red"})
    assert "of your own making" not in shown(test)
    next(button for button in test.button if "kernel editor" in button.label).click().run()
    assert not test.exception
    ((page, link),) = sent
    test = app(Path(page).stem, query=link)
    arrived = test.session_state["conv_last"].kernel
    weights = explorer.first_layer_filters(explorer.load_network())[3, 0]
    assert [list(row) for row in arrived] == [pytest.approx(row, rel=1e-4) for row in weights.tolist()]
    test.switch_page("pages/filters.py").run()
    assert not test.exception
    assert "**yours**: of your own making" in shown(test)


def test_the_kernel_that_filters_are_compared_with_is_in_the_link():
    weights = explorer.first_layer_filters(explorer.load_network())[3].mean(0)
    text = "_".join(["3x3", *(f"{weight:.6g}" for weight in weights.ravel())])
    test = app("filters", query={"k": text})
    assert "**+1.00** filter 3" in shown(test)
    kernel = tuple(tuple(map(float, row)) for row in weights.tolist())
    test = app("filters", **{"conv_last": Settings(kernel)})
    assert test.query_params["k"] == text


def test_filters_are_sorted_by_what_was_measured_with_the_grey_ones_last_in_hue():
    bell = np.outer(*[np.exp(-(np.arange(-3, 4) ** 2) / 4)] * 2)
    wave = np.cos(np.arange(7) * np.pi) * bell
    colours = ([1, 1, 1], [0, 1, -1], [2, -1, -1])
    weights = np.stack([np.reshape(c, (3, 1, 1)) * bell for c in colours] + [3 * np.stack([wave] * 3)])
    measured = statistics(weights)
    assert order(measured, "number").tolist() == [0, 1, 2, 3]
    assert order(measured, "energy")[0] == 3
    assert order(measured, "frequency")[-1] == 3
    assert order(measured, "hue").tolist() == [2, 1, 0, 3]
    assert order(measured, "orientation")[0] == 3  # the others have no wave


def test_the_filter_most_alike_the_editors_kernel_stands_first():
    weights = explorer.first_layer_filters(explorer.load_network())[11].mean(0)
    kernel = tuple(map(tuple, (2 * weights).tolist()))
    test = app("filters", **{"conv_last": Settings(kernel=kernel)})
    first = next(caption.value for caption in test.caption if " filter " in caption.value and "**+" in caption.value)
    assert first == "**+1.00** filter 11"


def test_deeper_kernels_are_shown_slice_by_slice():
    query = {"weights": "random", "network": "SqueezeNet 1.1", "filters_layer": "features.3.expand3x3"}
    test = app("filters", query=query)
    assert not test.exception
    assert "reads 16 maps" in shown(test)
    assert "Filter, 0 to 63" in [field.label for field in test.number_input]


def test_where_it_looks_names_the_classes_and_their_controls():
    test = app("where", query={"where_other": "broccoli"})
    said = shown(test)
    assert "**daisy**, 32 %" in said
    assert "**broccoli**" in said
    assert "**daisy**, random weights" in said
    test.selectbox("where_layer").set_value("blocks.3").run()
    assert not test.exception
    assert "14 × 14" in shown(test)


def test_a_slid_picture_is_forgotten_only_late():
    test = app("invariance")
    for _ in range(100):
        if any("of what another picture" in m.value for m in test.markdown) and not test.get("progress"):
            break
        test.run()
    assert not test.exception
    assert "8 pixels" in shown(test)
    test.segmented_control("change_kind").set_value("Another picture").run()
    assert not test.exception
    assert "differ most" in shown(test)
