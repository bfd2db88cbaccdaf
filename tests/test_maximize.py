"""Maximization: right gradients, known maxima, the same bits for the same seed, and a network left as it was."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from threading import Thread

import numpy as np
import pytest
import torch
from torch import Generator, nn

import explorer
from explorer import compute
from explorer.compute import cores
from explorer.maximization import METHODS, MaximizationSettings, MaximizeError, Unit, maximize
from explorer.maximization.ensemble import companion, ensemble_of, scores_of_views
from explorer.maximization.gradient_ascent import ascend, ascended, gradient_ascent, scores
from explorer.maximization.optimizers import NormalizedGradient
from explorer.maximization.redirected_relu import ascent_gradient
from explorer.networks.loading import NetworkError
from tests.support.small import small_module, small_network

BEHIND = Unit("2.relu", 3)  #: comes after the small network's one batch normalization, so that the prior weighs it


def last(steps):
    *_, step = steps
    return step


def redirected_steps(monkeypatch, count):
    """The prior weighs nothing before so many steps are done."""
    monkeypatch.setattr("explorer.maximization.gradient_ascent.REDIRECTED_STEPS", count)


# --- gradients and maxima ---


@pytest.fixture(scope="module")
def smooth():
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Softplus(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    return explorer.wrap_network(body.double(), input_size=8)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("unit", [Unit("1", 2), Unit("0", 1, (3, 4)), Unit("4", 1)], ids=["channel", "neuron", "class"])
@pytest.mark.parametrize("sign", [1, -1], ids=["up", "down"])
def test_gradients_are_finite_differences(smooth, method, unit, sign):
    preset = METHODS[method]
    source = Generator().manual_seed(1)
    x = preset.parameterization.start(7, source).double()[None]
    views = preset.transform and preset.transform.draw([source], 8, preset.views)
    settings = MaximizationSettings(7, method=method, minimize=sign < 0)
    ensemble = ensemble_of(smooth, [unit], preset)

    def height(x):
        return ascended(ensemble, settings, preset.parameterization.pictures(x, 7), [views]).sum()

    x.requires_grad_()
    gradient, _ = ascent_gradient(height(x), x, redirect=False)
    x = x.detach()
    for _ in range(4):
        direction = torch.randn(x.shape, generator=source, dtype=torch.float64)
        slope = height(x + 1e-6 * direction) - height(x - 1e-6 * direction)
        assert float((gradient * direction).sum()) == pytest.approx(float(slope) / 2e-6, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("minimize", [False, True])
def test_the_maximizer_of_a_linear_unit_is_its_sign_pattern(minimize):
    body = nn.Sequential(nn.Flatten(), nn.Linear(3 * 6 * 6, 2))
    source = np.random.default_rng(0)
    weights = source.uniform(0.5, 1.5, (2, 108)) * source.choice([-1, 1], (2, 108))
    body[1].load_state_dict({"weight": torch.from_numpy(weights), "bias": torch.zeros(2)})
    network = explorer.wrap_network(body, input_size=6)
    step = last(maximize(network, Unit("1", 1), size=6, steps=150, method="pixels", minimize=minimize))
    best = (weights[1].reshape(3, 6, 6).transpose(1, 2, 0) > 0) != minimize
    assert np.array_equal(step.image.pixels, best.astype(np.float32))
    assert step.score == pytest.approx(weights[1].clip(*((None, 0) if minimize else (0, None))).sum(), rel=1e-5)


class Quadratic(nn.Module):
    """Minus the squared distance to a colour."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        target = torch.tensor([0.7, 0.6, 0.45]).view(1, 3, 1, 1)
        return -(x - target).square().mean((1, 2, 3)).unsqueeze(1)


@pytest.mark.parametrize("method", ["pixels", "robust"])
def test_the_maximizer_of_a_quadratic_unit_is_its_centre(method):
    network = explorer.wrap_network(Quadratic(), input_size=8)
    preset = METHODS[method]
    if preset.transform:  # noise would pull the maximum to the inside
        preset = replace(preset, transform=replace(preset.transform, noise=0))
    step = last(maximize(network, Unit("output", 1), size=8, steps=150, method=preset))
    assert np.abs(step.image.pixels - [0.7, 0.6, 0.45]).mean() < 0.02


