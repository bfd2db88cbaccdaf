"""The atlas: what its controls do."""

from __future__ import annotations

import json

import numpy as np
import pytest
import streamlit as st

import explorer
from explorer import render
from explorer.architecture.similar_weights import most_similar
from explorer.maximization import Unit
from explorer.maximization.atlas import read_atlas
from explorer.maximization.known_classes import KNOWN
from explorer.maximization.peak_and_mean import peak_and_mean
from pages.parts.neurons.atlas import every_channel, sheets
from pages.parts.neurons.atlas.sheets import shrunk
from pages.parts.neurons.maximization import unit_pictures
from pages.parts.neurons.maximization.unit_pictures import painting
from pages.parts.shell.frame import ASSETS
from pages.parts.shell.words import plain, rounded
from pages.parts.widgets import show, tiles
from tests.support.whole_app import app, shown

SHIPPED = read_atlas(ASSETS / "atlas" / "efficientnet_lite0")


def how_many(layer: str, count: int) -> str:
    made = len(SHIPPED.layers[layer])
    return f"All {count} channels" if made == count else f"{made} of its {count} channels"


def test_the_atlas_opens_at_once():
    test = app("atlas")
    assert not test.exception
    assert all(stage in shown(test) for stage in ("Edges", "Textures", "Patterns", "Parts", "Objects"))
    test = app("atlas", query={"atlas_view": "layer by layer", "atlas_layer": "blocks.1"})
    assert not test.exception
    assert "All 24 channels, none dead" in shown(test)
    test = app("atlas", query={"atlas_view": "layer by layer", "atlas_layer": "blocks.3"})
    assert how_many("blocks.3", 80) in shown(test)
    assert "late, blocks.6" in test.selectbox("atlas_layer").options
    assert not test.info  # the atlas is of the network in use


EVERY = {"atlas_view": "every channel"}


def test_every_channel_shows_the_atlass_and_paints_the_others_when_asked(monkeypatch, lite0):
    monkeypatch.setattr(unit_pictures, "STEPS", 2)
    monkeypatch.setattr(every_channel, "PAGE", 30)
    sheets = []
    monkeypatch.setattr(tiles, "choose_tile", lambda pictures, names, *_, **__: sheets.append((pictures, names)) or -1)
    test = app("atlas", query=EVERY | {"atlas_layer": "blocks.3"})  # as older links have it
    made = {entry.channel for entry in SHIPPED.layers["blocks.3"] if entry.channel < 30}
    assert f"channels 0 to 29 of 80; {len(made)} are in the atlas." in shown(test)
    grey = [channel for channel, picture in enumerate(sheets[-1][0]) if (picture == render.MID_GREY).all()]
    assert set(grey) == set(range(30)) - made
    assert every_channel.SLOT not in test.session_state  # nothing is computed unless it is asked for
    test.toggle("channels_paint").set_value(True).run()
    assert test.session_state[every_channel.SLOT].finished.wait(120)
    test.run()
    pictures, names = sheets[-1]
    assert not any((picture == render.MID_GREY).all() for picture in pictures)
    assert names[7] == "blocks.3 7"
    ((_, anew),) = painting(lite0, [Unit("blocks.3", grey[0])])
    assert np.corrcoef(pictures[grey[0]].ravel(), shrunk(anew.uint8, 80).ravel())[0, 1] > 0.8


def test_every_channel_is_of_the_network_in_use_and_a_click_opens_its_card(monkeypatch):
    def clicked(*_, key, on_choice, **__):
        if st.session_state.pop("click", False):
            on_choice(5)
        return -1

    monkeypatch.setattr(tiles, "choose_tile", clicked)
    test = app("atlas", query=EVERY | {"weights": "random", "channels_layer": "blocks.0"})
    assert "all 16 channels; none is in the atlas. Each gets a quick look here" in shown(test)
    assert f"{plain('EfficientNet-Lite0')} alone, with random weights, 96 pixels" in shown(test)
    assert not test.info
    test.session_state["click"] = True
    test.run()
    assert not test.exception
    assert test.number_input("unit_channel").value == 5
    assert test.selectbox("unit_layer").value == "blocks.0"
    assert test.session_state["weights"] == "random"


def test_of_classes_it_is_said_which_were_made_by_two_networks_and_which_by_one():
    words = shown(app("atlas", query=EVERY | {"channels_layer": "classifier"}))
    one, two = (plain(f"EfficientNet-Lite{n}") for n in range(2))
    assert f"Those of the atlas: {one} and {two} together, 224 pixels, 160 steps of *two networks*. " in words
    assert f"The others get a quick look here: {one} alone, 96 pixels, 24 steps of *maco*; " in words


