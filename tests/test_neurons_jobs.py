"""The long work beside the neuron's card: photographs looked through, climbs side by side, memory that is full."""

from __future__ import annotations

import io
import threading
import zipfile

import numpy as np
import pytest

import explorer
from explorer.cache import memo
from explorer.compute import MemoryFullError
from explorer.dataset_examples import index
from explorer.dataset_examples.index import indexing
from explorer.dataset_examples.uploads import unpack_uploads
from explorer.maximization import Step
from pages.parts.neurons.maximization import ascents
from pages.parts.widgets.job import Job
from tests.support.neuron_card import EARLY, FEW, kept, run_to_end
from tests.support.whole_app import app, shown


def test_full_memory_is_told_and_can_be_tried_again(monkeypatch):
    def full(*_, **__):
        raise MemoryError

    monkeypatch.setattr("explorer.maximization.gradient_ascent.scores_of_views", full)
    query = FEW | {"unit_layer": "blocks.0", "unit_channel": "7"}  # which no other test has left in the memo
    test = run_to_end(app("neurons", query=query))
    assert "This needs more memory than the computer has free" in test.error[0].value
    monkeypatch.undo()
    test.button("again_maximization").click().run()
    assert not run_to_end(test).error


def test_full_memory_is_told_wherever_it_ends(monkeypatch):
    def full(*_, **__):
        raise MemoryFullError("Too large: choose a smaller network.")

    monkeypatch.setattr("pages.parts.neurons.photographs.examples.feature_maps", full)
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
    assert [frame.shape for frame in ascents.film_frames(shots, 3)] == [(16, 48, 3)] * 6


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


def test_climbs_beside_each_other_take_their_steps_at_the_same_time():
    together = threading.Barrier(2, timeout=30)

    def climb(steps):
        for number in range(steps + 1):
            if 0 < number <= 2:
                together.wait()  # for the other one: it comes only if both are under way
            yield Step(number, explorer.sample("cat"), float(number))

    told = list(ascents.side_by_side([lambda: climb(2), lambda: climb(3)]))
    assert [(panel, step.number) for panel, step in told] == [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2), (1, 3)]
