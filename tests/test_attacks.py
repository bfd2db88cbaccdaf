"""Attacks: equal to foolbox bit for bit, within their budget after rounding, and beside a control."""

import eagerpy
import foolbox
import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.attacks import AttackError, Goal, Iterate, find_goal, measure, pgd, project, quantize
from explorer.attacks.gradient_steps import gradient_steps, points
from explorer.attacks.iterates import until_reached
from explorer.attacks.norms import largest_factor, quantize_batch, whole_levels
from explorer.networks.gradients.folded import for_gradients
from explorer.pictures.images import from_array, open_image
from tests.support.small import noisy_picture


@pytest.fixture(scope="module")
def daisy():
    return explorer.sample("flower")


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("target", [None, "broccoli"])
def test_pgd_equals_foolbox_bit_for_bit(lite0, daisy, norm, target):
    epsilon, step, steps = (2 / 255, 0.5 / 255, 3) if norm == "linf" else (1.0, 0.25, 3)
    goal = find_goal(lite0, daisy, target)
    attack = (foolbox.attacks.LinfPGD if norm == "linf" else foolbox.attacks.L2PGD)(
        abs_stepsize=step, steps=steps, random_start=False
    )
    theirs = by_foolbox(attack, lite0, daisy, goal, epsilon)
    *_, last = pgd(lite0, daisy, goal, norm=norm, epsilon=epsilon, steps=steps, step_size=step)
    assert torch.equal(last.x, theirs)


def test_fgsm_equals_foolbox_bit_for_bit(lite0, daisy):
    goal = find_goal(lite0, daisy)
    theirs = by_foolbox(foolbox.attacks.LinfFastGradientAttack(), lite0, daisy, goal, 4 / 255)
    found = explorer.attack(lite0, daisy, method="fgsm", epsilon=4 / 255)
    assert np.array_equal(found.adversarial.uint8, np.rint(theirs[0].permute(1, 2, 0).numpy() * 255))


def by_foolbox(attack, network, image, goal, epsilon):
    model = foolbox.PyTorchModel(for_gradients(network), bounds=(0, 1), device="cpu")
    wanted = torch.tensor([goal.label if goal.target is None else goal.target])
    criterion = (
        foolbox.criteria.Misclassification(wanted)
        if goal.target is None
        else foolbox.criteria.TargetedMisclassification(wanted)
    )
    raw = attack.run(model, network.tensor(image), criterion, epsilon=epsilon)
    return eagerpy.astensor(raw).raw


def test_the_daisy_becomes_broccoli_and_noise_leaves_it_a_daisy(lite0, daisy):
    found = explorer.attack(lite0, daisy, epsilon=2 / 255, target="broccoli")
    assert found.success
    assert found.before[0][0] == found.label == "daisy"
    assert found.after[0][0] == found.target == "broccoli"
    assert found.after[0][1] > 0.9
    assert found.linf == pytest.approx(2 / 255)
    for seed in range(5):
        control = explorer.random_perturbation(lite0, daisy, norm="linf", epsilon=2 / 255, seed=seed)
        assert control.after[0][0] == "daisy"
        assert not control.success
        assert control.linf == pytest.approx(2 / 255)


def test_the_saved_picture_still_fools_the_network(lite0, daisy):
    found = explorer.attack(lite0, daisy, epsilon=2 / 255, target="broccoli")
    again = open_image(found.adversarial.png())
    assert again == found.adversarial
    assert lite0.predict(again)[0] == found.after[0]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_budget_and_range_hold_after_rounding(small, norm, seed):
    rng = np.random.default_rng(seed)
    picture = from_array(rng.integers(0, 256, (32, 32, 3), np.uint8))
    epsilon = (
        float(rng.choice([0, 0.3, 1, 1.5, 8, 255]) / 255) if norm == "linf" else float(rng.choice([0, 0.1, 2, 40]))
    )
    for found in (
        explorer.attack(small, picture, norm=norm, epsilon=epsilon, steps=4, random_start=bool(seed % 2), seed=seed),
        explorer.random_perturbation(small, picture, norm=norm, epsilon=epsilon, seed=seed),
    ):
        change = found.adversarial.uint8.astype(int) - found.original.uint8
        assert found.linf == pytest.approx(np.abs(change).max() / 255)
        assert found.l2 == pytest.approx(np.sqrt(np.square(change / 255).sum()))
        assert (found.linf if norm == "linf" else found.l2) <= epsilon * (1 + 1e-5)
        np.testing.assert_allclose(found.perturbation * 255, change, atol=1e-4)
        assert found.success == (lambda s: s != found.label)(found.after[0][0])


def test_l2_uses_its_budget_although_8_bits_are_coarse(small):
    picture = from_array(np.full((32, 32, 3), 128, np.uint8))
    for epsilon in (0.1, 0.5, 2):
        assert explorer.attack(small, picture, norm="l2", epsilon=epsilon, steps=4).l2 > 0.9 * epsilon
        assert explorer.random_perturbation(small, picture, norm="l2", epsilon=epsilon).l2 > 0.9 * epsilon


