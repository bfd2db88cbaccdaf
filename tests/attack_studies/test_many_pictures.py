"""Many pictures are counted as each alone would be, attack and noise apart."""

from __future__ import annotations

import csv
import io

import pytest
import torch

import explorer
from explorer.attack_studies import many_pictures
from explorer.attack_studies.many_pictures import PictureResult, rates, success_rates
from explorer.attack_studies.success_table import table
from explorer.attacks import AttackError
from explorer.confidence_intervals import wilson, wilson_by_cluster
from tests.support.small import noisy_picture


def test_many_pictures_are_counted_as_each_alone(small):
    images = [noisy_picture(seed) for seed in range(5)]
    settings = {"norm": "linf", "epsilons": (0.0, 0.3 / 255, 4 / 255, 32 / 255), "steps": 4, "draws": 3}
    results = list(success_rates(small, [*images, images[0]], **settings))
    assert [r.name for r in results] == [i.name for i in images]
    for result in results:
        assert result.fooled[:2] == (False, False)  # ε of 0, and one below a level
        assert list(result.fooled) == sorted(result.fooled)
        assert result.noise_fooled[:2] == (0, 0)
        for fooled, became in zip(result.fooled, result.became, strict=True):
            assert fooled == (became != result.label)
    alone = [explorer.attack(small, image, epsilon=32 / 255, steps=4) for image in images]
    counted = rates(results)
    assert counted[-1].fooled >= sum(found.success for found in alone)
    assert counted[-1].pictures == 5
    assert counted[-1].noises == 15
    assert counted[-1].interval == wilson(counted[-1].fooled, 5)
    lines = list(csv.DictReader(io.StringIO(table(results).decode())))
    assert len(lines) == 5 * 4
    assert sum(int(line["fooled"]) for line in lines) == sum(rate.fooled for rate in counted)
    assert rates([]) == []
    with pytest.raises(AttackError, match="at least one picture"):
        next(success_rates(small, [], norm="linf", epsilons=[0.1]))


def test_noise_and_words_of_many_are_those_of_each_alone(small, near_a_border):
    sizes, noise = (1 / 255, 8 / 255), explorer.random_perturbation
    (result,) = success_rates(small, [near_a_border], norm="linf", epsilons=sizes, steps=4, draws=8, seed=3)
    for place, epsilon in enumerate(sizes):
        alone = [noise(small, near_a_border, norm="linf", epsilon=epsilon, seed=3 + draw) for draw in range(8)]
        assert result.noise_fooled[place] == sum(one.success for one in alone)
    assert result.noise_fooled[1] > 0
    first = explorer.attack(small, near_a_border, epsilon=sizes[0], steps=4)
    assert result.became[0] == first.after[0][0]
    assert result.smallest == (sizes[0] if first.success else sizes[1] if result.fooled[1] else None)
    assert result.probability == pytest.approx(small.predict(near_a_border, 1)[0][1], abs=1e-6)


def test_many_are_attacked_as_asked_and_only_until_fooled(small, noisy, monkeypatch):
    asked, seeds = [], []
    blue = torch.tensor([0.0, 0.0, 1.0]).view(1, 3, 1, 1)

    def fake(model, pictures, classes, **how):
        asked.append(how)
        return torch.zeros_like(pictures) + blue

    def tossed(start, norm, epsilon, seed):
        seeds.append(seed)
        return torch.zeros_like(start) + blue

    monkeypatch.setattr(many_pictures, "attack_batch", fake)
    monkeypatch.setattr(many_pictures, "random_border", tossed)
    (result,) = success_rates(
        small, [noisy], norm="linf", epsilons=[1.0, 0.0, 0.3 / 255, 0.9], steps=4, momentum=0.7, draws=3, seed=5
    )
    assert seeds == [5, 6, 7] * 4
    assert result.epsilons == (0.0, 0.3 / 255, 0.9, 1.0)
    assert result.fooled == (False, False, True, True)
    assert result.noise_fooled[:2] == (0, 0)  # rounded to within nothing
    assert result.noise_fooled[-1] == 3
    assert result.smallest == 0.9
    assert asked == [{"norm": "linf", "epsilon": e, "steps": 4, "momentum": 0.7} for e in (0.3 / 255, 0.9)]
    with pytest.raises(AttackError, match="at least one step"):
        next(success_rates(small, [noisy], norm="linf", epsilons=[0.1], steps=0))


def test_rates_and_their_file_keep_attack_and_noise_apart():
    results = [PictureResult("a.png", "cat", 0.5, (0.1, 0.2), (False, True), ("cat", "dog"), (1, 3), 4),
               PictureResult("b.png", "dog", 0.9, (0.1, 0.2), (False, False), ("dog", "dog"), (0, 1), 4)]  # fmt: skip
    low, high = rates(results)
    assert (low.fooled, low.pictures, low.noise_fooled, low.noises) == (0, 2, 1, 8)
    assert (high.share, high.noise_share) == (0.5, 0.5)
    assert (high.interval, high.noise_interval) == (wilson(1, 2), wilson_by_cluster((3, 1), 4))
    lines = list(csv.DictReader(io.StringIO(table(results).decode())))
    assert lines[1] == {
        "picture": "a.png", "label": "cat", "probability": "0.500000", "epsilon": "0.2", "fooled": "1",
        "became": "dog", "noise_fooled": "3", "noise_draws": "4",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
def test_no_cell_of_the_table_is_a_formula(name):
    odd = PictureResult(name, name, 0.5, (0.1,), (True,), (name,), (0,), 8)
    (line,) = csv.DictReader(io.StringIO(table([odd]).decode(), newline=""))
    assert [line[column] for column in ("picture", "label", "became")] == [f"'{name}"] * 3
    assert line["probability"] == "0.500000"
