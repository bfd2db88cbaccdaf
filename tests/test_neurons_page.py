"""The neuron's card and the atlas: what their controls do."""

from __future__ import annotations

import io
import json
import threading
import zipfile

import numpy as np
import pytest
import streamlit as st
import torch
from torch import nn

import explorer
from explorer import render
from explorer.architecture.alike import alike
from explorer.cache import memo
from explorer.compute import MemoryFullError
from explorer.dataset_examples import index
from explorer.dataset_examples.index import indexing
from explorer.dataset_examples.uploads import unpack_uploads
from explorer.maximization import METHODS, Step, Unit
from explorer.maximization.atlas import read_atlas
from explorer.maximization.known_classes import KNOWN
from explorer.maximization.usual import usual_method
from pages.parts.neurons import ascents, every_channel, makers, unit_pictures
from pages.parts.neurons.atlas_sheets import shrunk
from pages.parts.neurons.unit_pictures import painting
from pages.parts.shell.frame import ASSETS
from pages.parts.shell.words import plain
from pages.parts.widgets import tiles
from pages.parts.widgets.job import Job
from tests.support.whole_app import app, shown

FEW = {"unit_advanced": "true", "unit_maco_steps": "8", "unit_maco_side_in_pixels": "32",
       "unit_recognisable_steps": "8", "unit_recognisable_side_in_pixels": "32"}  # fmt: skip
EARLY = {"unit_layer": "blocks.0", "unit_channel": "3"}


def run_to_end(test):
    for slot in ("maximization", "index"):
        assert test.session_state[slot].finished.wait(60)
    test.run()
    assert not test.exception
    return test


def kept(test):
    return test.session_state["maximization"].kept


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
    assert makers.told_of_all(small, Unit("0", 1)).endswith(" alone.")
    words = makers.told_of_all(explorer.load_network(), Unit("classifier", 985))
    lite0, lite1 = plain("EfficientNet-Lite0"), plain("EfficientNet-Lite1")
    assert words == f"Made by {lite0} alone, *two networks* by {lite1}, too."


def test_the_card_says_what_a_method_leaves_out(small, monkeypatch):
    two, last = METHODS["two networks"], small.layers[-1].name
    assert "no second network knows this class" in makers.told(small, Unit(last, 1), two)
    assert "only a class is the same" in makers.told(small, Unit("0", 1), two)
    torch.manual_seed(0)
    grey = explorer.wrap_network(nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(4 * 676, 9)), input_size=28)
    words = makers.told(grey, Unit("0", 1), METHODS["recognisable"])
    assert "without batch normalization" in words
    assert "grey" in words
    assert "Left out" not in makers.told(small, Unit("0", 1), METHODS["recognisable"])


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


def test_full_memory_is_told_and_can_be_tried_again(monkeypatch):
    def full(*_, **__):
        raise MemoryError

    monkeypatch.setattr("explorer.maximization.gradient_ascent.seen_scores", full)
    query = FEW | {"unit_layer": "blocks.0", "unit_channel": "7"}  # which no other test has left in the memo
    test = run_to_end(app("neurons", query=query))
    assert "This needs more memory than the computer has free" in test.error[0].value
    monkeypatch.undo()
    test.button("again_maximization").click().run()
    assert not run_to_end(test).error


def test_full_memory_is_told_wherever_it_ends(monkeypatch):
    def full(*_, **__):
        raise MemoryFullError("Too large: choose a smaller network.")

    monkeypatch.setattr("pages.parts.neurons.examples.feature_maps", full)
    test = run_to_end(app("neurons", query=FEW | EARLY))
    assert [error.value for error in test.error] == ["Too large\\: choose a smaller network\\."]
    monkeypatch.setattr("explorer.networks.loading.Network.predict", full)
    test = app("neurons", query=FEW | {"unit_kind": "class"})
    assert not test.exception
    assert "Too large" in test.warning[0].value


def test_the_servers_collection_is_looked_through_once(tmp_path, monkeypatch):
    for name, kind in (("cat", "animals"), ("flower", "plants"), ("rocket", "things")):
        (tmp_path / "pictures" / kind).mkdir(parents=True)
        (tmp_path / "pictures" / kind / f"{name}.png").write_bytes(explorer.sample(name).png())
    monkeypatch.setenv("EXPLORER_PICTURES", str(tmp_path / "pictures"))
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    query = FEW | EARLY | {"unit_gallery": "server"}
    test = run_to_end(app("neurons", query=query))
    assert "of the 3 pictures" in shown(test)
    assert len(list((tmp_path / "cache" / "indexes").iterdir())) == 1
    monkeypatch.setenv("EXPLORER_PICTURES", str(tmp_path / "nowhere"))
    test = run_to_end(app("neurons", query=query))
    assert "name a folder with pictures on the server" in shown(test)
    assert "of the 126 pictures" in shown(test)


def test_pictures_that_were_brought_are_looked_through():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for name in ("cat", "flower"):
            opened.writestr(f"holiday/{name}.png", explorer.sample(name).png())
    brought = unpack_uploads([("holiday.zip", archive.getvalue()), ("one.png", explorer.sample("rocket").png())])
    test = run_to_end(app("neurons", query=FEW | EARLY | {"unit_gallery": "mine"}, gallery_brought=brought))
    assert "of the 3 pictures" in shown(test)
    assert "From your pictures" in shown(test)


