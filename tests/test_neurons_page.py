"""The neuron's card: what its controls do."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.dataset_examples.uploads import unpack_uploads
from explorer.maximization import METHODS, Unit
from explorer.maximization.normalization_prior import running_statistics
from explorer.maximization.usual import usual_method
from pages.parts.neurons.maximization import ascents, made_by
from pages.parts.shell.words import percent, plain
from tests.support.neuron_card import EARLY, FEW, kept, run_to_end
from tests.support.whole_app import app, shown


def test_the_card_shows_most_and_least_beside_photographs():
    test = run_to_end(app("neurons", query=FEW | EARLY))
    ends = {shot.panel: shot.score for shot in kept(test)}
    starts = {shot.panel: shot.score for shot in reversed(kept(test))}
    assert ends[0] > starts[0] == starts[1] > ends[1]
    words = shown(test)
    assert "of the 126 pictures" in words
    found = test.session_state["index"].latest
    assert found.index.done == found.total == 126


@pytest.mark.parametrize(
    ("query", "panels"),
    [
        ({"unit_make": "four answers"}, 4),
        ({"unit_make": "towards another", "unit_second": "5"}, 1),
        ({"unit_make": "dream"}, 1),
        ({"unit_kind": "neuron", "unit_row": "4", "unit_column": "5"}, 2),
        ({"unit_kind": "class", "unit_class": "broccoli"}, 2),
    ],
)
def test_everything_that_can_be_made_is_made(query, panels):
    test = run_to_end(app("neurons", query=FEW | EARLY | query))
    assert {shot.panel for shot in kept(test)} == set(range(panels))
    assert not test.error


def test_a_class_is_made_recognisable_and_named_by_a_network_that_took_no_part():
    query = FEW | {"unit_kind": "class", "unit_class": "daisy", "unit_faded": "true"}
    test = run_to_end(app("neurons", query=query))
    assert test.selectbox("unit_method").value == "recognisable"
    words = shown(test)
    assert "Made by EfficientNet" in words
    assert "which took no part, calls it" in words
    assert all(shot.mattered.max() > 0 for shot in kept(test)[-2:])
    test.button("unit_switch").click().run()
    assert run_to_end(test).selectbox("unit_method").value == "maco"
    assert run_to_end(app("neurons", query=FEW | EARLY)).selectbox("unit_method").value == "maco"


def test_a_method_that_was_only_the_usual_one_goes_with_the_unit():
    test = run_to_end(app("neurons", query=FEW | EARLY))
    assert test.selectbox("unit_method").value == "maco"
    test.segmented_control("unit_kind").set_value("class").run()
    assert run_to_end(test).selectbox("unit_method").value == "recognisable"
    test.selectbox("unit_method").set_value("robust").run()  # which is a choice
    test.segmented_control("unit_kind").set_value("channel").run()
    assert run_to_end(test).selectbox("unit_method").value == "robust"


@pytest.mark.parametrize(
    ("layer", "method"), [("conv_stem", "maco"), ("blocks.4", "maco"), ("blocks.5", "recognisable"),
                          ("blocks.6", "recognisable"), ("classifier", "recognisable")]
)  # fmt: skip
def test_late_layers_and_classes_are_looked_at_by_what_can_be_named(lite0, layer, method):
    assert usual_method(lite0, layer) == method


@pytest.mark.parametrize("make", ["towards another", "caricature"])
def test_what_only_one_network_was_asked_for_isnt_said_to_be_of_two(make):
    query = FEW | {"unit_kind": "class", "unit_class": "daisy", "unit_method": "two networks", "unit_make": make,
                   "unit_two_networks_steps": "8", "unit_two_networks_side_in_pixels": "32"}  # fmt: skip
    words = shown(run_to_end(app("neurons", query=query)))
    assert f"Made by {plain('EfficientNet-Lite0')} alone. Left out: only a class is the same for two networks." in words


def test_beside_all_methods_stands_by_which_networks_each_was_made(small):
    assert made_by.sentence_for_all_methods(small, Unit("3", 1)).startswith(f"Made by {plain(small.name)} alone.")
    words = made_by.sentence_for_all_methods(explorer.load_network(), Unit("classifier", 985))
    lite0, lite1 = plain("EfficientNet-Lite0"), plain("EfficientNet-Lite1")
    assert words == f"Made by {lite0} alone, *two networks* by {lite1}, too."


def test_the_card_says_what_a_method_leaves_out(small, monkeypatch):
    two, last = METHODS["two networks"], small.layers[-1].name
    assert "no second network knows this class" in made_by.sentence(small, Unit(last, 1), two)
    assert "only a class is the same" in made_by.sentence(small, Unit("0", 1), two)
    torch.manual_seed(0)
    grey = explorer.wrap_network(nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(4 * 676, 9)), input_size=28)
    words = made_by.sentence(grey, Unit("0", 1), METHODS["recognisable"])
    assert "without batch normalization" in words
    assert "grey" in words
    assert "Left out" not in made_by.sentence(small, Unit("2", 1), METHODS["recognisable"])


def test_the_control_is_said_to_remember_no_pictures_and_to_ask_no_second_network():
    random = explorer.load_network(pretrained=False)
    words = made_by.sentence(random, Unit("classifier", 985), METHODS["recognisable"])
    assert words.startswith(f"Made by {plain('EfficientNet-Lite0')} alone, with random weights. Left out: ")
    assert "batch normalization remembers no pictures: all its means are 0, its variances 1." in words
    words = made_by.sentence(random, Unit("classifier", 985), METHODS["two networks"])
    assert "with random weights the network knows no class, so no second one is asked." in words
    assert "no second network knows this class" not in words
    assert made_by.sentence_for_many(random, "maco", 96, 24).startswith(
        f"Painted by {plain('EfficientNet-Lite0')} alone, with random weights: 96 pixels"
    )


def test_who_calls_a_picture_something_else_says_what_it_gives_the_class(monkeypatch, lite0):
    said: list[str] = []
    monkeypatch.setattr(made_by.st, "caption", said.append)
    made_by.draw_verdict(lite0, Unit("classifier", 985), METHODS["recognisable"], explorer.sample("coffee"))
    assert "which took no part, calls it **espresso**" in said[0]
    assert said[0].endswith(f" and gives **daisy** {percent(0.0001)}.")


def test_a_random_networks_batch_normalizations_do_remember_no_pictures():
    known = running_statistics(explorer.load_network(pretrained=False), folded=False)
    assert all(not one.mean.any() and (one.deviation - 1).abs().max() < 0.001 for one in known)


def test_before_any_batch_normalization_no_statistics_are_said_to_be_kept(lite0):
    preset = METHODS["recognisable"]
    assert "no batch normalization comes before this layer" in made_by.sentence(lite0, Unit("conv_stem", 1), preset)
    assert "Left out" not in made_by.sentence(lite0, Unit("blocks.0", 1), preset)


def test_beside_all_methods_stands_what_each_leaves_out(lite0):
    words = made_by.sentence_for_all_methods(lite0, Unit("conv_stem", 1))
    assert "Left out of *two networks*: only a class is the same for two networks." in words
    assert "Left out of *recognisable* and *two networks*: no batch normalization comes before this layer" in words
    random = made_by.sentence_for_all_methods(explorer.load_network(pretrained=False), Unit("classifier", 985))
    assert random.startswith(f"Made by {plain('EfficientNet-Lite0')} alone, with random weights. Left out of ")
    assert "Left out of *recognisable* and *two networks*: with random weights batch normalization" in random


ADVANCED = {"unit_advanced": "true", "unit_magnitude_rate": "0.1", "unit_magnitude_random_views": "false"}
OTHERS = {"unit_advanced": "true", "unit_method": "robust", "unit_robust_steps": "8", "unit_robust_noise": "0.1",
          "unit_robust_side_in_pixels": "32"}  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        {},
        ADVANCED,
        OTHERS,
        {"unit_make": "methods"},
        {"unit_make": "four answers", "unit_diversity": "2.0", "unit_seed": "3"},
        {"unit_make": "towards another", "unit_second": "5", "unit_share": "0.3"},
        {"unit_make": "dream", "picture": "cat", "unit_power": "2.0"},
        {"unit_kind": "neuron", "unit_row": "4", "unit_column": "5"} | ADVANCED,
    ],
    ids=["named", "advanced", "robust", "methods", "four", "towards", "dream", "neuron"],
)
def test_the_code_to_take_away_makes_the_pages_pictures(query):
    test = run_to_end(app("neurons", query=FEW | EARLY | query))
    names = {}
    exec(test.code[0].value, names)
    ends = {shot.panel: ascents.decode(shot.png) for shot in kept(test)}
    assert len(names["pictures"]) == len(ends)
    for panel, image in enumerate(names["pictures"]):
        np.testing.assert_array_equal(image.uint8, ends[panel])


@pytest.mark.parametrize("kind", ["channel", "neuron", "class"])
def test_a_network_of_tokens_has_cards_too(kind):
    query = {"network": "timm/vit_tiny_patch16_224", "weights": "random", "unit_kind": kind, "unit_gallery": "mine"}
    brought = unpack_uploads([(f"{name}.png", explorer.sample(name).png()) for name in ("cat", "rocket")])
    test = run_to_end(app("neurons", query=FEW | query, gallery_brought=brought))
    assert not test.error
    assert {shot.panel for shot in kept(test)} == {0, 1}
    if kind == "class":
        assert "Left out: without batch normalization" in shown(test)
    else:
        assert test.selectbox("unit_layer").value == "blocks.3"  # whose output is 197 tokens of 192 values
        assert test.number_input("unit_channel").label == "Channel, 0–191"


def test_methods_begin_alike_and_all_run():
    test = run_to_end(app("neurons", query=FEW | EARLY | {"unit_make": "methods"}))
    starts = {shot.panel: ascents.decode(shot.png).astype(int) for shot in kept(test) if shot.number == 0}
    assert list(starts) == list(range(len(METHODS)))
    phases = list(METHODS).index("maco")  # which keep their own contrast
    assert all(np.abs(starts[panel] - starts[0]).max() <= 8 for panel in starts if panel != phases)


def test_next_previous_and_the_most_excited():
    test = run_to_end(app("neurons", query=FEW | {"unit_layer": "blocks.0", "unit_channel": "15"}))
    test.button("unit_Next").click().run()
    assert test.number_input("unit_channel").value == 0
    test.button("unit_Previous").click().run()
    assert test.number_input("unit_channel").value == 15
    test = run_to_end(test)
    index, net = test.session_state["index"].latest.index, explorer.load_network()
    maps = explorer.feature_maps(net, explorer.sample("flower"), "blocks.0")
    test.button("unit_most").click().run()
    assert test.number_input("unit_channel").value == index.most_excited(maps.max((1, 2)))