def test_the_score_is_the_units_value_in_the_unrounded_picture(small):
    for unit in [Unit("2.relu", 3), Unit("2.relu", 3, (2, 5)), Unit(small.layers[-1].name, 7)]:
        step = last(maximize(small, unit, size=32, steps=4))
        maps = explorer.feature_maps(small, step.image, unit.layer)[unit.channel]
        value = maps.mean() if unit.position is None else maps[unit.position]
        assert step.score == pytest.approx(float(value), abs=0.02)
        pictures = last(ascend(small, [unit], [0], MaximizationSettings(32, 4))).pictures
        assert step.score == float(scores(small, pictures, [unit])[0])
        assert np.abs(step.image.pixels - pictures[0].permute(1, 2, 0).numpy()).max() <= 0.5 / 255 + 1e-6


@pytest.mark.parametrize("method", METHODS)
def test_the_score_of_a_real_channel_rises(lite0, method):
    count = 24 if METHODS[method].prior else 8  # the prior's methods begin with the whole, and slower
    steps = list(maximize(lite0, Unit("blocks.3", 5), size=64, steps=count, method=method))
    assert [step.number for step in steps] == list(range(count + 1))
    assert steps[-1].score > steps[0].score + 2
    assert not steps[-1].dead
    assert steps[-1].image.pixels.shape == (64, 64, 3)
    assert steps[0].image.pixels.mean() == pytest.approx(0.5, abs=0.01)


def test_minimizing_goes_down(small):
    steps = list(maximize(small, Unit("0", 1), size=32, steps=8, minimize=True))
    assert steps[-1].score < steps[0].score - 0.1


# --- the same bits, alone and in company ---


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(small, method, monkeypatch):
    def pictures(seed):
        steps = maximize(small, BEHIND, size=32, steps=3, seed=seed, method=method)
        return [step.image.digest for step in steps]

    redirected_steps(monkeypatch, 0)
    torch.manual_seed(1)
    first = pictures(0)
    torch.rand(5)  # whatever others draw
    assert pictures(0) == first
    assert not set(pictures(1)) & set(first)


def test_two_networks_give_the_same_bits_for_the_same_seed(lite0, monkeypatch):
    redirected_steps(monkeypatch, 0)
    daisy = Unit("classifier", lite0.class_index("daisy"))
    assert companion(lite0, [daisy], METHODS["two networks"]) is not None

    def pictures():
        return [step.image.digest for step in maximize(lite0, daisy, size=48, steps=1, method="two networks")]

    first = pictures()
    torch.rand(5)
    assert pictures() == first
    assert first[0] != first[1]


def passes_at_once(monkeypatch, count):
    monkeypatch.setattr("explorer.maximization.gradient_ascent.passes_at_once", lambda: count)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("method", METHODS)
def test_a_picture_comes_out_of_a_batch_as_it_does_alone(small, method, count, monkeypatch):
    units = [Unit("0", 1), Unit(small.layers[-1].name, 4), Unit("2", 2, (3, 3)), Unit("0", 5)]
    seeds, settings = [3, 1, 4, 1], MaximizationSettings(24, 5, method)
    passes_at_once(monkeypatch, 1)
    alone = [last(ascend(small, [unit], [seed], settings)).pictures[0] for unit, seed in zip(units, seeds, strict=True)]
    passes_at_once(monkeypatch, count)
    together = last(ascend(small, units, seeds, settings)).pictures
    torch.testing.assert_close(together, torch.stack(alone), atol=2e-3 if count == 1 else 0, rtol=0)


# --- the network stays as it was ---


def fingerprint(network):
    hooks = [
        len(m._forward_hooks) + len(m._forward_pre_hooks) + len(m._backward_hooks) for m in network.module.modules()
    ]
    modes = [m.training for m in network.module.modules()]
    grads = [(p.requires_grad, p.grad is None) for p in network.module.parameters()]
    return hooks, modes, grads, [t.sum().item() for t in network.module.state_dict().values()]


@pytest.fixture
def helped(small, monkeypatch):
    """A small network beside the usual one, of which *two networks* asks its class, too."""
    other = small_network(5)
    monkeypatch.setattr(
        "explorer.maximization.ensemble.companion", lambda *given: other if given[-1].companions else None
    )
    return other


