"""What screens open with comes with the app, says what is computed anew, and is of that request only."""

from __future__ import annotations

from itertools import islice

import pytest

from explorer.attack_studies.many_pictures import success_rates
from explorer.cache import memo
from explorer.learning.adversarial_training import WAYS, AdversarialTraining, train_adversarially
from explorer.learning.digits import split_digits
from explorer.learning.robust_accuracy import accuracy_of, is_robust_to_one_attack, right
from explorer.learning.written_defence import read_defence
from explorer.opened import FOLDER, file_of
from explorer.scheduler import scheduler
from tests.support.open_screens import SCREENS, write
from tests.support.whole_app import app, shown


@pytest.mark.parametrize("page", SCREENS)
def test_a_screen_opens_with_it_and_computes_what_is_set_otherwise(page, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(scheduler, "run", lambda key, *_: asked.append(key) or pytest.fail("it is computed"))
    test = app(page)
    assert not test.exception
    job = test.session_state[SCREENS[page]]
    assert job.finished.is_set()
    assert not job.stopped
    assert "95 %" in shown(test)
    memo.drop(job.key)
    write(job, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == file_of(job.key).read_bytes()
    assert not file_of((*job.key[:-1], job.key[-1] + 1)).exists()  # another seed, or number of steps


def test_all_of_it_is_small_and_of_a_screen():
    files = list(FOLDER.iterdir())
    assert len(files) == len(SCREENS)
    assert sum(file.stat().st_size for file in files) < 3e6


def test_pictures_attacked_anew_are_fooled_as_often(monkeypatch):
    monkeypatch.setattr(scheduler, "run", lambda *_: pytest.fail("it is computed"))
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
        assert accuracy_of(right(last.models[way], held_out, held_out.pictures)) == last.clean[way]
        robust = accuracy_of(is_robust_to_one_attack(last.models[way], held_out.first(200), settings.epsilon))
        assert robust == last.quick[way]
    first = next(train_adversarially(settings, seed=0, device="cpu"))
    for way in WAYS:
        assert kept[0][way] == pytest.approx(first.quick[way].value, abs=0.02)
    assert len([one for one in kept if one]) == last.number == settings.epochs