def test_the_first_layer_is_shown_as_its_filters_and_never_painted(monkeypatch, lite0):
    sheets = []
    monkeypatch.setattr(tiles, "choose_tile", lambda pictures, names, *_, **__: sheets.append((pictures, names)) or -1)
    test = app("atlas", query=EVERY | {"channels_layer": "conv_stem", "channels_paint": "true"})
    assert not test.exception
    pictures, names = sheets[-1]
    for kernel, tile in zip(explorer.first_layer_filters(lite0), pictures, strict=True):
        corners = np.ix_([0, 40, 79], [0, 40, 79])  # one place in each of 3 × 3 weights
        assert np.corrcoef(tile[corners].ravel(), kernel.transpose(1, 2, 0).ravel())[0, 1] > 0.99
    assert names[31] == "conv_stem 31"
    assert test.toggle("channels_paint").disabled
    assert every_channel.SLOT not in test.session_state
    assert "32 kernels of 3 × 3: the first layer's own weights" in shown(test)


def test_the_tour_begins_with_the_first_layers_filters(monkeypatch, lite0):
    shown_pictures = {}
    monkeypatch.setattr(show, "picture", lambda pixels, alt, **_: shown_pictures.update({alt: pixels}))
    assert "**Filters** :small[32 kernels of 3 × 3: the first layer's own weights]" in shown(app("atlas"))
    tile = shown_pictures["The filters of the first layer, in colour"][:36, :36, :3]
    kernel = explorer.first_layer_filters(lite0)[0].transpose(1, 2, 0)
    assert np.corrcoef(tile[6::12, 6::12].ravel(), kernel.ravel())[0, 1] > 0.99


def test_what_is_too_much_for_one_sheet_has_pages(monkeypatch):
    monkeypatch.setattr("pages.parts.neurons.atlas.layers.CHANNELS", 10)
    shown_at: list[str] = []

    def choose_tile(_, names, chosen, **__):
        shown_at[:] = names
        return chosen

    monkeypatch.setattr("pages.parts.widgets.tiles.choose_tile", choose_tile)
    test = app("atlas", query={"atlas_view": "layer by layer", "atlas_layer": "blocks.1"})
    first = list(shown_at)
    test.number_input("atlas_page").set_value(3).run()
    assert not test.exception
    assert (len(first), len(shown_at)) == (10, 4)  # of 24
    assert not set(first) & set(shown_at)


def atlas_with_a_click(monkeypatch, sheet: str, tile: int, **query: str):
    """The atlas after a click on a tile, and its card after a press on the button there."""
    clicks = {sheet: tile}

    def choose_tile(_, names, chosen, *, key, on_choice, **__):
        if key in clicks:
            on_choice(clicks.pop(key))
        return chosen

    monkeypatch.setattr("pages.parts.widgets.tiles.choose_tile", choose_tile)
    test = app("atlas", query=query)
    assert not test.exception
    assert test.title[0].value == "Atlas"
    return test.run()


def test_a_tile_opens_its_finished_picture_and_that_its_card(monkeypatch):
    test = atlas_with_a_click(monkeypatch, "atlas_tour_blocks.1_0", 5, picture="cat")
    assert not test.exception
    assert "**blocks\\.1 23**" in shown(test)
    card = next(button for button in test.button if button.key == "atlas_card")
    assert card.label == "Open its card"
    card.click().run()
    assert test.title[0].value == "Neurons"
    assert test.selectbox("unit_layer").value == "blocks.1"
    assert test.number_input("unit_channel").value == 23
    assert test.selectbox("picture").value == "cat"
    assert test.selectbox("network").value == "efficientnet_lite0"


def test_a_picture_and_its_photograph_are_told_by_the_same_measure(monkeypatch, lite0):
    words = shown(atlas_with_a_click(monkeypatch, "atlas_tour_blocks.1_0", 5))
    entry = next(one for one in SHIPPED.layers["blocks.1"] if one.channel == 23)
    peak, mean = peak_and_mean(lite0, SHIPPED.image(entry), entry.unit)
    assert f"Painted: peak **{rounded(peak)}**." in words
    photograph = f"*{plain(entry.photograph_of)}*, peak **{rounded(entry.photograph_score)}**."
    assert f"Best photograph, of the app's own samples: {photograph}" in words
    assert mean == pytest.approx(entry.score, rel=0.05)
    assert f"Its mean over the map, which was maximized, is **{rounded(entry.score)}**" in words
    assert peak < entry.photograph_score
    assert "The photograph has the higher peak" in words
    assert f"Painted by {plain('EfficientNet-Lite0')} alone, 224 pixels, 160 steps of *maco*." in words