@pytest.mark.parametrize("method", METHODS)
def test_the_networks_are_left_as_they_were(small, helped, method, monkeypatch):
    redirected_steps(monkeypatch, 1)
    before = fingerprint(small), fingerprint(helped)
    list(maximize(small, Unit(small.layers[-1].name, 1), size=32, steps=3, method=method))
    assert (fingerprint(small), fingerprint(helped)) == before


def test_an_in_place_relu_does_not_overwrite_what_is_climbed(small):
    x = torch.rand(2, 3, 32, 32, generator=Generator().manual_seed(0))
    convolution = small.module.body[0]
    expected = convolution((x - 0.5) / 0.25)
    units = [Unit("0", int(expected[0].mean((1, 2)).argmin())), Unit("1", 0)]
    assert expected[0, units[0].channel].mean() < 0
    found = scores_of_views(small, x, units)
    torch.testing.assert_close(found[0], expected[0, units[0].channel].mean())
    torch.testing.assert_close(found[1], expected[1, 0].relu().mean())


def test_a_climb_that_waits_for_its_turn_holds_no_graph(small):
    climb = gradient_ascent(small, [Unit("2", 1)], [0], MaximizationSettings(32, 5))
    for _ in range(3):  # within the steps whose graph is kept for a second pass
        next(climb)
    held = climb.gi_frame.f_locals
    assert [name for name, value in held.items() if getattr(value, "grad_fn", None) is not None] == []
    climb.close()


@pytest.mark.parametrize("method", METHODS)
def test_closing_at_any_step_leaves_nothing_behind(small, helped, method, monkeypatch):
    redirected_steps(monkeypatch, 1)
    before = fingerprint(small), fingerprint(helped)
    for steps_taken in (0, 1, 3):
        climb = maximize(small, Unit(small.layers[-1].name, 1), size=32, steps=5, method=method)
        for _ in range(steps_taken):
            next(climb)
            assert torch.is_grad_enabled()
            assert not torch.is_inference_mode_enabled()
        climb.close()
    taken: list[None] = []
    taking = Thread(target=lambda: taken.extend(compute._turns.take() for _ in range(cores())), daemon=True)
    taking.start()
    taking.join(20)
    assert len(taken) == cores(), "a turn at a heavy pass was not given back"
    for _ in taken:
        compute._turns.give()
    assert (fingerprint(small), fingerprint(helped)) == before


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_the_callers_gradient_mode_makes_no_difference(small, mode):
    expected = last(maximize(small, Unit("0", 2), size=32, steps=3)).image
    with mode():
        assert last(maximize(small, Unit("0", 2), size=32, steps=3)).image == expected


# --- dead units ---


