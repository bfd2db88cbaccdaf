"""What is told about attacks: curves, surfaces, survival, transfer, reasons, many pictures, checks."""

import csv
import io

import cv2
import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.attack_studies.checks import sanity_checks
from explorer.attack_studies.epsilon_curves import epsilon_curve
from explorer.attack_studies.explanations import layer_moves, linear_view
from explorer.attack_studies.many_pictures import rates, success_rates, to_csv
from explorer.attack_studies.surfaces import loss_surface
from explorer.attack_studies.survival import TRANSFORMATIONS, jpeg, survival
from explorer.attack_studies.transfer import transfer
from explorer.attacks import AttackError, equal_noise, find_goal
from explorer.attacks.norms import quantized
from explorer.pictures.images import from_array
from explorer.statistics import wilson


def picture(seed, low=0, high=256):
    return from_array(np.random.default_rng(seed).integers(low, high, (32, 32, 3), np.uint8), f"picture {seed}")


@pytest.fixture(scope="module")
def noisy():
    return picture(3)


@pytest.fixture(scope="module")
def linear():
    """A network that is linear, so that every promise of its gradient is kept exactly."""
    torch.manual_seed(1)
    layer = nn.Linear(3 * 16 * 16, 3)
    layer.weight.data, layer.bias.data = torch.randn(3, 3 * 16 * 16) * 0.5, torch.zeros(3)
    network = explorer.wrap_network(nn.Sequential(nn.Flatten(), layer), input_size=16)
    return network, from_array(np.random.default_rng(1).integers(110, 146, (16, 16, 3), np.uint8)), layer.weight.data


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("target", [None, 3])
def test_a_curve_starts_clean_never_falls_and_stays_within_epsilon(small, noisy, norm, target):
    goal = find_goal(small, noisy, target)
    sizes = [0.0, 4 / 255, 2 / 255, 16 / 255] if norm == "linf" else [0.0, 2.0, 0.5]
    points = list(epsilon_curve(small, noisy, goal, norm=norm, epsilons=sizes, steps=4, draws=5))
    assert [p.epsilon for p in points] == sorted(sizes)
    clean = dict(small.predict(noisy, 10))
    assert points[0].attack_label == pytest.approx(clean[points[0].found.label], abs=1e-6)
    assert points[0].label == pytest.approx(np.full(5, points[0].attack_label), abs=1e-6)
    assert points[0].fooled == 0
    heights = [-p.attack_label if target is None else p.attack_target for p in points]
    assert heights == sorted(heights)
    for point in points:
        assert (point.found.linf if norm == "linf" else point.found.l2) <= point.epsilon * (1 + 1e-5)
        assert len(point.label) == point.draws == 5
    assert not np.array_equal(points[-1].label, points[0].label)
    with pytest.raises(AttackError, match="at least one ε"):
        next(epsilon_curve(small, noisy, goal, norm=norm, epsilons=[]))


def test_a_batch_is_rounded_as_each_picture_alone(small, noisy):
    start = torch.cat([small.tensor(noisy), small.tensor(picture(4))])
    moved = start + torch.randn(start.shape, generator=torch.Generator().manual_seed(0)) * 0.01
    for norm, epsilon in (("linf", 2 / 255), ("l2", 0.7)):
        whole = quantized(moved, start, norm, epsilon)
        assert torch.equal((whole * 255).round() / 255, whole)
        change = (whole - start).flatten(1)
        sizes = change.abs().amax(1) if norm == "linf" else change.norm(dim=1)
        assert (sizes <= epsilon * (1 + 1e-5)).all()
        assert (sizes > 0.9 * epsilon).all()


def test_the_surface_is_the_loss_at_its_points(small, noisy):
    goal = find_goal(small, noisy)
    found = explorer.attack(small, noisy, epsilon=8 / 255)
    rows = list(loss_surface(small, noisy, found, goal, points=3, reach=1.0))
    assert [row.along for row in rows] == [-1, 0, 1]

    def loss(x):
        return float(nn.functional.cross_entropy(small.module(x), torch.tensor([goal.label])))

    assert rows[1].loss[1] == pytest.approx(loss(small.tensor(noisy)), rel=1e-4)
    assert rows[2].loss[1] == pytest.approx(loss(small.tensor(found.adversarial)), rel=1e-3)
    assert rows[2].label[1] == pytest.approx(np.exp(-rows[2].loss[1]), rel=1e-5)
    with pytest.raises(AttackError, match="larger ε"):
        next(loss_surface(small, noisy, explorer.attack(small, noisy, epsilon=0), goal))


def test_survival_tells_each_change_of_all_three_pictures(small, noisy):
    goal = find_goal(small, noisy)
    found = explorer.attack(small, noisy, epsilon=16 / 255)
    control = equal_noise(small, noisy, found, goal, norm="linf")
    rows = survival(small, found, control, goal)
    assert [row.name for row in rows] == list(TRANSFORMATIONS)
    assert rows[0].adversarial == rows[1].adversarial == found.after[0]  # nothing, and saved as PNG
    assert rows[0].reached == found.success
    assert rows[0].noise == control.after[0]
    by_hand = cv2.imencode(".jpg", found.adversarial.uint8[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 75])[1]
    again = from_array(np.ascontiguousarray(cv2.imdecode(by_hand, cv2.IMREAD_COLOR)[..., ::-1]))
    row = next(row for row in rows if row.name == "JPEG, quality 75")
    assert row.adversarial == small.predict(again)[0]
    assert row.fooled == (row.adversarial[0] != found.label)


