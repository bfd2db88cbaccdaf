"""Studies of attacks, counted again by hand: each change, direction, layer, draw and verdict alone."""

import csv
import io
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch import nn

import explorer
from explorer.attack_studies import checks, epsilon_curves, many_pictures
from explorer.attack_studies.checks import sanity_checks
from explorer.attack_studies.epsilon_curves import epsilon_curve
from explorer.attack_studies.explanations import layer_moves, linear_view, main_layers
from explorer.attack_studies.many_pictures import PictureResult, rates, success_rates, to_csv
from explorer.attack_studies.surfaces import loss_surface
from explorer.attack_studies.survival import TRANSFORMATIONS, survival
from explorer.attack_studies.transfer import Verdict, transfer
from explorer.attacks import AttackError, equal_noise, find_goal
from explorer.pictures.images import from_array, resize_crop
from explorer.statistics import wilson

DRAWN = np.random.default_rng(0).integers(0, 256, (24, 24, 3), np.uint8)
SMOOTH = np.clip(ndimage.gaussian_filter(DRAWN.astype(float), (2, 2, 0)) * 3 - 250, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def noisy():
    return from_array(np.random.default_rng(3).integers(0, 256, (32, 32, 3), np.uint8))


@pytest.fixture(scope="module")
def fooled(small, noisy):
    """An attack, its control, and the goal."""
    goal = find_goal(small, noisy)
    found = explorer.attack(small, noisy, epsilon=16 / 255)
    return found, equal_noise(small, noisy, found, goal, norm="linf", seed=4), goal


@pytest.fixture(scope="module")
def near_a_border(small):
    """A picture that a few levels of noise make another class of, as the smallest change leaves it."""
    drawn = from_array(np.random.default_rng(13).integers(0, 256, (32, 32, 3), np.uint8))
    return explorer.attack(small, drawn, method="minimal", steps=60).adversarial


@pytest.mark.parametrize("sigma", [0.5, 1.0])
def test_blur_is_a_gaussian(sigma):
    name = {0.5: "Blurred, σ = 0.5 pixel", 1.0: "Blurred, σ = 1 pixel"}[sigma]
    expected = ndimage.gaussian_filter(SMOOTH.astype(float), (sigma, sigma, 0), mode="mirror")
    assert np.abs(TRANSFORMATIONS[name](SMOOTH) - expected).max() <= 2.5  # OpenCV's kernel ends earlier
    assert np.abs(SMOOTH - expected).max() > 5


def test_a_shift_moves_right_and_down_and_repeats_the_border():
    moved = TRANSFORMATIONS["Shifted by 8 pixels"](DRAWN)
    assert np.array_equal(moved[8:, 8:], DRAWN[:-8, :-8])
    assert (moved[:8, 8:] == DRAWN[0, :-8]).all()
    assert np.array_equal(TRANSFORMATIONS["Shifted by 1 pixel"](DRAWN)[1:, 1:], DRAWN[:-1, :-1])


def test_reducing_loses_what_is_fine_and_more_the_smaller_it_gets():
    def lost(name):
        return float(np.square(TRANSFORMATIONS[name](DRAWN).astype(float) - DRAWN).mean())

    assert 100 < lost("Resized to ¾ and back") < lost("Resized to ½ and back")
    board = np.repeat(255 * (np.indices((24, 24)).sum(0) % 2)[..., None], 3, axis=2).astype(np.uint8)
    assert np.abs(TRANSFORMATIONS["Resized to ½ and back"](board).astype(int) - 128).max() <= 1  # none is left out
    means = np.abs(TRANSFORMATIONS["Resized to ½ and back"](SMOOTH).mean((0, 1)) - SMOOTH.mean((0, 1)))
    assert means.max() < 2  # what is coarse stays


@pytest.mark.parametrize(("name", "sigma"), [("Noise, σ = 4 levels", 4), ("Noise, σ = 16 levels", 16)])
def test_noise_has_its_spread_and_is_always_the_same(name, sigma):
    grey = np.full((64, 64, 3), 128, np.uint8)
    changed = TRANSFORMATIONS[name](grey).astype(float) - 128
    assert changed.std() == pytest.approx(sigma, rel=0.05)
    assert abs(changed.mean()) < sigma / 20
    assert np.array_equal(TRANSFORMATIONS[name](grey), TRANSFORMATIONS[name](grey))


def test_without_colour_each_pixel_is_its_brightness():
    changed = TRANSFORMATIONS["Without colour"](DRAWN)
    expected = DRAWN @ [0.299, 0.587, 0.114]  # Rec. ITU-R BT.601
    assert np.abs(changed - expected[..., None]).max() <= 1


def test_only_nothing_and_png_lose_nothing():
    same = [name for name, change in TRANSFORMATIONS.items() if np.array_equal(change(DRAWN), DRAWN)]
    assert same == ["Nothing: as computed", "Saved as PNG, opened again"]


def test_each_of_the_three_pictures_is_judged_by_what_is_said_of_it(small, near_a_border):
    goal = find_goal(small, near_a_border)
    found = explorer.attack(small, near_a_border, epsilon=8 / 255)
    draws = (equal_noise(small, near_a_border, found, goal, norm="linf", seed=seed) for seed in range(20))
    control = next(one for one in draws if one.success)  # noise that fools, where the clean picture doesn't
    for row in survival(small, found, control, goal):
        changed = [
            small.predict(from_array(TRANSFORMATIONS[row.name](one.uint8)), 1)[0]
            for one in (found.original, found.adversarial, control.adversarial)
        ]
        assert [row.clean, row.adversarial, row.noise] == changed
        assert [row.clean_fooled, row.fooled, row.noise_fooled] == [said != found.label for said, _ in changed]


class Probe(nn.Module):
    """Keeps what it is shown."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner, self.seen = inner, list[torch.Tensor]()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen.append(x.detach().clone())
        return self.inner(x)


def test_the_random_direction_of_a_surface_is_as_long_as_the_attacks(small):
    grey = from_array(np.random.default_rng(1).integers(100, 156, (32, 32, 3), np.uint8))  # far from 0 and 1
    network = explorer.wrap_network(Probe(small.module), input_size=32)
    probe = next(one for one in network.module.modules() if isinstance(one, Probe))  # a copy was wrapped
    found = explorer.attack(network, grey, epsilon=4 / 255)
    probe.seen.clear()
    list(loss_surface(network, grey, found, find_goal(network, grey), points=3, reach=1.0))
    down, level, up = probe.seen[-3:]
    start, change = network.tensor(found.original)[0], torch.tensor(found.perturbation).permute(2, 0, 1)
    torch.testing.assert_close(level[1], start)
    torch.testing.assert_close(up[1] - start, change)
    torch.testing.assert_close(down[1] - start, -change)
    noise = level[2] - start
    torch.testing.assert_close(level[0] - start, -noise)
    assert float(noise.norm()) == pytest.approx(found.l2, rel=1e-4)
    assert abs(float((noise * change).sum())) < 0.2 * found.l2**2  # another direction
    white = from_array(np.full((32, 32, 3), 255, np.uint8))
    probe.seen.clear()
    list(loss_surface(network, white, found, find_goal(network, grey), points=3))
    assert max(float(x.max()) for x in probe.seen) <= 1
    with pytest.raises(AttackError, match="at least 2 points"):
        next(loss_surface(network, grey, found, find_goal(network, grey), points=1))


def test_a_curves_draws_are_counted_one_by_one(small, noisy):
    goal = find_goal(small, noisy)
    (point,) = epsilon_curve(small, noisy, goal, norm="linf", epsilons=[128 / 255], steps=3, draws=20, seed=2)
    start = small.tensor(noisy)
    found = []
    for first, count in ((0, 16), (16, 4)):  # in batches of 16, each with a seed of its own
        coin = torch.randn((count, *start.shape[1:]), generator=torch.Generator().manual_seed(2 + first)).sign()
        levels = ((start * 255).round() + 128 * coin).clamp(0, 255)
        found.append(small.module(levels / 255).softmax(1))
    shares = torch.cat(found)
    np.testing.assert_allclose(point.label, shares[:, goal.label], atol=1e-5)
    assert point.fooled == int((shares.argmax(1) != goal.label).sum())
    assert 0 < point.fooled < 20
    assert point.interval[0] < point.fooled / 20 < point.interval[1]
    with pytest.raises(AttackError, match="not 1 and 0"):
        next(epsilon_curve(small, noisy, goal, norm="linf", epsilons=[0.1], draws=0))


def test_a_curve_keeps_the_best_when_a_larger_epsilon_finds_less(small, noisy, monkeypatch):
    strong, none = (explorer.attack(small, noisy, epsilon=size) for size in (16 / 255, 0.0))
    found = iter([strong, none])
    monkeypatch.setattr(epsilon_curves, "_attack", lambda *_: next(found))
    first, second = epsilon_curve(
        small, noisy, find_goal(small, noisy), norm="linf", epsilons=[16 / 255, 32 / 255], draws=1
    )
    assert first.found is second.found is strong
    assert second.attack_label == first.attack_label < 0.9 * dict(strong.before)[strong.label]


def test_transfers_control_is_noise_and_a_strange_target_is_left_out(small, noisy):
    other = explorer.wrap_network(small.module, input_size=48, labels=[f"thing {i}" for i in range(10)], name="other")
    target = small.labels[(find_goal(small, noisy).label + 1) % 10]
    found = transfer([("a", small), ("b", other)], noisy, norm="linf", epsilon=16 / 255, target=target, steps=4)
    aimed = explorer.attack(small, noisy, epsilon=16 / 255, target=target, steps=4)
    free = explorer.attack(other, noisy, epsilon=16 / 255, steps=4)
    noise = explorer.random_perturbation(small, noisy, norm="linf", epsilon=16 / 255)
    for verdict, (one, network) in zip(
        found, [(one, network) for one in (aimed, free, noise) for network in (small, other)], strict=True
    ):
        said = [
            network.predict(resize_crop(shown, network.input_size, network.input_size), 1)[0]
            for shown in (one.adversarial, one.original)
        ]
        assert [verdict.said, verdict.clean] == said
    with pytest.raises(AttackError, match="from 0 on"):
        next(transfer([("a", small)], noisy, norm="linf", epsilon=-1))


def test_less_sure_of_the_same_word_is_not_fooled():
    assert not Verdict("a", "b", ("cat", 0.4), ("cat", 0.9)).fooled
    assert Verdict("a", "b", ("dog", 0.4), ("cat", 0.9)).fooled


def test_the_linear_views_rival_is_the_target_and_its_noise_is_drawn_anew(small, noisy):
    label = find_goal(small, noisy).label
    last = int(small.module(small.tensor(noisy))[0].argmin())  # not the one that the network names second
    aimed = linear_view(small, noisy, find_goal(small, noisy, last), norm="linf", epsilon=0.1)
    free = linear_view(small, noisy, find_goal(small, noisy), norm="linf", epsilon=0.1)
    logits = small.module(small.tensor(noisy))[0]
    assert aimed.rival == small.labels[last]
    assert aimed.margin == pytest.approx(float(logits[last] - logits[label]), abs=1e-4)
    assert free.rival == small.predict(noisy, 2)[1][0]
    assert len(np.unique(free.measured_noise)) == 16


def test_a_block_that_ends_as_its_last_part_does_is_told_once():
    nested = nn.Sequential(nn.Sequential(nn.Conv2d(3, 4, 1)), nn.Flatten(), nn.Linear(4 * 8 * 8, 3))
    network = explorer.wrap_network(nested, input_size=8)
    picture = from_array(DRAWN[:8, :8])
    found = explorer.attack(network, picture, epsilon=16 / 255)
    moves = layer_moves(network, found, found)
    assert len(main_layers(network)) > len(moves) >= 2
    assert all(not one.equals(two) for one, two in pairwise(moves))


def test_layers_tell_the_controls_way_too(small, fooled):
    found, control, _ = fooled
    moves = layer_moves(small, found, control)
    assert moves[-1].layer == main_layers(small)[-1].name or moves[-1].layer in [one.name for one in small.layers]
    for move in moves[:2]:
        clean, changed = (explorer.feature_maps(small, p, move.layer) for p in (found.original, control.adversarial))
        assert move.noise == pytest.approx(np.linalg.norm(changed - clean) / np.linalg.norm(clean), rel=1e-4)
        np.testing.assert_allclose(move.noise_channels, changed.mean((1, 2)) - clean.mean((1, 2)), atol=1e-5)
    ranked = moves[0].most_moved(3)
    assert list(np.abs(moves[0].channels)[ranked]) == sorted(np.abs(moves[0].channels), reverse=True)[:3]


def test_main_layers_are_few_shallow_and_end_with_the_last():
    deep = explorer.wrap_network(
        nn.Sequential(*[nn.Sequential(nn.Sequential(nn.Conv2d(3, 3, 1))) for _ in range(30)], nn.Flatten(),
                      nn.Linear(3 * 8 * 8, 2)), input_size=8,
    )  # fmt: skip
    names = [layer.name for layer in main_layers(deep)]
    assert len(names) == 24
    assert all(name.count(".") <= 1 for name in names)
    assert names[-1] == deep.layers[-1].name


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

    monkeypatch.setattr(many_pictures, "descend", fake)
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
    assert (high.interval, high.noise_interval) == (wilson(1, 2), wilson(4, 8))
    lines = list(csv.DictReader(io.StringIO(to_csv(results))))
    assert lines[1] == {
        "picture": "a.png", "label": "cat", "probability": "0.500000", "epsilon": "0.2", "fooled": "1",
        "became": "dog", "noise_fooled": "3", "noise_draws": "4",
    }  # fmt: skip


SOUND = {"few": 3, "once": 2, "double": 3, "large": 4, "again": 3, "blind": 1, "noisy": 0}


@pytest.mark.parametrize(
    ("odd", "failing"),
    [
        ({}, []),
        ({"once": 4}, ["Are many steps at least as good as one?"]),
        ({"double": 2}, ["Are more steps not worse?"]),
        ({"large": 3}, ["Does a large ε fool every time?"]),
        ({"again": 1}, ["Does it depend on the start?"]),
        ({"blind": 4}, ["Is the gradient better than searching without it?"]),
        ({"noisy": 3}, ["Does random noise do less?"]),
        (dict.fromkeys(("few", "once", "double", "again", "blind"), 0), []),  # nothing fools: noise can't do less
    ],
)
def test_each_check_fails_by_its_own_number(small, monkeypatch, odd, failing):
    counts = SOUND | odd
    climbed, judged = (iter([counts[name] for name in names]) for names in (
        ("few", "once", "double", "large", "again"), ("blind", "noisy")
    ))  # fmt: skip
    monkeypatch.setattr(checks._Subjects, "by_gradient", lambda *_, **__: next(climbed))
    monkeypatch.setattr(checks._Subjects, "fooled", lambda *_: next(judged))
    monkeypatch.setattr(checks, "square_attack", lambda *_, **__: None)
    pictures = [from_array(np.random.default_rng(seed).integers(0, 256, (32, 32, 3), np.uint8)) for seed in range(4)]
    found = list(sanity_checks(small, pictures, epsilon=4 / 255, steps=3))
    assert [check.question for check in found if not check.passed] == failing
    assert all(str(counts["few"]) in check.said for check in (found[0], found[1], found[3], found[4]))
    with pytest.raises(AttackError, match="at least one picture"):
        next(sanity_checks(small, [], epsilon=4 / 255))


def test_the_checks_ask_what_they_say(small, monkeypatch):
    asked = []

    def fake(model, pictures, classes, **how):
        asked.append((len(pictures), how))
        return pictures

    monkeypatch.setattr(checks, "descend", fake)
    pictures = [from_array(np.random.default_rng(seed).integers(0, 256, (32, 32, 3), np.uint8)) for seed in range(9)]
    found = list(sanity_checks(small, pictures, epsilon=4 / 255, steps=3))
    assert {count for count, _ in asked} == {checks.MOST} == {8}
    settings = [(how["steps"], round(255 * how["epsilon"]), how["step_size"]) for _, how in asked]
    assert settings == [(3, 4, None), (1, 4, 4 / 255), (6, 4, None), (3, 32, None), (3, 4, None)]
    assert [how.get("random_start", False) for _, how in asked] == [False] * 4 + [True]
    assert "3 steps fool 0 of 8" in found[0].said


def test_checks_count_what_is_fooled_once_rounded(small, near_a_border):
    x = small.tensor(near_a_border)
    labels = small.module(x).argmax(1)
    subjects = checks._Subjects(small, x, labels, 0.0)
    assert subjects.fooled(1 - x, 0.0) == 0  # rounded to within nothing
    assert subjects.fooled(1 - x, 1.0) == int(small.module(1 - x).argmax(1) != labels)
    *_, noise = sanity_checks(small, [near_a_border], epsilon=8 / 255, steps=2)
    alone = explorer.random_perturbation(small, near_a_border, norm="linf", epsilon=8 / 255, seed=0)
    assert f"fools {int(alone.success)} of 1" in noise.said
