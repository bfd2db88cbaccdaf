"""What batch normalizations remember, as a prior: zero on the statistics, the same by the twin, with a gradient."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import torch
from torch import Generator, nn

import explorer
from explorer.compute import TurnQueue
from explorer.maximization import METHODS, MaximizationSettings, Unit, maximize
from explorer.maximization.ensemble import Member, companion, ensemble_of, member_of, penalized_scores
from explorer.maximization.gradient_ascent import ascended
from explorer.maximization.normalization_prior import (
    NormalizationPrior,
    deviation,
    recorded_names,
    running_statistics,
    statistics_distance,
)
from explorer.maximization.redirected_relu import ascent_gradient
from explorer.networks.gradients.folded import twin
from explorer.responses.activations import recorded
from tests.support.small import small_module, small_network

PRIOR = NormalizationPrior()


def without_kinks(seed, input_size):
    """A network whose normalizations remember something of their own."""
    torch.manual_seed(seed)
    parts = [nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.Softplus(), nn.Conv2d(6, 4, 3), nn.BatchNorm2d(4), nn.Softplus()]
    body = nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)).double()
    for part in body:
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.uniform_(-1, 1)
            part.running_var.uniform_(0.5, 2)
            nn.init.uniform_(part.weight, -2, 2)
            nn.init.uniform_(part.bias, -1, 1)
    return explorer.wrap_network(body.eval(), input_size=input_size)


@pytest.fixture(scope="module")
def normalized():
    return without_kinks(0, 12)


@pytest.fixture
def helper(monkeypatch):
    """Another network, at another size, that *two networks* asks too."""
    other = without_kinks(1, 15)
    monkeypatch.setattr(
        "explorer.maximization.ensemble.companion", lambda *given: other if given[-1].companions else None
    )
    return other


def costs(network, pictures, objectives, *, folded):
    wanted = [one.layer for one in objectives]
    found = recorded(network, pictures, {*wanted, *recorded_names(network, wanted, folded=folded)}, folded=folded)
    weights = [PRIOR.weight_of(network, one) for one in objectives]
    return PRIOR.penalties(network, weights, found, folded=folded)


def test_a_picture_with_the_very_statistics_costs_nothing():
    torch.manual_seed(0)
    body = nn.Sequential(nn.BatchNorm2d(3), nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.Flatten(), nn.Linear(5 * 100, 2))
    picture = torch.rand(1, 3, 12, 12)
    with torch.no_grad():
        for part, x in ((body[0], picture), (body[2], None)):
            x = body[1](body[0].eval()(picture)) if x is None else x
            part.running_mean, part.running_var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0) - part.eps
    network = explorer.wrap_network(body.eval(), input_size=12)
    unit = Unit("4", 1)
    for folded in (False, True):
        assert len(running_statistics(network, folded=folded)) == 2
        assert float(costs(network, picture, [unit], folded=folded)) == pytest.approx(0, abs=1e-6)
        assert float(costs(network, picture.flip(1), [unit], folded=folded)) > 0.1


def test_the_twin_says_the_same_of_unlikeness(lite0):
    assert twin(lite0).folded["conv_stem"] == "bn1"
    pictures = torch.cat([lite0.tensor(explorer.sample(name)) for name in ("cat", "flower")])
    units = [Unit("classifier", 3), Unit("classifier", 5)]
    apart, folded = (costs(lite0, pictures, units, folded=folded) for folded in (False, True))
    torch.testing.assert_close(apart, folded, rtol=1e-3, atol=1e-4)
    noise = torch.rand(2, 3, 224, 224, generator=Generator().manual_seed(0))
    assert float(costs(lite0, noise, units, folded=True).min()) > 1.5 * float(folded.max())


def test_a_picture_is_judged_by_its_own_views_together(normalized):
    (first, _) = running_statistics(normalized, folded=False)
    maps = torch.rand(6, 6, 5, 5, generator=Generator().manual_seed(0), dtype=torch.float64)
    together = statistics_distance(maps, first, 2)
    assert torch.allclose(together[0], statistics_distance(maps[:3], first, 1)[0])
    whole = maps[:3].transpose(0, 1).flatten(1)
    distance = ((whole.mean(1) - first.mean) / first.deviation).square()
    spread = (whole.var(1, correction=0) / first.deviation.square()).log().square() / 2
    assert float(together[0]) == pytest.approx(float((distance + spread).mean()))


@pytest.mark.parametrize("unit", [Unit("4", 1), Unit("8", 1), Unit("3", 2)], ids=["channel", "class", "folded away"])
@pytest.mark.parametrize("minimize", [False, True], ids=["up", "down"])
def test_its_gradient_is_finite_differences(normalized, unit, minimize):
    check_gradient(normalized, unit, "recognisable", minimize)


@pytest.mark.parametrize("minimize", [False, True], ids=["up", "down"])
def test_the_gradient_of_two_networks_sum_is_finite_differences(normalized, helper, minimize):
    unit = Unit(normalized.layers[-1].name, 1)
    both = check_gradient(normalized, unit, "two networks", minimize)
    alone = [check_gradient(one, unit, "recognisable", minimize) for one in (normalized, helper)]
    torch.testing.assert_close(both, alone[0] + alone[1])


def check_gradient(network, unit, method, minimize):
    """The gradient at the start of a climb, which is found to be what differences say."""
    preset = replace(METHODS[method], views=3)
    source, settings = Generator().manual_seed(1), MaximizationSettings(9, method=preset, minimize=minimize)
    x = preset.parameterization.start(9, source).double()[None]
    ensemble = ensemble_of(network, [unit], preset)
    views = [preset.transform.draw([Generator().manual_seed(2)], one.network.input_size, 3) for one in ensemble]

    def height(x):
        return ascended(ensemble, settings, preset.parameterization.pictures(x, 9), views).sum()

    y = x.clone().requires_grad_()
    gradient, _ = ascent_gradient(height(y), y, redirect=False)
    for _ in range(4):
        direction = torch.randn(x.shape, generator=source, dtype=torch.float64)
        moved = [x + sign * 1e-6 * direction for sign in (1, -1)]
        up, down = (float(height(one.requires_grad_()).detach()) for one in moved)
        assert float((gradient * direction).sum()) == pytest.approx((up - down) / 2e-6, rel=1e-4, abs=1e-7)
    return gradient


def test_minimizing_turns_the_score_round_and_not_the_cost(normalized):
    unit, x = Unit("8", 1), torch.rand(1, 3, 12, 12, generator=Generator().manual_seed(0), dtype=torch.float64)
    member = member_of(normalized, [unit], PRIOR)
    up, down = (float(penalized_scores(member, x, sign=sign)) for sign in (1, -1))
    assert up + down == pytest.approx(-2 * float(costs(normalized, x, [unit], folded=False)), rel=1e-4)
    assert up - down == pytest.approx(2 * float(penalized_scores(Member(normalized, (unit,)), x)), rel=1e-4)


def test_only_normalizations_up_to_the_unit_count(lite0):
    until = recorded_names(lite0, ["blocks.1"], folded=False)
    assert until[0] == "input of bn1"
    assert until[-1] == "input of blocks.1.1.bn3"
    whole = recorded_names(lite0, ["classifier"], folded=False)
    assert len(whole) == len(running_statistics(lite0, folded=False)) == 49


def test_a_units_values_are_measured_by_photographs(small):
    assert deviation(small, Unit("2.relu", 3)) > 0
    unit, last = Unit("2.relu", 3), Unit(small.layers[-1].name, 1)
    x = torch.rand(1, 3, 32, 32)
    plain = penalized_scores(Member(small, (unit,)), x)
    assert float(penalized_scores(member_of(small, [unit], PRIOR), x)) == pytest.approx(
        float(plain) - float(costs(small, x, [unit], folded=False))
    )
    ratio = float(costs(small, x, [unit], folded=False)) / deviation(small, unit)
    assert ratio > 0
    assert float(costs(small, x, [last], folded=False)) > 0


def test_without_normalizations_it_costs_nothing():
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 26 * 26, 10))
    network = explorer.wrap_network(body, input_size=28)
    assert running_statistics(network, folded=True) == ()
    assert costs(network, torch.rand(1, 3, 28, 28), [Unit("3", 5)], folded=False).tolist() == [0]


def test_a_class_is_asked_of_another_network_too_and_no_other_unit(lite0, small):
    two = METHODS["two networks"]
    daisy = Unit("classifier", lite0.class_index("daisy"))
    other = companion(lite0, [daisy], two)
    assert other.name == "efficientnet_lite1"
    mine, theirs = ensemble_of(lite0, [daisy, daisy], two)
    assert (mine.network, theirs.network) == (lite0, other)
    assert [other.labels[one.channel] for one in theirs.objectives] == ["daisy", "daisy"]
    assert companion(other, [daisy], two).name == "efficientnet_lite0"
    assert companion(lite0, [daisy, Unit("blocks.1", 0)], two) is None
    assert companion(lite0, [daisy], METHODS["recognisable"]) is None
    network = explorer.wrap_network(small_module(), input_size=32)  # whose classes have other names
    assert companion(network, [Unit(network.layers[-1].name, 1)], two) is None


@pytest.mark.timeout(120)
def test_what_the_prior_weighs_is_found_before_a_turn_at_computing_is_taken(monkeypatch):
    """A second turn asked for from within the first is never given where there is one, or where all ask at once."""
    monkeypatch.setattr("explorer.compute._turns", TurnQueue(1))
    network = small_network(11)  # of which no photograph has been measured yet
    steps = maximize(network, Unit("2.relu", 3), size=32, steps=18, method="recognisable")
    climb = threading.Thread(target=lambda: list(steps), daemon=True)
    climb.start()
    climb.join(60)
    assert not climb.is_alive()