@pytest.mark.parametrize("name", TRANSFORMATIONS)
@pytest.mark.parametrize("shape", [(1, 1, 3), (32, 32, 3), (1, 9, 3)])
def test_every_change_keeps_size_and_one_colour(name, shape):
    flat = np.full(shape, 128, np.uint8)
    changed = TRANSFORMATIONS[name](flat)
    assert changed.shape == shape
    assert changed.dtype == np.uint8
    if "Noise" not in name:
        assert np.abs(changed.astype(int) - 128).max() <= 1
    drawn = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    kept = drawn.copy()
    TRANSFORMATIONS[name](drawn)
    assert np.array_equal(drawn, kept)


def test_a_worse_jpeg_is_further_off():
    drawn = picture(1).uint8
    errors = [float(np.square(jpeg(drawn, quality=q).astype(float) - drawn).mean()) for q in (95, 75, 50)]
    assert errors == sorted(errors)
    assert errors[0] > 0


def test_transfer_fills_a_square_and_a_row_of_noise(small, noisy):
    other = explorer.wrap_network(small.module.body, input_size=32, name="other")
    networks = [("a", small), ("b", other)]
    found = list(transfer(networks, noisy, norm="linf", epsilon=16 / 255, steps=4))
    assert [(v.made_for, v.on) for v in found] == [(m, on) for m in ("a", "b", None) for on in ("a", "b")]
    attack = explorer.attack(small, noisy, epsilon=16 / 255, steps=4)
    assert found[0].said == attack.after[0]
    assert found[0].clean == attack.before[0]
    assert found[0].fooled == attack.success
    with pytest.raises(AttackError, match="at least one network"):
        next(transfer([], noisy, norm="linf", epsilon=0.1))


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_a_linear_network_gains_what_its_gradient_promises(linear, norm):
    network, image, weights = linear
    goal = find_goal(network, image)
    view = linear_view(network, image, goal, norm=norm, epsilon=0.02)
    w = weights[network.class_index(view.rival)] - weights[goal.label]
    assert view.l1 == pytest.approx(float(w.abs().sum()), rel=1e-5)
    assert view.l2 == pytest.approx(float(w.norm()), rel=1e-5)
    assert view.predicted == pytest.approx(0.02 * (view.l1 if norm == "linf" else view.l2))
    assert view.measured == pytest.approx(view.predicted, rel=1e-3)
    assert 0.5 < view.measured_noise.std() / view.noise < 1.6  # of 16 draws
    assert view.margin < 0
    assert view.gradient.shape == (16, 16, 3)


def test_layers_part_by_their_distance(small, noisy):
    goal = find_goal(small, noisy)
    found = explorer.attack(small, noisy, epsilon=16 / 255)
    control = equal_noise(small, noisy, found, goal, norm="linf")
    moves = layer_moves(small, found, control)
    names = [layer.name for layer in small.layers]
    assert [m.layer for m in moves] == sorted((m.layer for m in moves), key=names.index)
    for move in moves[:2]:
        clean, changed = (explorer.feature_maps(small, p, move.layer) for p in (found.original, found.adversarial))
        expected = np.linalg.norm(changed - clean) / np.linalg.norm(clean)
        assert move.adversarial == pytest.approx(expected, rel=1e-4)
        means = changed.mean((1, 2)) - clean.mean((1, 2))
        np.testing.assert_allclose(move.channels, means, atol=1e-5)
        assert move.most_moved(1) == [int(np.abs(means).argmax())]
    still = explorer.attack(small, noisy, epsilon=0)
    assert all(m.adversarial == m.noise == 0 for m in layer_moves(small, still, still))


def test_many_pictures_are_counted_as_each_alone(small):
    images = [picture(seed) for seed in range(5)]
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
    lines = list(csv.DictReader(io.StringIO(to_csv(results))))
    assert len(lines) == 5 * 4
    assert sum(int(line["fooled"]) for line in lines) == sum(rate.fooled for rate in counted)
    assert rates([]) == []
    with pytest.raises(AttackError, match="at least one picture"):
        next(success_rates(small, [], norm="linf", epsilons=[0.1]))


def test_checks_tell_a_sound_attack_from_a_masked_gradient(small):
    images = [picture(seed) for seed in range(4)]
    found = list(sanity_checks(small, images, epsilon=8 / 255, steps=6))
    assert len(found) == 6
    assert found[0].passed
    assert found[1].passed

    class Masked(nn.Module):
        """Its gradient is zero nearly everywhere, its errors are those of the small network."""

        def __init__(self):
            super().__init__()
            self.inner = small.module

        def forward(self, x):
            return self.inner((x * 16).round() / 16)

    masked = explorer.wrap_network(Masked(), input_size=32)
    told = {check.question: check.passed for check in sanity_checks(masked, images, epsilon=16 / 255, steps=6)}
    assert not told["Does a large ε fool every time?"]
    assert not told["Is the gradient better than searching without it?"]
    with pytest.raises(AttackError, match="below one level"):
        next(sanity_checks(small, images, epsilon=0.5 / 255))
