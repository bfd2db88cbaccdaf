"""The learning and defence screens by AppTest: what they open with, what a press does, what a poor picture gets."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from explorer.learning.exemplar_cnn.shipped_runs import SHUFFLED, TRUE, selectivities, shipped
from explorer.learning.exemplar_cnn.training import TrainingSettings
from explorer.networks.loading import Network
from explorer.pictures.images import from_array
from explorer.pictures.samples import sample
from pages.parts.learning import learned_files
from pages.parts.shell.words import percent
from pages.parts.widgets import takeaway
from tests.support.whole_app import app, shown


def press(test, key: str):
    return next(button for button in test.button if button.key == key).click().run()


def test_it_opens_with_learned_filters_beside_their_controls():
    test = app("learning")
    assert not test.exception
    said = shown(test)
    assert "before learning" in said
    assert "after as many with shuffled labels, 3 seeds" in said
    assert "learning_live" not in test.session_state


def test_what_no_control_takes_is_said_and_the_filters_are_taken_away_as_they_became(monkeypatch):
    files = {}
    monkeypatch.setattr(takeaway, "take_file", lambda make, file, *_: files.update({file: make}))
    monkeypatch.setattr(learned_files, "take_file", lambda make, file, *_: files.update({file: make}))
    test = app("learning", query={"learning_rate": "0", "learning_filters": "1e9", "learning_seed": "nan"})
    assert not test.exception
    assert len(test.toast) == 3
    epochs = shipped(TRUE)
    with PIL.Image.open(io.BytesIO(files["learned-filters.gif"]())) as film:
        assert film.n_frames == len(epochs)
    head, *rows = files["training.csv"]().decode().splitlines()
    assert head == "number,loss,accuracy,held_out,selectivity"
    assert [float(row.split(",")[0]) for row in rows] == [epoch.number for epoch in epochs]
    assert float(rows[-1].split(",")[4]) == pytest.approx(epochs[-1].selectivity, rel=1e-5)


def test_the_shipped_network_becomes_the_one_in_use():
    test = press(app("learning"), "learning_use")
    assert not test.exception
    network = test.session_state["own_network"]
    assert isinstance(network, Network)
    assert network.labels[17] == "patch 17"
    assert network.predict(sample("coffee"))


def test_training_begins_when_asked_stops_and_goes_back():
    test = app("learning", query={"learning_filters": "8"})
    assert "learning" not in test.session_state
    test = press(test, "learning_go")
    assert not test.exception
    job = test.session_state["learning"]
    assert job.begun.wait(60)
    job.stop()
    assert job.finished.wait(60)
    test.run()
    assert not test.exception
    assert job.kept[0].number == 0
    assert job.latest.filters.shape == (8, 3, 9, 9)
    test = press(test, "learning_back")
    assert not test.exception
    assert "learning" not in test.session_state


def test_beside_a_run_stands_what_the_control_had_come_to_after_as_many_epochs():
    settings = TrainingSettings(filters=2, patches=4, views=1, epochs=2)
    test = app("learning", learning_wanted=(settings, 0, (sample("coffee"),)))
    assert test.session_state["learning"].finished.wait(60)
    test.run()
    assert not test.exception
    then, later = selectivities(SHUFFLED)[:, 2], selectivities(SHUFFLED)[:, 30]
    assert "after 2 epochs; after as many with shuffled labels" in shown(test)
    assert f"**{then.min():.2f}** to **{then.max():.2f}**: so" in shown(test)
    assert f"**{later.min():.2f}** to **{later.max():.2f}**:" not in shown(test)


def test_a_picture_too_small_is_told_and_the_shipped_run_stays():
    tiny = from_array(np.zeros((20, 30, 3), np.uint8), "tiny.png")
    test = app("learning", query={"learning_source": "my picture"}, own_picture=tiny)
    test = press(test, "learning_go")
    assert not test.exception
    assert "too small" in test.warning[0].value
    assert "before learning" in shown(test)


def test_defence_trains_and_says_what_each_model_reads():
    test = app("defence", query={"defence_model": "linear", "defence_epochs": "5"})
    assert not test.exception
    job = test.session_state["defence"]
    assert job.finished.wait(120)
    test.run()
    assert not test.exception
    said = shown(test)
    assert "adversarially trained" in said
    assert "accuracy under attack, ε = 0.15" in said
    point = next(point for point in job.latest.points if point.epsilon == 0.15)
    for way in ("plain", "noise", "adversarial"):  # table and curve say one number, and the exact one beside it
        assert f"**{percent(point.attacked[way].value)}**" in said
        assert point.exact[way].correct <= point.attacked[way].correct
    assert "| exact |" in said
    assert len(job.latest.points) == 13
