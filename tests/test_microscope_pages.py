"""What the screens inside a network do: look without computing again, send a kernel away and take one back."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import explorer
from explorer import render
from explorer.architecture.filter_statistics import filter_statistics
from explorer.architecture.neighbours import convolution_near
from explorer.responses import activations
from explorer.responses.downstream import downstream_values
from pages.parts.network import occlusion_square
from pages.parts.network.filter_sheet import order
from pages.parts.pickers.kernel_settings import KernelSettings
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
    assert test.selectbox("maps_layer").disabled  # the tile chooses here
    assert "Map " in shown(test)
    assert "of blocks\\.1\\.1" in shown(test)  # that is what can be taken away
    next(button for button in test.button if button.label == "Open this layer").click().run()
    assert not test.exception
    assert test.selectbox("maps_layer").value == "blocks.1.1"
    assert "blocks\\.1\\.1" in test.header[0].value


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
    test = app("filters", **{"conv_last": KernelSettings(kernel)})
    assert test.query_params["k"] == text


def test_filters_are_sorted_by_what_was_measured_with_the_grey_ones_last_in_hue():
    bell = np.outer(*[np.exp(-(np.arange(-3, 4) ** 2) / 4)] * 2)
    wave = np.cos(np.arange(7) * np.pi) * bell
    colours = ([1, 1, 1], [0, 1, -1], [2, -1, -1])
    weights = np.stack([np.reshape(c, (3, 1, 1)) * bell for c in colours] + [3 * np.stack([wave] * 3)])
    measured = filter_statistics(weights)
    assert order(measured, "number").tolist() == [0, 1, 2, 3]
    assert order(measured, "energy")[0] == 3
    assert order(measured, "frequency")[-1] == 3
    assert order(measured, "hue").tolist() == [2, 1, 0, 3]
    assert order(measured, "orientation")[0] == 3  # the others have no wave


def test_the_filter_most_alike_the_editors_kernel_stands_first():
    weights = explorer.first_layer_filters(explorer.load_network())[11].mean(0)
    kernel = tuple(map(tuple, (2 * weights).tolist()))
    test = app("filters", **{"conv_last": KernelSettings(kernel=kernel)})
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
    assert re.search(r"Brightest: \*\*\d", said)
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


def test_a_scan_with_the_square_says_how_far_grad_cam_agrees():
    test = app("where", query={"where_cover": "12_12", "where_square": "60"})
    assert not test.exception
    assert "correlates by" not in shown(test)
    test.toggle("where_scan").set_value(True).run()
    assert not test.exception
    assert re.search(r"With Grad-CAM it correlates by \*\*0\.[3-9]", shown(test))


def test_a_square_over_the_flower_takes_the_daisy_away(lite0):
    daisy, flower = lite0.class_index("daisy"), explorer.sample("flower")
    packed = occlusion_square._packed(lite0, flower, daisy, 134, (12, 12))
    header = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])
    raw = packed[-4 * 1000 - 3 * 224**2 :]
    assert header["before"] > 0.2
    assert np.frombuffer(raw[:4000], "<f4")[daisy] < 0.1
    assert raw[4000:] == lite0.prepare(flower).uint8.tobytes()
    assert header["middles"][12] == 100


def test_on_one_scale_a_class_without_support_stays_dark(monkeypatch):
    shown_at = {}
    original = render.overlay
    monkeypatch.setattr(
        render,
        "overlay",
        lambda picture, heat, *a, **k: shown_at.setdefault(heat.tobytes(), original(picture, heat, *a, **k)),
    )
    test = app("where", query={"where_other": "umbrella", "where_scale": "true"})
    assert not test.exception
    bright = sorted(float(light.max()) for light in shown_at.values())
    assert bright[0] < bright[-1]


def test_from_a_number_one_goes_on_to_what_made_it_and_back():
    test = app("feature_maps", query={"maps_view": "One place", "maps_layer": "blocks.0", "place": "30_40", "map": "3"})
    onward = [button for button in test.button if (button.key or "").startswith("maps_go_")]
    assert len(onward) == 8
    onward[0].click().run()
    assert not test.exception
    assert test.selectbox("maps_layer").value != "blocks.0"
    assert onward[0].label.startswith(f"map {test.session_state['map']} :small[")
    back = next(button for button in test.button if button.key == "maps_trail_0")
    assert back.label == "blocks.0, map 3"
    back.click().run()
    assert not test.exception
    assert test.selectbox("maps_layer").value == "blocks.0"
    assert (test.session_state["map"], test.session_state["place"]) == ("3", "30_40")


def test_the_way_back_ends_at_the_pixels():
    test = app("feature_maps", query={"maps_view": "One place", "maps_layer": "conv_stem", "place": "30_40"})
    assert "the way back ends, at the pixels" in shown(test)


@pytest.mark.parametrize("network", ["torchvision/resnet18", "timm/resnet18", "timm/densenet121"])
def test_the_first_layer_shown_is_one_that_all_of_the_picture_passes(network):
    test = app("feature_maps", query={"network": network, "weights": "random"})
    assert not test.exception
    assert "downsample" not in test.selectbox("maps_layer").value


def test_the_axis_of_turning_says_its_unit_in_words():
    test = app("invariance", query={"change_kind": "Rotate"})
    assert test.session_state["sweep"].finished.wait(100)
    test.run()
    axes = [json.loads(chart.proto.spec)["layout"]["xaxis"]["title"]["text"] for chart in test.get("plotly_chart")]
    assert "degrees counter-clockwise" in axes


def test_most_is_said_of_the_filters_only_where_the_table_says_so():
    test = app("filters")
    counts = filter_statistics(explorer.first_layer_filters(explorer.load_network())).counts
    named, count = counts["edge"] + counts["colour contrast"], sum(counts.values())
    assert named <= count / 2
    assert f"Of these {count} trained filters **{named}** are edges or colour contrasts: not most of them." in shown(
        test
    )
    assert "Most are" not in shown(test)


def test_where_a_shortcut_made_most_of_a_value_it_is_said_first():
    net, image = explorer.load_network(), explorer.sample("flower")
    convolution = convolution_near(net, "blocks.2.1").name

    def way(column: int) -> tuple[float, float]:
        steps = downstream_values(net, image, explorer.Unit(convolution, 5, (14, column)), "blocks.2.1")
        return next(step.value for step in steps if step.added), steps[-1].value

    column = next(c for c in range(28) if abs(way(c)[0]) > abs(way(c)[1]) / 2)
    test = app("feature_maps", query={"maps_view": "One place", "maps_layer": "blocks.2.1", "map": "5",
                                      "place": f"14_{column}"})  # fmt: skip
    said = [m.value for m in test.markdown]
    first = next(i for i, words in enumerate(said) if "came by the shortcut from **blocks\\.2\\.0" in words)
    assert first < next(i for i, words in enumerate(said) if "input map" in words)


def test_weights_typed_for_the_matrix_are_in_the_link_and_another_preset_brings_its_own():
    test = app("plan", query={"plan_kernel": "Sobel", "plan_weights": "1 2 / 3 4"})
    assert "made of 4 weights" in shown(test)
    test.selectbox("plan_kernel").set_value("edge, 1-D").run()
    assert test.text_input("plan_weights").value == "1 -1"
    assert "made of 2 weights" in shown(test)
    assert app("plan", query={"plan_kernel": "mean"}).text_input("plan_weights").value == "1 1 1 / 1 1 1 / 1 1 1"


def test_the_step_of_before_and_after_is_in_the_link():
    query = {"maps_view": "Before and after", "maps_layer": "blocks.1", "maps_step_blocks.1": "bn1.act, ReLU6"}
    test = app("feature_maps", query=query)
    assert test.selectbox("maps_step_blocks.1").value == "bn1.act"
    assert not test.warning