def test_a_stopped_gallery_goes_on_from_where_it_was(monkeypatch):
    monkeypatch.setattr("explorer.dataset_examples.index.BATCH", 1)
    whole_pass = index._pass
    pictures = [(f"{name}.png", explorer.sample(name).png()) for name in ("cat", "flower", "rocket", "coffee")]
    test = run_to_end(
        app("neurons", query=FEW | EARLY | {"unit_gallery": "mine"}, gallery_brought=unpack_uploads(pictures))
    )
    whole = test.session_state["index"]
    _, net, layer, _, _ = whole.key
    half = Job(whole.key, indexing(net, layer, unpack_uploads(pictures)), lambda _: None)
    half.step()
    half.step()
    half.end(early=True)
    test.session_state["index"] = half
    test.run()
    assert "Stopped after 1 of 4 photographs" in shown(test)
    memo.drop(whole.key)
    starts = []
    monkeypatch.setattr(
        "explorer.dataset_examples.index._pass", lambda *given: starts.append(given[-1].done) or whole_pass(*given)
    )
    test.button("resume_index").click().run()
    test = run_to_end(test)
    assert starts == [1]
    assert "of the 4 pictures" in shown(test)


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


def test_ascents_go_side_by_side_and_each_to_its_end():
    def step(number):
        return explorer.maximization.Step(number, explorer.sample("flower"), 0.0)

    starts = [lambda: map(step, range(2)), lambda: ((step(n), step(n)) for n in range(3)), lambda: map(step, range(1))]
    found = [(panel, step.number) for panel, step in ascents.side_by_side(starts)]
    assert found == [(0, 0), (1, 0), (2, 0), (3, 0), (0, 1), (1, 1), (2, 1), (1, 2), (2, 2)]


def test_all_steps_of_all_panels_are_one_film():
    def shot(panel, number):
        level = (40 * panel + 9 * number) / 255
        image = explorer.pictures.images.from_array(np.full((16, 16, 3), level, np.float32))
        return ascents.KeptStep(panel, number, 0.0, False, image.png())

    shots = [shot(0, number) for number in range(5)] + [shot(1, number) for number in range(6)]
    assert [frame.shape for frame in ascents.sheets(shots, 3)] == [(16, 48, 3)] * 6


@pytest.mark.parametrize(("newest", "drawn"), [(0, 0), (8, 1), (9, 9), (16, 9), (17, 17)])
def test_the_curve_changes_only_every_eighth_step(newest, drawn, monkeypatch):
    """The browser builds a changed chart anew, which would hold up the frames."""
    figures = []
    monkeypatch.setattr("pages.parts.widgets.show.chart", lambda figure, key: figures.append(figure))
    running = Job("key", iter(()), lambda shot: shot)
    running.kept = [ascents.KeptStep(0, number, float(number), dead=False, png=b"") for number in range(newest + 1)]
    ascents.draw_curves(running, ["most"], key="test")
    assert [len(figure.data[0].y) for figure in figures] == [drawn] * bool(drawn)
    running.finished.set()
    ascents.draw_curves(running, ["most"], key="test")
    assert len(figures[-1].data[0].y) == newest + 1


def test_a_finished_climb_is_climbed_anew_and_comes_out_the_same():
    test = run_to_end(app("neurons", query=FEW | EARLY))
    before = test.session_state["maximization"]
    memo(before.key, lambda: before)  # as the page keeps one that it saw end
    next(button for button in test.button if button.label == "Again").click().run()
    assert test.session_state["maximization"] is not before
    run_to_end(test)
    ends = [{shot.panel: shot.png for shot in shots} for shots in (before.kept, kept(test))]
    assert ends[0] == ends[1]


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
    assert "All 24 channels, all alive" in shown(test)
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
    assert "all 16 channels; none is in the atlas." in shown(test)
    assert not test.info
    test.session_state["click"] = True
    test.run()
    assert not test.exception
    assert test.number_input("unit_channel").value == 5
    assert test.selectbox("unit_layer").value == "blocks.0"
    assert test.session_state["weights"] == "random"


def test_what_is_too_much_for_one_sheet_has_pages(monkeypatch):
    monkeypatch.setattr("pages.parts.neurons.atlas_layers.CHANNELS", 10)
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


def test_a_neighbour_leads_to_its_card(monkeypatch, lite0):
    test = atlas_with_a_click(monkeypatch, "atlas_tour_blocks.1_0", 5)
    (nearest, cosine), *_ = alike(lite0, "blocks.1", 23)
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
    assert "29 of its 1,000 classes, all alive, of those known at sight, listed before any picture" in captioned


def test_climbs_beside_each_other_take_their_steps_at_the_same_time():
    together = threading.Barrier(2, timeout=30)

    def climb(steps):
        for number in range(steps + 1):
            if 0 < number <= 2:
                together.wait()  # for the other one: it comes only if both are under way
            yield Step(number, explorer.sample("cat"), float(number))

    told = list(ascents.side_by_side([lambda: climb(2), lambda: climb(3)]))
    assert [(panel, step.number) for panel, step in told] == [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2), (1, 3)]


def test_of_many_pictures_it_is_said_by_whom_and_how_they_were_made():
    net = explorer.load_network()
    painted, others = [Unit("blocks.2.1", 3)], [SHIPPED.layers["blocks.6"][0].unit]
    alone = f"Painted by {plain('EfficientNet-Lite0')} alone: 96 pixels, 24 steps of *maco*."
    assert unit_pictures.credit(net, painted) == alone
    assert unit_pictures.credit(net, [*painted, *others]) == f"{alone} From the *Atlas*: 1 of 2."
    assert unit_pictures.credit(net, others) == "Pictures from the *Atlas*, which says how they were made."
