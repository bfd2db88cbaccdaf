"""The activation atlas on its screen: cells to choose, the way in and out, its control, what is taken away."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
import torch
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

import explorer
from explorer.activation_atlas import cell_pictures
from explorer.cache import Memo
from explorer.dataset_examples.uploads import unpack_uploads
from explorer.networks.registry.catalogue import build
from explorer.scheduler import scheduler
from pages.parts.neurons.activation_atlas.controls import LEAST_TO_ZOOM
from tests.support.short_work import small_steps
from tests.support.whole_app import app, shown

QUERY = {"atlas_view": "activation atlas", "activations_layout": "PCA", "activations_grid": "4"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch) -> None:
    small_steps(monkeypatch)
    monkeypatch.setattr("pages.parts.widgets.job.memo", Memo(2**26))


@pytest.fixture
def files(monkeypatch) -> Iterator[dict]:
    """What makes each file that the screen offers, by its name."""
    offered, offer = {}, DeltaGenerator.download_button

    def listening(place, label, make, file, *more, **how):
        offered[file] = make
        return offer(place, label, make, file, *more, **how)

    monkeypatch.setattr(DeltaGenerator, "download_button", listening)
    return offered


def told(test: AppTest) -> dict:
    """What the sheet is told."""
    sheets = (one.proto.bytes for one in test.get("bidi_component") if one.proto.bytes)
    headers = [json.loads(sheet[4 : 4 + int.from_bytes(sheet[:4], "little")]) for sheet in sheets]
    return next(header for header in headers if "columns" in header)


def finished(test: AppTest) -> AppTest:
    for slot in ("activation_samples", "activation_atlas"):
        assert test.session_state[slot].finished.wait(120)
        test.run()
    assert not test.exception
    return test


def opened(**query: str) -> AppTest:
    return finished(app("atlas", query=QUERY | query))


def atlas_of(test: AppTest):
    return test.session_state["activation_atlas"].latest.atlas


def test_cells_say_what_they_speak_for_and_the_most_confident_is_shown_large():
    test = opened()
    atlas, words = atlas_of(test), shown(test)
    sheet = told(test)
    assert (sheet["count"], sheet["columns"]) == (16, 4)
    assert sheet["chosen"] == atlas.most_confident().number
    for number, name in enumerate(sheet["names"]):
        cell = atlas.cell(number)
        said = "no samples" if not atlas.count(number) else "too few" if cell is None else cell.classes[0][0]
        assert said in name
    row, column = divmod(atlas.most_confident().number, 4)
    assert f"**Row {row + 1}, column {column + 1}**: {len(atlas.most_confident().samples)} samples" in words
    assert "**Filled at random**" in words
    assert f"In {len(atlas.cells)} cells, on average" in words
    assert "Not painted yet" not in words


def test_the_link_says_which_cell_and_an_empty_one_says_so():
    atlas = atlas_of(opened())
    empty = next(number for number in range(16) if atlas.cell(number) is None)
    test = opened(activations_cell=str(empty))
    assert told(test)["chosen"] == empty
    assert "choose a cell with a picture" in shown(test)
    test = opened(activations_cell="4000")  # of a larger grid
    assert told(test)["chosen"] == atlas.most_confident().number


def test_zooming_in_lays_the_neighbourhood_out_anew_and_out_again():
    test = opened()
    before = atlas_of(test)
    fullest = max(before.cells, key=lambda cell: len(before.near(cell.number))).number
    assert len(before.near(fullest)) >= LEAST_TO_ZOOM
    test = opened(activations_cell=str(fullest))
    test = finished(test.button("activations_zoom_in").click().run())
    within = atlas_of(test)
    assert len(within.samples) == len(before.near(fullest)) < len(before.samples)
    assert test.query_params["activations_zoom"] == str(fullest)
    test = finished(test.button("activations_zoom_out").click().run())
    assert len(atlas_of(test).samples) == len(before.samples)
    assert told(test)["chosen"] == fullest
    assert "activations_zoom" not in test.query_params


def test_a_zoom_into_next_to_nothing_says_so_and_leads_out():
    test = app("atlas", query=QUERY | {"activations_zoom": "0-0-0-0-0-0", "activations_grid": "12"})
    test = finished(test)
    assert any("too few to lay out" in error.value for error in test.error)
    test = test.button("activations_zoom_out").click().run()
    assert not test.exception
    assert test.query_params["activations_zoom"] == "0-0-0-0-0"


def test_another_layer_or_layout_starts_over():
    test = opened(activations_zoom="5", activations_cell="3")
    test.selectbox("activations_layer").set_value("blocks.2.1").run()
    assert not {"activations_zoom", "activations_cell"} & set(test.query_params)
    assert atlas_of(finished(test)).samples.vectors.shape[1] == 40


def test_the_sheet_and_the_samples_can_be_taken_away(files):
    test = opened()
    atlas = atlas_of(test)
    table = next(make for name, make in files.items() if name.endswith("-samples.csv"))()
    rows = list(csv.DictReader(io.StringIO(table.decode())))
    assert len(rows) == len(atlas.samples)
    assert {row["class"] for row in rows} - {""} == {cell.classes[0][0] for cell in atlas.cells}
    sheet = next(make for name, make in files.items() if name.endswith("-activation-atlas.png"))()
    assert sheet.startswith(b"\x89PNG")
    commands = [block.value for block in test.code if block.language == "bash"]
    assert any("python -m explorer.activation_atlas efficientnet_lite0" in command for command in commands)


def test_a_visitors_pictures_of_a_network_of_tokens_are_laid_out():
    names = ("cat", "rocket", "coffee")
    brought = unpack_uploads([(f"{name}.png", explorer.sample(name).png()) for name in names])
    torch.manual_seed(0)
    tokens = explorer.wrap_network(build("timm/test_vit", 10)[0], input_size=160, name="vit", device="cpu")
    state = {"own_network": tokens, "network_wish": "own_network", "gallery_brought": brought}
    test = finished(app("atlas", query=QUERY | {"unit_gallery": "mine"}, **state))
    atlas = atlas_of(test)
    assert atlas.samples.vectors.shape[1] == 64
    assert set(atlas.samples.where[:, 0].tolist()) == {0, 1, 2}
    assert told(test)["chosen"] == atlas.most_confident().number
    assert "in each of 3 pictures: your pictures" in shown(test)


def test_what_was_painted_before_a_stop_is_not_painted_again(monkeypatch):
    asked = []
    monkeypatch.setattr(cell_pictures, "memo", Memo(2**26))
    climb = cell_pictures.ascend

    def counting(network, batch, *rest):
        asked.extend(batch)
        return climb(network, batch, *rest)

    monkeypatch.setattr(cell_pictures, "ascend", counting)
    test = opened()
    counted = list(asked)
    assert len(set(counted)) == len(counted) > 0
    monkeypatch.setattr("pages.parts.widgets.job.memo", Memo(2**26))
    scheduler.end_all()
    opened()
    assert asked == counted
    assert test.session_state["activation_atlas"].finished.is_set()
