"""What screens open with comes with the app, says what is computed anew, and is of that request only."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

import explorer
from explorer.attack_studies.many_pictures import success_rates
from explorer.cache import memo
from explorer.classical.texture_classes import compare
from explorer.classical.written_comparison import read_comparison
from explorer.dataset_examples.gallery import Patches
from explorer.jobs import Job
from explorer.learning.datasets.digits import split_digits
from explorer.learning.robustness.adversarial_training import WAYS, AdversarialTraining, train_adversarially
from explorer.learning.robustness.robust_accuracy import accuracy_of, is_correct, is_robust_to_one_attack
from explorer.learning.robustness.written_defence import read_defence
from explorer.maximization import DEFAULT, METHODS
from explorer.maximization.peak_and_mean import peak_and_mean
from explorer.pictures.images import from_array
from explorer.scheduler import scheduler
from explorer.shipped_results import FOLDER, file_of
from pages.parts.classical.two_classes import OPENING, compared, squares
from pages.parts.neurons.maximization.ascent_files import EVERY
from pages.parts.neurons.maximization.ascents import decode
from pages.parts.neurons.maximization.unit_pictures import SIDE, painting
from tests.support.open_screens import WORK, write
from tests.support.whole_app import app, shown


@pytest.fixture
def nothing_computed(monkeypatch):
    monkeypatch.setattr(scheduler, "run", lambda *_: pytest.fail("it is computed"))


@pytest.mark.parametrize(("page", "slot", "link"), WORK)
def test_a_screen_opens_with_it(page, slot, link, nothing_computed, tmp_path):
    test = app(page, query=link)
    assert not test.exception
    job = test.session_state[slot]
    assert job.finished.is_set()
    assert not job.stopped
    memo.drop(job.key)
    write(job, tmp_path / "again")
    again = (tmp_path / "again").read_bytes() == file_of(job.key).read_bytes()
    assert again or slot in ("maximization", "unit_pictures")  # pictures are compressed anew


@pytest.mark.parametrize("page", ["many", "defence"])
def test_what_was_measured_is_said_and_what_is_set_otherwise_is_computed(page, nothing_computed):
    test = app(page)
    assert "95 %" in shown(test)
    *asked, number = test.session_state[page].key
    assert not file_of((*asked, number + 1)).exists()  # another seed, or number of steps


def test_another_unit_is_computed(monkeypatch):
    asked = []
    monkeypatch.setattr(scheduler, "run", lambda key, *_: asked.append(key[0]) or Job.ended(key, None, []))
    app("neurons", query={"unit_channel": "5"})
    assert asked == ["climbs"]  # the index is of the whole layer


def test_all_of_it_is_small_and_of_a_screen():
    files = list(FOLDER.iterdir())
    assert len(files) == len(WORK) + 2  # the comparison of two classes, and the samples' thumbnails
    assert sum(file.stat().st_size for file in files) < 1e6


def test_climbs_begin_anew_as_they_did_and_come_to_the_value_that_is_told(nothing_computed, lite0):
    kept = app("neurons").session_state["maximization"].kept
    unit = explorer.Unit("blocks.3", 4)
    for panel in (0, 1):
        shots = [shot for shot in kept if shot.panel == panel]
        assert [shot.number for shot in shots] == list(range(0, METHODS[DEFAULT].steps + 1, EVERY))
        climb = explorer.maximize(lite0, unit, steps=METHODS[DEFAULT].steps, minimize=panel == 1)
        for step in islice(climb, 2):
            if step.number == 0:
                assert shots[0].score == pytest.approx(step.score, abs=1e-3)
                assert np.abs(decode(shots[0].png).astype(int) - step.image.uint8).mean() < 8  # by WebP; else 51
        _, mean = peak_and_mean(lite0, from_array(decode(shots[-1].png)), unit)
        assert mean == pytest.approx(shots[-1].score, rel=0.02)  # told before it was rounded
    assert kept[0].score < kept[-2].score


def test_the_index_is_the_engines(nothing_computed, lite0):
    index = app("neurons").session_state["index"].newest.index
    gallery = Patches()
    assert index.done == len(gallery.names)
    for number in (0, 50):
        maps = explorer.feature_maps(lite0, gallery.open(number), "blocks.3")
        np.testing.assert_allclose(index.peaks[list(index.numbers).index(number)], maps.max((1, 2)), atol=1e-3)
    best, (number, row, column) = index.top.values[4, 0], index.top.where[4, 0]
    there = explorer.feature_maps(lite0, gallery.open(int(number)), "blocks.3")[4, row, column]
    assert there == pytest.approx(best, abs=1e-3)


def test_units_that_stand_beside_a_circuit_are_those_that_excite(nothing_computed, lite0):
    kept = app("circuits").session_state["unit_pictures"].kept
    anew = list(painting(lite0, [unit for unit, _ in kept[:4]]))
    assert [unit for unit, _ in anew] == [unit for unit, _ in kept[:4]]
    alike = np.corrcoef([image.uint8.ravel() for _, image in (*kept[:4], *anew)])[:4, 4:]
    # another processor rounds otherwise, and an ascent goes on from there: 0.94 to 0.98; another unit's 0.12 to 0.34
    assert alike.diagonal().min() > 0.8
    assert alike[~np.eye(4, dtype=bool)].max() < 0.6
    assert {image.uint8.shape for _, image in kept} == {(SIDE, SIDE, 3)}


def test_classes_are_told_apart_as_the_engine_does():
    classes = [squares(name) for name in OPENING]
    file, anew = file_of(("classes", *classes)), compare(*classes)
    told = read_comparison(file)
    assert compared(*classes) is not anew
    for part in ("by_features", "by_pixels"):
        mine, other = getattr(told, part), getattr(anew, part)
        np.testing.assert_allclose(mine.weights, other.weights, atol=1e-4)
        assert (mine.correct == other.correct).all()
        assert mine.interval == pytest.approx(other.interval)
    assert told.learned_from == anew.learned_from


def test_no_classifier_is_needed_for_the_classes_that_come_with_it(monkeypatch):
    monkeypatch.setattr("explorer.classical.texture_classes.compare", lambda *_: pytest.fail("it is computed"))
    test = app("hierarchy", query={"hierarchy_view": "Two classes"})
    assert not test.exception
    assert [one.value for one in test.metric] == ["100 % of 64", "75 % of 64"]


def test_pictures_attacked_anew_are_fooled_as_often(nothing_computed):
    job = app("many").session_state["many"]
    _, net, images, norm, steps = job.key
    sizes = job.kept[0].epsilons
    anew = islice(success_rates(net, images, norm=norm, epsilons=sizes, steps=steps), 2)
    for before, now in zip(job.kept, anew, strict=False):
        assert (now.name, now.label, now.epsilons) == (before.name, before.label, before.epsilons)
        assert now.probability == pytest.approx(before.probability, abs=1e-3)
        assert abs(sum(now.fooled) - sum(before.fooled)) <= 1  # on another processor a last digit may differ
        assert abs(sum(now.noise_fooled) - sum(before.noise_fooled)) <= 1


def test_models_that_defend_read_as_was_measured_and_learn_so_anew():
    settings = AdversarialTraining()
    last, kept = read_defence(file_of(("defence", settings, 0)))
    _, held_out = split_digits()
    for way in WAYS:
        assert accuracy_of(is_correct(last.models[way], held_out, held_out.pictures)) == last.clean[way]
        robust = accuracy_of(is_robust_to_one_attack(last.models[way], held_out.first(200), settings.epsilon))
        assert robust == last.quick[way]
    first = next(train_adversarially(settings, seed=0, device="cpu"))
    for way in WAYS:
        assert kept[0][way] == pytest.approx(first.quick[way].value, abs=0.02)
    assert len([one for one in kept if one]) == last.number == settings.epochs