def test_lattice_keeps_whole_levels_exactly():
    change = np.random.default_rng(0).integers(-2, 3, (8, 8, 3)) / 255
    assert np.array_equal(quantize(change, "linf", 2 / 255), np.rint(change * 255))
    assert not quantize(change, "linf", 0.5 / 255).any()


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_projection_keeps_what_is_inside_and_lands_on_the_ball(norm):
    center, x = torch.rand(1, 3, 8, 8), torch.rand(1, 3, 8, 8)
    size = (lambda d: d.abs().max()) if norm == "linf" else (lambda d: d.norm())
    torch.testing.assert_close(project(x, center, norm, 100.0), x)
    assert size(project(x, center, norm, 0.05) - center) == pytest.approx(0.05, rel=1e-4)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_a_linear_network_is_beaten_at_its_closed_form_distance(norm):
    """For logits (wx, −wx) the nearest picture on the border is |wx| · 2 / ‖2w‖ away, in the dual norm."""
    torch.manual_seed(0)
    weights = torch.randn(3 * 16 * 16) * 0.01
    layer = nn.Linear(3 * 16 * 16, 2)
    layer.weight.data, layer.bias.data = torch.stack([weights, -weights]), torch.zeros(2)
    network = explorer.wrap_network(nn.Sequential(nn.Flatten(), layer), input_size=16)
    picture = from_array(np.random.default_rng(1).integers(100, 156, (16, 16, 3), np.uint8))
    margin = abs(float(weights @ network.tensor(picture).flatten()))
    distance = margin / float(weights.abs().sum() if norm == "linf" else weights.norm())
    goal = find_goal(network, picture)
    for factor, beaten in ((0.98, False), (1.02, True)):
        epsilon = factor * distance
        *_, last = pgd(network, picture, goal, norm=norm, epsilon=epsilon, steps=20)
        assert (int(network.module(last.x).argmax()) != goal.label) == beaten


def test_iterates_start_clean_and_climb(lite0, daisy):
    goal = find_goal(lite0, daisy, "broccoli")
    steps = list(pgd(lite0, daisy, goal, norm="linf", epsilon=2 / 255, steps=5))
    assert [s.number for s in steps] == [0, 1, 2, 3, 4, 5]
    assert steps[0].label_probability == pytest.approx(dict(lite0.predict(daisy))["daisy"], abs=1e-5)
    assert steps[-1].target_probability > steps[0].target_probability
    assert measure(lite0, daisy, steps[0].x, goal, norm="linf", epsilon=2 / 255).linf == 0


def test_same_seed_same_start_other_seed_another(small, daisy):
    runs = [
        explorer.attack.__wrapped__(small, daisy, epsilon=8 / 255, steps=1, step_size=1e-6, random_start=True, seed=s)
        for s in (0, 0, 1)
    ]
    assert runs[0].adversarial == runs[1].adversarial
    assert runs[0].adversarial != runs[2].adversarial


def test_nothing_is_nothing_and_a_flat_picture_is_attacked_too(small):
    flat = from_array(np.zeros((5, 400, 3), np.uint8))
    unchanged = explorer.attack(small, flat, epsilon=0)
    assert unchanged.adversarial == unchanged.original
    assert not unchanged.success
    assert explorer.attack(small, flat, epsilon=1.0, steps=10).linf > 0


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"method": "magic"}, "fgsm, pgd"),
        ({"norm": "l7"}, "linf, l2"),
        ({"epsilon": -0.1}, "from 0 on"),
        ({"epsilon": float("nan")}, "from 0 on"),
        ({"steps": 0}, "at least one step"),
        ({"step_size": 0.0}, "above 0"),
        ({"target": "class 3", "label": "class 3"}, "choose another target"),
    ],
)
def test_settings_that_make_no_sense_say_so(small, daisy, settings, says):
    with pytest.raises(AttackError, match=says):
        explorer.attack(small, daisy, **settings)


def test_a_batch_is_rounded_as_each_picture_alone(small):
    start = torch.cat([small.tensor(noisy_picture(3)), small.tensor(noisy_picture(4))])
    moved = start + torch.randn(start.shape, generator=torch.Generator().manual_seed(0)) * 0.01
    for norm, epsilon in (("linf", 2 / 255), ("l2", 0.7)):
        whole = quantize_batch(moved, start, norm, epsilon)
        assert torch.equal((whole * 255).round() / 255, whole)
        change = (whole - start).flatten(1)
        sizes = change.abs().amax(1) if norm == "linf" else change.norm(dim=1)
        assert (sizes <= epsilon * (1 + 1e-5)).all()
        assert (sizes > 0.9 * epsilon).all()


def test_the_loop_gives_each_point_with_what_is_there_and_steps_by_its_update():
    """Steepest ascent of −x²/2 from 8: with steps half the gradient, each point is half the last."""
    asked = []

    def gradient_at(x):
        asked.append(float(x))
        return 10 * x, -x

    numbers = []
    walk = gradient_steps(
        gradient_at, torch.full((1, 1), 8.0), lambda x, slope, number: numbers.append(number) or x + slope / 2, steps=3
    )
    steps = list(walk)
    assert [float(step.x) for step in steps] == asked == [8, 4, 2]
    assert [float(step.logits) for step in steps] == [80, 40, 20]
    assert [float(x) for x in points(iter(steps))] == [8, 4, 2, 1]
    assert numbers == [0, 1, 2]


def test_a_walk_ends_at_the_first_point_that_reaches_its_goal():
    goal, away = Goal(0, None), torch.tensor([[0.0, 1.0]])
    iterates = [Iterate(number, torch.zeros(1), away if number in (2, 3) else -away, goal) for number in range(5)]
    assert [one.number for one in until_reached(iter(iterates))] == [0, 1, 2]
    assert [one.number for one in until_reached(iter(iterates[:2]))] == [0, 1]


def test_whole_levels_of_a_whole_number_of_levels_are_that_number():
    assert [whole_levels(level / 255) for level in range(256)] == list(range(256))
    assert [whole_levels(float(f"{level / 255:.7g}")) for level in range(256)] == list(range(256))  # as it is printed
    assert whole_levels(0.99 / 255) == 0


def test_the_largest_factor_is_found_from_below():
    found = largest_factor(lambda factor: factor**2 <= 2, 0.0, 4.0, 40)
    assert found**2 <= 2 < (found + 1e-9) ** 2
    assert largest_factor(lambda _: False, 1.0, 4.0, 40) == 1.0
