"""The screens on smoothing, edges, hierarchies, the eye and descriptors: every view, from a link, on odd pictures."""

from __future__ import annotations

import json
import tomllib
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.runtime.context import ContextProxy

from explorer.pictures.images import from_array, open_image
from tests.support.alone import ROOT, told
from tests.support.alone import open_alone as app
from tests.support.whole_app import shown

pytestmark = pytest.mark.usefixtures("cold")

TINY = from_array(np.zeros((1, 1, 3), np.uint8), "dot")
VIEWS = [
    ("smoothing", {"smoothing_view": "How large a window"}, "lecture's convention"),
    ("smoothing", {"smoothing_view": "Scale space"}, "bright spots"),
    ("smoothing", {"smoothing_view": "Two short passes"}, "separable"),
    ("smoothing", {"smoothing_noise": "salt and pepper", "smoothing_percent": "30"}, "Median with k"),
    ("edges", {"edges_filter": "Gaussian", "edges_angle": "30"}, "Edges at 30°"),
    ("hierarchy", {"hierarchy_view": "Man-made or natural?"}, "misleads"),
    ("hierarchy", {"hierarchy_view": "Two classes"}, "Wilson's interval"),
    ("eye", {"eye_stimulus": "bar", "eye_angle": "120"}, "prefer **120°**"),
    ("eye", {"eye_view": "A network's first layer"}, "grey gratings of"),
    ("eye", {"eye_view": "A network's first layer", "eye_stimulus": "bar"}, "bright bars"),
    ("descriptors", {"descriptors_view": "SIFT"}, "128 numbers"),
    ("descriptors", {"descriptors_view": "Matches", "descriptors_turn": "90"}, "matched"),
]


@pytest.mark.parametrize(("page", "query", "words"), VIEWS)
def test_a_link_opens_the_view(page, query, words):
    test = app(page, query={"picture": "cat", **query})
    assert not test.exception
    assert words in shown(test)


@pytest.mark.parametrize(("page", "query"), [(page, query) for page, query, _ in VIEWS if page != "eye"])
def test_every_view_bears_one_pixel(page, query):
    test = app(page, query=query, own_picture=TINY)
    assert not test.exception


@pytest.mark.parametrize("kind", ["light", "dark"])
def test_the_bars_under_the_stimulus_have_the_colours_of_the_curves(kind, monkeypatch):
    monkeypatch.setattr(ContextProxy, "theme", property(lambda _: SimpleNamespace(type=kind)))
    raw = app("eye").get("bidi_component")[0].proto.bytes
    first = 4 + int.from_bytes(raw[:4], "little")
    header = json.loads(raw[4:first])
    lengths, shown_first = header["reels"][0]["lengths"], header["start"]
    start = first + sum(lengths[:shown_first])  # the angle that the Gabor cells prefer
    pixels = open_image(raw[start : start + lengths[shown_first]]).uint8
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"][kind]
    filled = ["#{:02x}{:02x}{:02x}".format(*pixels[row, 2]) for row in (-36, -22, -8)]
    assert filled == theme["chartCategoricalColors"][:3]
    assert "#{:02x}{:02x}{:02x}".format(*pixels[-8, -2]) == theme["secondaryBackgroundColor"]  # 68 % of the third


@pytest.mark.parametrize(("kernel", "name"), [("2x2_1_0_0_-1", "of your own making"), ("2x2_1_0", "Sobel")])
def test_the_kernel_of_the_editor_comes_with_the_link_unless_it_is_garbled(kernel, name):
    test = app("eye", query={"k": kernel})
    assert f"Your kernel: {name}" in shown(test)
    test = app("smoothing", query={"k": kernel, "smoothing_view": "Two short passes", "smoothing_kernel": "yours"})
    assert ("sum of **2** columns" in shown(test)) == (name != "Sobel")


def test_the_frame_comes_with_the_link_until_the_cells_prefer_another_angle():
    test = app("eye", query={"eye_frame": "4"})
    assert told(test)["start"] == 3
    test.slider("eye_angle").set_value(90).run()
    assert told(test)["start"] == 18
    assert "eye_frame" not in test.query_params
    assert told(app("eye", query={"eye_frame": "99"}))["start"] == 9  # there is none: the angle of 45°


def test_a_pipeline_comes_from_the_link():
    test = app("hierarchy", query={"hierarchy_stage1": "threshold", "hierarchy_stage2": "nothing",
                                   "hierarchy_stage3": "nothing", "hierarchy_stage4": "nothing",
                                   "hierarchy_stage5": "nothing"})  # fmt: skip
    assert not test.exception
    assert shown(test).count("mean **") == 2


def test_too_few_own_pictures_get_a_sentence():
    test = app("hierarchy", query={"hierarchy_view": "Two classes"})
    upload = next(u for u in test.get("file_uploader") if u.key == "hierarchy_first_files")
    upload.set_value([("a.png", TINY.png(), "image/png")]).run()
    assert not test.exception
    assert any("at least 4" in info.value for info in test.info)


def test_two_folders_of_ones_own_are_told_apart():
    rng = np.random.default_rng(0)
    level, upright = (
        [(f"{axis}{n}.png", from_array(np.repeat(rng.random((40, 1) if axis == 0 else (1, 40)), 40, 1 - axis)).png(),
          "image/png") for n in range(6)]
        for axis in (0, 1)
    )  # fmt: skip
    test = app("hierarchy", query={"hierarchy_view": "Two classes"})
    test.file_uploader("hierarchy_first_files").set_value([*level, ("*notes*.txt", b"not a picture", "text/plain")])
    test.file_uploader("hierarchy_second_files").set_value(upright).run()
    assert not test.exception
    assert [metric.value for metric in test.metric if "edges and lines" in metric.label] == ["100 % of 6"]
    assert "6 of your first folder" in shown(test)
    assert "1 left out" in shown(test)
    assert "Wilson's interval" in shown(test)


@pytest.mark.parametrize("title", ["SqueezeNet 1.1", "ResNet-18"])
def test_first_layers_of_other_libraries_are_tested_too(title):
    query = {"eye_view": "A network's first layer", "weights": "random", "network": title}
    test = app("eye", query=query)
    assert not test.exception
    assert title in shown(test)
    assert "random filters" not in shown(test)  # nothing is fetched for the control
