"""Other attacks than projected gradient descent: against foolbox, closed forms, and what each of them promises."""

from dataclasses import replace

import foolbox
import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.attack_studies.smallest import smallest, smallest_epsilon
from explorer.attack_studies.universal import NOISES, universal_perturbation
from explorer.attacks import (
    AttackError,
    AttackSettings,
    attack_batch,
    best_patch,
    deepfool_attack,
    few_pixels,
    find_goal,
    measure,
    measure_iterate,
    minimal_norm,
    patch,
    pgd,
    read_back,
    shuffled_control,
    square_attack,
    trajectory,
)
from explorer.attacks.gradient_steps import with_momentum
from explorer.confidence_intervals import wilson, wilson_by_cluster
from explorer.pictures.images import from_array, open_image
from tests.support.small import linear_classifier, noisy_picture, small_network


class Counting(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner, self.forwards = inner, 0

    def forward(self, x):
        self.forwards += 1
        return self.inner(x)


@pytest.fixture(scope="module")
def noisy():
    return noisy_picture(3)


@pytest.fixture(scope="module")
def linear():
    """Three classes with logits Wx: the distance to class k is (w_label − w_k)x / ‖w_label − w_k‖ in the dual norm."""
    return linear_classifier()


def distance(network, picture, weights, order):
    """The closed-form distance to the nearest border; `order` of the dual norm."""
    logits = network.module(network.tensor(picture))[0]
    label = int(logits.argmax())
    return min(
        float((logits[label] - logits[k]) / (weights[label] - weights[k]).norm(order)) for k in range(3) if k != label
    )


@pytest.mark.parametrize(("norm", "order"), [("l2", 2), ("linf", 1)])
def test_deepfool_finds_a_linear_networks_nearest_border(linear, norm, order):
    network, picture, weights = linear
    *_, last = deepfool_attack(network, picture, find_goal(network, picture), norm=norm)
    change = (last.x - network.tensor(picture)).flatten()
    assert last.reached
    size = float(change.norm() if norm == "l2" else change.abs().max())
    assert size / 1.02 == pytest.approx(distance(network, picture, weights, order), rel=0.02)  # 2 % behind the border


def test_the_smallest_change_on_the_lattice_is_close_to_the_closed_form(linear):
    network, picture, weights = linear
    *_, last = minimal_norm(network, picture, find_goal(network, picture), steps=100, start_norm=0.5)
    change = last.x - network.tensor(picture)
    assert last.reached
    assert torch.equal((last.x * 255).round() / 255, last.x)
    least = distance(network, picture, weights, 2)
    assert least > 0.1  # many levels in all, so that the lattice is fine
    assert 0.98 <= float(change.norm()) / least <= 1.02


def test_smallest_epsilon_is_that_of_the_closed_form_and_its_neighbours_were_tried(linear):
    network, picture, weights = linear
    goal = find_goal(network, picture)
    trials = list(smallest_epsilon(network, picture, goal))
    found = smallest(trials)
    levels = 255 * distance(network, picture, weights, 1)
    assert round(255 * found.epsilon) == np.ceil(levels)
    tried = {round(255 * trial.epsilon) for trial in trials}
    assert {max(0, int(np.ceil(levels)) + d) for d in (-2, -1, 0, 1, 2)} <= tried
    by_l2 = smallest(list(smallest_epsilon(network, picture, goal, norm="l2")))
    assert 0.98 <= by_l2.epsilon / distance(network, picture, weights, 2) <= 1.06
    assert smallest(list(smallest_epsilon(network, picture, goal, largest=0.3 * levels / 255))) is None


def test_deepfool_is_foolboxs_with_a_fifth_of_its_forwards(lite0):
    picture = explorer.sample("flower")
    label = torch.tensor([find_goal(lite0, picture).label])
    their_module = Counting(lite0.module).eval()
    model = foolbox.PyTorchModel(their_module, bounds=(0, 1), device="cpu")
    theirs, _, _ = foolbox.attacks.L2DeepFoolAttack()(model, lite0.tensor(picture), label, epsilons=None)
    steps = list(deepfool_attack(lite0, picture, find_goal(lite0, picture)))
    start = lite0.tensor(picture)
    assert float((steps[-1].x - start).norm()) == pytest.approx(float((theirs - start).norm()), rel=0.01)
    assert 5 * len(steps) <= their_module.forwards  # an iterate is one forward


def test_momentum_sums_gradients_of_unit_l1_norm(small, noisy):
    goal = find_goal(small, noisy)
    walked = [s.x for s in pgd(small, noisy, goal, norm="linf", epsilon=0.1, steps=3, step_size=0.01, momentum=0.9)]
    x, past = walked[0], 0
    for step in range(3):
        x = walked[step].clone().requires_grad_()
        loss = nn.functional.cross_entropy(small.module(x), torch.tensor([goal.label]))
        (gradient,) = torch.autograd.grad(loss, x)
        past = 0.9 * past + gradient / gradient.abs().sum()
        torch.testing.assert_close(walked[step + 1], (x + 0.01 * past.sign()).detach().clamp(0, 1))
    assert torch.equal(with_momentum(past, gradient, 0), gradient)


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("targeted", [False, True])
def test_a_batch_is_attacked_as_each_picture_alone(small, norm, targeted):
    rng = np.random.default_rng(0)
    pictures = [from_array(rng.integers(0, 256, (32, 32, 3), np.uint8)) for _ in range(3)]
    said = [find_goal(small, p).label for p in pictures]
    targets = [(label + 1) % 10 for label in said]
    x = torch.cat([small.tensor(p) for p in pictures])
    classes = torch.tensor(targets if targeted else said)
    settings = {"norm": norm, "epsilon": 0.05, "steps": 4}
    together = attack_batch(small.module, x, classes, targeted=targeted, **settings)
    for one, picture in enumerate(pictures):
        goal = find_goal(small, picture, targets[one] if targeted else None)
        *_, alone = pgd(small, picture, goal, **settings)
        close = torch.isclose(together[one], alone.x[0], atol=1e-5)
        assert close.float().mean() > 0.99  # a gradient near zero may round to the other sign


@pytest.mark.parametrize("count", [1, 3, 40])
def test_few_pixels_changes_few_pixels(small, noisy, count):
    goal = find_goal(small, noisy)
    steps = list(few_pixels(small, noisy, goal, pixels=count, steps=6))
    found = measure(small, noisy, steps[-1].x, goal, norm="l2", epsilon=np.inf)
    changed = (found.perturbation != 0).any(2).sum()
    assert changed <= count
    assert found.changed == pytest.approx(changed / 32**2)
    assert found.success == steps[-1].reached
    for step in steps:
        assert torch.equal(step.x, ((step.x * 255).round() / 255).clamp(0, 1))


def test_many_pixels_fool_where_the_gradient_leads(small, noisy):
    *_, last = few_pixels(small, noisy, find_goal(small, noisy), pixels=200)
    assert last.reached


def test_a_patch_stays_inside_its_box_and_sits_where_the_gradient_is_largest(small, noisy):
    goal = find_goal(small, noisy)
    box = best_patch(small, noisy, goal, 8)
    *_, last = patch(small, noisy, goal, box=box, steps=6)
    change = (last.x - small.tensor(noisy))[0].abs().sum(0)
    top, left, bottom, right = box
    assert (bottom - top, right - left) == (8, 8)
    assert change[top:bottom, left:right].sum() == pytest.approx(float(change.sum()), rel=1e-5)
    assert change.sum() > 0
    x = small.tensor(noisy).requires_grad_()
    loss = nn.functional.cross_entropy(small.module(x), torch.tensor([goal.label]))
    slopes = torch.autograd.grad(loss, x)[0].abs().sum(1)[0]
    sums = [[float(slopes[r : r + 8, c : c + 8].sum()) for c in range(25)] for r in range(25)]
    assert sums[top][left] == pytest.approx(np.max(sums), rel=1e-5)


def test_one_change_for_all_keeps_its_size_and_counts_held_out_pictures_apart(small):
    rng = np.random.default_rng(5)
    pictures = [from_array(rng.integers(0, 256, (32, 32, 3), np.uint8)) for _ in range(7)]
    steps = list(universal_perturbation(small, pictures, epsilon=40 / 255, steps=6))
    assert (steps[0].seen, steps[0].unseen) == ((0, 4), (0, 3))
    assert not steps[0].change.any()
    assert all(np.abs(step.change).max() <= 40 for step in steps)
    last = steps[-1]
    fooled = 0
    for picture in pictures:
        changed = from_array(np.clip(picture.uint8.astype(int) + last.change, 0, 255).astype(np.uint8))
        fooled += small.predict(changed)[0][0] != small.predict(picture)[0][0]
    assert fooled == last.seen[0] + last.unseen[0]
    assert last.interval == wilson(*last.unseen)
    assert last.noise_interval == wilson_by_cluster(last.noise, NOISES)
    for twice in ([pictures[0]], [pictures[0]] * 4):
        with pytest.raises(AttackError, match="at least two different ones, not 1"):
            next(universal_perturbation(small, twice, epsilon=0.1))


def test_one_change_for_all_and_its_control_are_judged_on_the_same_pictures(small):
    rng = np.random.default_rng(5)
    pictures = [from_array(rng.integers(0, 256, (32, 32, 3), np.uint8)) for _ in range(5)]
    for given in (pictures, [one for one in pictures for _ in range(2)]):  # each given twice: none on both sides
        *_, last = universal_perturbation(small, given, epsilon=40 / 255, steps=2, seed=3)
        assert (last.seen[1], last.unseen[1], len(last.noise)) == (3, 2, 2)
    coin = torch.Generator().manual_seed(3)
    signs = [torch.randint(0, 2, (1, 3, 32, 32), generator=coin) * 2 - 1 for _ in range(NOISES)]
    for place, picture in enumerate(pictures[1::2]):
        x = small.tensor(picture)
        said = [int(small.module((x + 40 / 255 * sign).clamp(0, 1)).argmax()) for sign in signs]
        assert last.noise[place] == sum(one != int(small.module(x).argmax()) for one in said)


def test_square_search_stays_in_the_ball_and_lowers_the_margin(small):
    x = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    labels = small.module(x).argmax(1)
    found = square_attack(small.module, x, labels, epsilon=0.03, queries=40)
    assert (found - x).abs().max() <= 0.03 + 1e-6
    assert found.min() >= 0
    assert found.max() <= 1

    def margins(pictures):
        logits = small.module(pictures)
        return logits.gather(1, labels[:, None])[:, 0] - logits.scatter(1, labels[:, None], -torch.inf).amax(1)

    assert (margins(found) < margins(x)).all()


def test_restarts_keep_the_first_that_fools(small, noisy, monkeypatch):
    from explorer.attacks import methods

    runs = []

    def fake(*args, random_start, seed, **settings):
        runs.append((random_start, seed))
        return real(*args, random_start=random_start, seed=seed, **settings)

    real = methods.pgd
    monkeypatch.setitem(methods.METHODS, "pgd", replace(methods.METHODS["pgd"], run=fake))
    explorer.attack.__wrapped__(small, noisy, epsilon=0.0, steps=1, restarts=3, seed=5)
    assert runs == [(False, 5), (True, 6), (True, 7)]
    runs.clear()
    found = explorer.attack.__wrapped__(small, noisy, epsilon=1.0, steps=10, restarts=3)
    assert found.success
    assert len(runs) == 1


def test_a_saved_picture_is_read_back_as_it_was(small, noisy):
    found = explorer.attack(small, noisy, epsilon=8 / 255)
    assert read_back(small, found) == found.after[0]
    assert open_image(found.adversarial.png()) == found.adversarial


def test_quality_of_what_is_seen(small, noisy):
    found = explorer.attack(small, noisy, epsilon=0)
    assert (found.psnr, found.ssim, found.changed) == (np.inf, 1, 0)
    flat = from_array(np.full((32, 32, 3), 100, np.uint8))
    one = measure(
        small, flat, small.tensor(flat) + 5 / 255, find_goal(small, flat), norm="linf", epsilon=5 / 255
    )  # every value off by 5 levels
    assert one.psnr == pytest.approx(20 * np.log10(255 / 5))
    assert one.changed == 1
    assert 0 < explorer.attack(small, noisy, epsilon=32 / 255).ssim < 1


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_the_control_is_as_large_as_the_attack_it_stands_beside(small, noisy, norm):
    goal = find_goal(small, noisy)
    found = explorer.attack(small, noisy, norm=norm, epsilon=0.02 if norm == "linf" else 2.0)
    control = shuffled_control(small, noisy, found, goal)
    size = (lambda a: a.linf) if norm == "linf" else (lambda a: a.l2)
    assert 0.9 * size(found) <= size(control) <= size(found) * (1 + 1e-5)


METHODS = ("fgsm", "pgd", "momentum", "deepfool", "minimal", "pixels", "patch")
PICTURES = {
    "one colour": np.full((9, 9, 3), 255, np.uint8),
    "one pixel": np.zeros((1, 1, 3), np.uint8),
    "a line": np.random.default_rng(0).integers(0, 256, (1, 900, 3), np.uint8),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", PICTURES)
def test_every_attack_takes_any_picture_and_any_epsilon(small, method, kind):
    picture = from_array(PICTURES[kind])
    for epsilon in (0.0, 1.0):
        found = explorer.attack(small, picture, method=method, norm="linf", epsilon=epsilon, steps=3, pixels=4)
        assert found.success == (found.after[0][0] != found.label)
        assert found.adversarial.pixels.min() >= 0
        if epsilon == 0 and method in METHODS[:3]:
            assert found.adversarial == found.original


@pytest.mark.parametrize("method", METHODS)
def test_a_walk_can_be_left_in_the_middle_and_measured_there(small, noisy, method):
    goal = find_goal(small, noisy)
    how = AttackSettings(method, epsilon=4 / 255, steps=5)
    steps = trajectory(small, noisy, goal, how)
    first = next(steps)
    steps.close()
    assert first.number == 0
    found = measure_iterate(small, noisy, first, how)
    assert found.adversarial == found.original
    assert measure_iterate(small, noisy, first, how) is found  # once only, however often a screen asks


@pytest.mark.parametrize("method", ["pgd", "momentum", "minimal"])
def test_a_target_that_can_be_hit_is_hit(method):
    network = small_network(2)
    picture = noisy_picture(8)
    start = find_goal(network, picture).label
    target = int(network.module(network.tensor(picture))[0].argsort()[-2])
    found = explorer.attack(network, picture, method=method, epsilon=0.2, target=target, steps=60)
    assert found.label == f"class {start}"
    assert found.success
    assert found.after[0][0] == f"class {target}"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"method": "pixels", "pixels": 0}, "From 1 to 1024 pixels"),
        ({"method": "patch", "pixels": 33}, "1 to 32 pixels"),
        ({"restarts": 0}, "at least once"),
    ],
)
def test_settings_that_make_no_sense_say_so(small, noisy, settings, says):
    with pytest.raises(AttackError, match=says):
        explorer.attack(small, noisy, **settings)
    with pytest.raises(AttackError, match="inside the 32"):
        next(patch(small, noisy, find_goal(small, noisy), box=(30, 0, 40, 10)))