def test_of_a_class_it_is_said_that_two_networks_made_it_and_few_samples_show_it(monkeypatch):
    words = shown(atlas_with_a_click(monkeypatch, "atlas_tour_classifier_0", 0))
    entry = next(one for one in SHIPPED.entries if one.label == KNOWN[0])
    assert f"Its value in this picture is **{rounded(entry.score)}**" in words
    both = f"{plain('EfficientNet-Lite0')} and {plain('EfficientNet-Lite1')} together"
    assert f"Painted by {both}, 224 pixels, 160 steps of *two networks*." in words
    photograph = f"*{entry.photograph_of}*, value **{rounded(entry.photograph_score)}**."
    assert f"Best photograph, of the app's own samples, few of which show these things: {photograph}" in words
    assert "excites its unit most, of the app's own samples, few of which show these things." in words  # of the tour


def test_layer_by_layer_it_is_said_what_stands_beneath_and_of_which_photographs(monkeypatch):
    words = shown(app("atlas", query={"atlas_view": "layer by layer", "atlas_layer": "blocks.1"}))
    assert "the photograph that excites its unit most, of the app's own samples." in words
    monkeypatch.setattr(sheets, "MANY", 10)
    words = shown(app("atlas", query={"atlas_view": "layer by layer", "atlas_layer": "blocks.1"}))
    assert "Beneath each picture" not in words


def test_a_neighbour_leads_to_its_card(monkeypatch, lite0):
    test = atlas_with_a_click(monkeypatch, "atlas_tour_blocks.1_0", 5)
    (nearest, cosine), *_ = most_similar(lite0, "blocks.1", 23)
    neighbour = test.button(f"atlas_neighbour_{nearest}")
    assert neighbour.label == f"{nearest} ({cosine:.2f})"
    neighbour.click().run()
    assert not test.exception
    assert test.title[0].value == "Neurons"
    assert (test.selectbox("unit_layer").value, test.number_input("unit_channel").value) == ("blocks.1", nearest)


def test_an_atlas_of_another_network_says_so_and_only_a_named_button_changes_the_network(monkeypatch):
    other = {"network": "timm/vit_tiny_patch16_224", "weights": "random"}
    test = atlas_with_a_click(monkeypatch, "atlas_tour_classifier_0", 0, **other)
    assert "This atlas is of EfficientNet\\-Lite0, trained, and not of the network in use" in shown(test)
    assert test.selectbox("network").value == other["network"]
    assert "Units with the most similar weights" not in shown(test)
    card = next(button for button in test.button if button.key == "atlas_card")
    assert card.label == "Open its card, with EfficientNet-Lite0, trained"
    card.click().run()
    assert not test.exception
    assert test.title[0].value == "Neurons"
    assert test.selectbox("network").value == "efficientnet_lite0"
    assert test.session_state["weights"] == "trained"
    assert test.selectbox("unit_class").value == KNOWN[0]


def captions(test) -> list[str]:
    """What stands beneath the tiles of the screen's only sheet."""
    (packed,) = [one.proto.bytes for one in test.get("bidi_component") if b'"captions"' in one.proto.bytes]
    return json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])["captions"]


def test_the_atlas_is_searched_by_class_and_by_number():
    query = {"atlas_view": "layer by layer", "atlas_layer": "classifier"}
    entries = SHIPPED.layers["classifier"]
    test = app("atlas", query=query | {"atlas_search": entries[3].label.upper()})
    assert not test.exception
    assert captions(test) == [entries[3].label]
    elsewhere = {"atlas_view": "layer by layer", "atlas_layer": "blocks.3"}
    test = app("atlas", query=elsewhere | {"atlas_search": entries[3].label[:-1]})
    assert "No match in blocks\\.3; in classifier:" in [caption.value for caption in test.caption]
    assert captions(test) == [entries[3].label]
    test = app("atlas", query=elsewhere | {"atlas_search": "nobody"})
    assert f"None of the atlas's {len(SHIPPED.entries)} pictures" in test.info[0].value
    captioned = "".join(caption.value for caption in app("atlas", query=query).caption)
    assert "29 of its 1,000 classes, none dead, of those known at sight, listed before any picture" in captioned


def test_of_many_pictures_it_is_said_by_whom_and_how_they_were_made():
    net = explorer.load_network()
    painted, others = [Unit("blocks.2.1", 3)], [SHIPPED.layers["blocks.6"][0].unit]
    alone = f"Painted by {plain('EfficientNet-Lite0')} alone: 96 pixels, 24 steps of *maco*."
    assert unit_pictures.credit(net, painted) == alone
    assert unit_pictures.credit(net, [*painted, *others]) == f"{alone} From the *Atlas*: 1 of 2."
    assert unit_pictures.credit(net, others) == "Pictures from the *Atlas*, which says how they were made."