@pytest.fixture(scope="module")
def dead():
    """Channel 0 of the ReLU fires above a brightness of 0.8 only; 1 never can; 2 always does; 3 here and there."""
    convolution = nn.Conv2d(3, 4, 3)
    weights = torch.ones(4, 3, 3, 3) * torch.tensor([4 / 27, 0.0, 4 / 27, 4 / 27]).view(4, 1, 1, 1)
    convolution.load_state_dict({"weight": weights, "bias": torch.tensor([-3.2, -1.0, 0.0, -2.0])})
    body = nn.Sequential(convolution, nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    return explorer.wrap_network(body, input_size=16)


@pytest.mark.parametrize(
    "method", [replace(METHODS["pixels"], optimizer=NormalizedGradient(0.05)), "robust", "maco", "recognisable"]
)
def test_a_unit_that_is_dead_at_the_start_comes_to_life(dead, method):
    steps = list(maximize(dead, Unit("1", 0), size=16, steps=40, method=method))
    assert steps[0].score == 0
    assert steps[1].dead
    assert steps[-1].score > 0.01
    assert not steps[-1].dead


def test_a_dead_neuron_deep_in_a_real_network_comes_to_life(lite0):
    steps = list(maximize(lite0, Unit("blocks.5.3.bn2.act", 144, (3, 3)), size=96, steps=8))
    assert steps[0].score == 0
    assert steps[1].dead
    assert steps[-1].score > 0


def test_without_redirection_it_stays_dead_and_says_so(dead, monkeypatch):
    redirected_steps(monkeypatch, 0)
    steps = list(maximize(dead, Unit("1", 0), size=16, steps=20, method="robust"))
    assert [step.score for step in steps] == [0] * 21
    assert all(step.dead for step in steps[1:])


def test_a_unit_that_no_picture_excites_is_reported(dead):
    steps = list(maximize(dead, Unit("1", 1), size=16, steps=20))
    assert steps[-1].score == 0
    assert steps[-1].dead


def test_silencing_a_unit_is_not_death(dead):
    steps = list(maximize(dead, Unit("1", 2), size=16, steps=120, method="pixels", minimize=True))
    assert steps[0].score > 1
    assert steps[-1].score == pytest.approx(0, abs=1e-5)
    assert not steps[-1].dead


@pytest.mark.parametrize("count", [1, 2])
def test_only_the_dead_of_a_batch_are_redirected(dead, count, monkeypatch):
    passes_at_once(monkeypatch, count)
    units, settings = [Unit("1", 0), Unit("1", 3)], MaximizationSettings(16, 6, "robust")
    together = list(ascend(dead, units, [0, 0], settings))
    alone = last(ascend(dead, units[1:], [0], settings))
    assert together[1].zero_gradient.tolist() == [True, False]
    torch.testing.assert_close(together[-1].pictures[1], alone.pictures[0], atol=1e-4, rtol=0)


def test_a_layer_that_lets_no_gradient_through_is_refused():
    class Thresholded(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return (x.mean((2, 3)) > 0.7).float()

    network = explorer.wrap_network(Thresholded(), input_size=8)
    with pytest.raises(NetworkError, match="no gradient from here back to the picture"):
        last(maximize(network, Unit("output", 1), size=8, steps=2))


# --- sizes, and settings that can't be used ---


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [20, 40])
def test_the_network_sees_pictures_of_any_size_at_its_own(method, size):
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 26 * 26, 10))
    network = explorer.wrap_network(body, input_size=28)  # takes no other
    steps = list(maximize(network, Unit("3", 5), size=size, steps=5, method=method))
    assert steps[-1].image.pixels.shape == (size, size, 3)
    assert steps[-1].score > steps[0].score


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        (Unit("2.frist", 0), "2.first"),
        (Unit("0", 8), "channels 0 to 7, not 8"),
        (Unit("0", -1), "channels 0 to 7, not -1"),
        (Unit("0", 0, (16, 0)), r"rows 0 to 15 and columns 0 to 15, not \(16, 0\)"),
        (Unit("6", 0, (0, 1)), r"rows 0 to 0 and columns 0 to 0, not \(0, 1\)"),
    ],
)
def test_unknown_units_are_refused_before_the_first_step(small, unit, words):
    with pytest.raises(NetworkError, match=words):
        maximize(small, unit)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"method": "magic"}, "decay, blur, contribution, robust, maco, recognisable, two networks, not 'magic'"),
        ({"size": 3}, "4 to 2048 whole pixels, not 3"),
        ({"size": 99.5}, "whole pixels, not 99.5"),
        ({"steps": 0}, "at least one step, not 0"),
    ],
)
def test_impossible_settings_are_refused_before_the_first_step(small, settings, words):
    with pytest.raises(MaximizeError, match=words):
        maximize(small, Unit("0", 0), **settings)


IMPORTS = """
import sys
for first in ["explorer.Unit", "__import__('explorer.maximization')", "__import__('explorer.maximization.presets')"]:
    for name in [name for name in sys.modules if name.startswith("explorer")]:
        del sys.modules[name]
    import explorer
    eval(first)
    try:
        explorer.maximize(None, explorer.Unit("0", 0), method="magic")
    except ValueError as error:
        print(type(error).__name__)
"""


def test_the_function_is_there_whatever_was_imported_first():
    ran = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["MaximizeError"] * 3


def test_visitors_at_the_same_time_do_not_disturb_each_other():
    network = explorer.wrap_network(small_module(3), input_size=32)
    wanted = [Unit("0", 1), Unit("2.relu", 4), Unit("6", 3)]
    expected = [last(maximize(network, unit, size=32, steps=3)).image for unit in wanted]
    found = {}

    def visit(number):
        found[number] = last(maximize(network, wanted[number % 3], size=32, steps=3)).image

    threads = [Thread(target=visit, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(9)] == expected * 3
