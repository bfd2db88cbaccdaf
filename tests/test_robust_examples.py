"""Attacks made to survive: the transformations, the mean over them, and a patch that fools on pictures it never saw."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from scipy import ndimage

import explorer
from explorer.attack_studies.pasting import paste
from explorer.attack_studies.printable_patch import PLACES, printable_patch
from explorer.attack_studies.robust_examples import robust_examples, smallest_surviving
from explorer.attacks import AttackError, find_goal
from explorer.attacks.expectation import expectation_over_transformation, jpeg_like, transformed
from explorer.pictures.images import from_array
from tests.support.small import noisy_picture

SMOOTH = np.clip(
    ndimage.gaussian_filter(np.random.default_rng(0).integers(0, 256, (40, 48, 3)).astype(float), (2, 2, 0)) * 4 - 380,
    0, 255,
).astype(np.uint8)  # fmt: skip


@pytest.mark.parametrize("quality", [50, 75, 90])
def test_rounding_like_jpeg_is_near_what_a_file_loses(quality):
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    data = cv2.imencode(".jpg", SMOOTH[..., ::-1], options)[1]
    saved = cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1].astype(float)
    x = torch.from_numpy(SMOOTH / 255).float().permute(2, 0, 1)[None]
    ours = 255 * jpeg_like(x, quality)[0].permute(1, 2, 0).numpy()
    assert np.abs(ours - saved).mean() < 0.5 * np.abs(saved - SMOOTH).mean()  # a file rounds pixels, too
    assert np.abs(ours - SMOOTH).mean() > 0.5


def test_gradients_pass_through_every_transformation():
    x = torch.full((1, 3, 32, 32), 0.5, requires_grad=True)
    shown = transformed(x, 3, torch.Generator().manual_seed(0))
    assert shown.shape == (3, 3, 32, 32)
    assert not torch.equal(shown[0], shown[1])
    assert 0 <= float(shown.detach().min()) <= float(shown.detach().max()) <= 1
    (gradient,) = torch.autograd.grad(shown.sum(), x)
    assert float(gradient.abs().mean()) > 0.5


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_the_mean_over_transformations_stays_within_epsilon_and_climbs(small, norm):
    image = noisy_picture(3)
    goal, epsilon = find_goal(small, image), 16 / 255 if norm == "linf" else 2.0
    steps = list(expectation_over_transformation(small, image, goal, norm=norm, epsilon=epsilon, steps=6, samples=4))
    assert [step.number for step in steps] == list(range(7))
    change = steps[-1].x - small.tensor(image)
    assert float(change.abs().max() if norm == "linf" else change.norm()) <= epsilon * (1 + 1e-5)
    drawn = torch.Generator().manual_seed(77)
    before, after = (
        float(small.module(transformed(step.x, 40, drawn)).softmax(1)[:, goal.label].mean())
        for step in (steps[0], steps[-1])
    )
    assert after < before
    with pytest.raises(AttackError, match="at least one sample"):
        next(expectation_over_transformation(small, image, goal, norm=norm, epsilon=epsilon, samples=0))


def test_what_is_made_to_survive_survives_more(lite0):
    image = explorer.sample("coffee")
    goal = find_goal(lite0, image, "broccoli")
    points = list(robust_examples(lite0, image, goal, norm="linf", epsilons=(16 / 255,), steps=15, samples=5))
    plain, robust, control, count = points[0].survived
    assert count == 12
    assert robust > plain
    assert control < robust
    assert points[0].robust.linf <= 16 / 255 + 1e-6
    assert smallest_surviving(points, robust, robust=True) == 16 / 255
    assert smallest_surviving(points, robust, robust=False) is None


def test_a_patch_is_pasted_where_it_is_drawn_and_nowhere_else():
    pictures, patch = torch.zeros(2, 3, 64, 64), torch.ones(1, 3, 16, 16)
    plain = paste(pictures, patch, [(0, 0, 0, 1, 1), (-1, 1, 0, 1, 1)])
    assert torch.equal(plain[0, 0].nonzero().amin(0), torch.tensor([24, 24]))
    assert int(plain[0, 0].count_nonzero()) == int(plain[1, 0].count_nonzero()) == 16 * 16
    assert torch.equal(plain[1, 0].nonzero().amin(0), torch.tensor([0, 48]))  # above, at the right
    turned = paste(pictures, patch, [(1, 1, 0.3, 1.1, 0.5), (-1, -1, -0.3, 0.9, 1)])
    for one, scale, light in zip(turned, (1.1, 0.9), (0.5, 1.0), strict=True):
        assert int(one[0].count_nonzero()) == pytest.approx(256 * scale**2, rel=0.06)  # all of it is inside
        assert float(one.max()) == pytest.approx(light)


def test_a_patch_is_judged_on_pictures_it_never_saw_beside_a_photograph_there(small):
    images = [noisy_picture(seed) for seed in range(7)]
    said = [find_goal(small, image).label for image in images]
    target = next(one for one in range(10) if one not in said)
    steps = list(printable_patch(small, [*images, *images], target=target, side=16, steps=20))
    assert [step.number for step in steps] == [0, 10, 20]
    last = steps[-1]
    assert (len(last.seen), len(last.unseen), len(last.control)) == (4, 3, 3)
    assert last.patch.shape == (16, 16, 3)
    assert sum(last.unseen) > sum(steps[0].unseen)
    assert sum(last.unseen) > sum(last.control)
    assert max(last.unseen) <= PLACES
    assert last.example == small.prepare(images[1])
    assert last.interval[0] < sum(last.unseen) / (3 * PLACES) < last.interval[1] + 1e-9
    with pytest.raises(AttackError, match="two different pictures"):
        next(printable_patch(small, images[:1] * 3, target=target, side=16))
    with pytest.raises(AttackError, match="a side of 8 to 32"):
        next(printable_patch(small, images, target=target, side=33))
    assert from_array(last.patch).pixels.shape == (16, 16, 3)
