"""Model cells: each prefers its own angle and wavelength, the complex one whatever the phase."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.architecture.oriented_filters import SIZES, WAVELENGTHS, layer_tuning
from explorer.classical import eye
from explorer.filtering import kernels
from explorer.filtering.kernels import KernelError
from explorer.networks.registry.efficientnet_lite import EfficientNetLite


@pytest.mark.parametrize(("angle", "wavelength"), [(0, 6.0), (45, 6.0), (120, 8.0)])
def test_a_gabor_prefers_its_own_angle_and_wavelength(angle, wavelength):
    for cell in (eye.simple_cell(angle, wavelength), eye.complex_cell(angle, wavelength)):
        assert eye.angle_tuning(cell, "grating", wavelength).best == angle
        assert eye.angle_tuning(cell, "bar", wavelength / 2).best == angle
        assert eye.size_tuning(cell, "grating", angle).best == wavelength
        upright = eye.angle_tuning(cell, "grating", wavelength, (angle, angle + 90)).responses
        assert upright[1] < 0.01 * upright[0]


def test_the_complex_cell_does_not_care_for_phase_and_the_simple_one_does():
    complex_ = eye.place_tuning(eye.complex_cell(30, 6.0), "grating", 30, 6.0).relative
    simple = eye.place_tuning(eye.simple_cell(30, 6.0), "grating", 30, 6.0).relative
    assert complex_.min() > 0.98
    assert simple.min() == 0
    assert eye.places("grating")[simple.argmax()] == 0


def test_turning_the_cell_turns_the_curve():
    first, second = (eye.angle_tuning(eye.simple_cell(a, 7.0), "grating", 7.0).relative for a in (40, 75))
    np.testing.assert_allclose(np.roll(first, 7), second, atol=0.02)


def test_a_quarter_turn_of_the_stimulus_turns_the_curve_exactly():
    kernel = np.random.default_rng(0).normal(size=(7, 7))
    curve = eye.angle_tuning(eye.own_cell(kernel), "grating", 5.0).responses
    turned = eye.angle_tuning(eye.own_cell(np.rot90(kernel)), "grating", 5.0).responses
    np.testing.assert_allclose(np.roll(curve, 18), turned, rtol=1e-6)


def test_the_even_gabor_is_the_kernel_of_that_name_and_the_pair_is_in_quadrature():
    even, odd = eye.quadrature(60, 5.0)
    np.testing.assert_allclose(even, kernels.gabor(60, 5.0, 0.8 * 5.0), atol=1e-6)
    assert (even * odd).sum() == pytest.approx(0, abs=1e-9)
    assert np.linalg.norm(odd) == pytest.approx(np.linalg.norm(even), rel=0.02)


def test_stimuli_are_what_they_say():
    three = [0, 0, 0, 1, 1, 1, 0, 0, 0]
    np.testing.assert_allclose(eye.bar(90, 3.0, 0.0, 9)[0], three, atol=1e-12)
    np.testing.assert_allclose(eye.bar(0, 3.0, 0.0, 9)[:, 0], three, atol=1e-12)
    np.testing.assert_allclose(eye.grating(90, 4.0, 0.0, 9)[5], np.cos(np.pi / 2 * np.arange(-4, 5)), atol=1e-12)


def test_a_response_is_the_rectified_sum_of_products():
    kernel = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    field = np.random.default_rng(1).normal(size=(2, eye.SIDE, eye.SIDE))
    middle = eye.SIDE // 2
    sums = (field[:, middle - 1 : middle + 2, middle - 1 : middle + 2] * kernel).sum((1, 2))
    np.testing.assert_allclose(eye.own_cell(kernel).respond(field), np.maximum(sums, 0))


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: eye.sweep("star", 0, 4.0), "one of grating"),
        (lambda: eye.grating(0, 0.0), "above 0"),
        (lambda: eye.bar(0, -1.0), "above 0"),
        (lambda: eye.quadrature(0, 40.0), "above 0 to 13"),
        (lambda: eye.own_cell([1, 2]), "rows and columns"),
    ],
)
def test_what_cannot_be_shown_is_refused(make, match):
    with pytest.raises(KernelError, match=match):
        make()


def test_selectivity_of_known_curves():
    angles = np.arange(0, 180, 5)
    assert eye.selectivity(angles, np.ones(36)) == pytest.approx(0, abs=1e-12)
    assert eye.selectivity(angles, np.eye(36)[4]) == pytest.approx(1)
    assert eye.selectivity(angles, 1 + np.cos(2 * np.deg2rad(angles))) == pytest.approx(0.5)
    assert eye.selectivity(angles, np.zeros((2, 36))).tolist() == [0, 0]


def one_layer(weights: np.ndarray, stride: int = 1) -> explorer.Network:
    """A network whose first layer has these filters (n, 3, k, k)."""
    layer = nn.Conv2d(3, len(weights), weights.shape[-1], stride=stride, bias=False)
    layer.weight = nn.Parameter(torch.tensor(weights, dtype=torch.float32))
    module = nn.Sequential(layer, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(len(weights), 2))
    return explorer.wrap_network(module, input_size=41, std=(0.2, 0.25, 0.5))


@pytest.mark.parametrize("kind", eye.STIMULI)
def test_an_edge_filter_is_tuned_and_a_blob_is_not(kind):
    edge, blob = kernels.gabor(90, 6.0, 4.0), kernels.gaussian(2.0, 17)
    weights = np.stack([np.stack([one] * 3) for one in (edge, blob)])
    found = layer_tuning(one_layer(weights), kind)
    assert found.tuned == 1
    assert found.selectivity[0] > 0.5 > 0.1 > found.selectivity[1]
    assert found.angles_deg[int(found.responses[0].argmax())] == 90


def test_the_tuning_is_what_the_network_really_answers():
    weights = np.random.default_rng(2).normal(size=(4, 3, 3, 3))
    network = one_layer(weights)
    amplitudes = []
    for wavelength in WAVELENGTHS:
        answers = []
        for phase in range(0, 360, 10):  # the centre of the map sees the centre of the stimulus
            pixels = (eye.grating(30, wavelength, phase) + 1) / 2
            image = explorer.open_image(pixels.astype(np.float32))
            answers.append(explorer.feature_maps(network, image, "0")[:, 19, 19])
        amplitudes.append(np.ptp(np.stack(answers), 0) / 2)
    at = layer_tuning(network).angles_deg.index(30)
    np.testing.assert_allclose(layer_tuning(network).responses[:, at], np.mean(amplitudes, 0), rtol=0.02)


def test_bars_get_what_the_network_really_answers():
    network = one_layer(np.random.default_rng(3).normal(size=(4, 3, 3, 3)))
    grey = explorer.feature_maps(network, explorer.open_image(np.full((41, 41), 0.5, np.float32)), "0")[:, 19, 19]
    highest = []
    for width in SIZES["bar"]:
        shown = [0.5 + eye.bar(60, width, offset) / 2 for offset in range(-8, 9)]
        answers = [
            explorer.feature_maps(network, explorer.open_image(pixels.astype(np.float32)), "0")[:, 19, 19] - grey
            for pixels in shown
        ]
        highest.append(np.abs(answers).max(0))
    found = layer_tuning(network, "bar")
    at = found.angles_deg.index(60)
    np.testing.assert_allclose(found.responses[:, at], np.mean(highest, 0), rtol=0.02)


@pytest.mark.parametrize("kind", eye.STIMULI)
def test_a_quarter_turn_of_the_filters_turns_their_curves(kind):
    weights = np.random.default_rng(4).normal(size=(3, 3, 5, 5))
    first, second = (
        layer_tuning(one_layer(w), kind).responses for w in (weights, np.rot90(weights, axes=(2, 3)).copy())
    )
    np.testing.assert_allclose(np.roll(first, 18, 1), second, rtol=1e-5)


def test_another_stimulus_is_refused():
    with pytest.raises(KernelError, match="one of grating, bar"):
        layer_tuning(one_layer(np.ones((1, 3, 3, 3))), "star")


def test_a_trained_layer_has_more_oriented_filters_than_chance(lite0):
    tuned = []
    for seed in range(6):
        torch.manual_seed(seed)
        drawn = EfficientNetLite("efficientnet_lite0")
        tuned.append(layer_tuning(explorer.wrap_network(drawn, input_size=224, device="cpu")).tuned)
    assert layer_tuning(lite0).tuned > 2 * np.mean(tuned)


def test_a_width_lies_between_the_angles_tried():
    fine = eye.angle_tuning(eye.simple_cell(45, 6.0), "grating", 6.0, np.arange(0, 180, 0.25))
    wanted = 0.25 * (fine.relative > 0.5).sum()
    coarse = eye.angle_tuning(eye.simple_cell(45, 6.0), "grating", 6.0)
    assert eye.half_width(coarse, 180) == pytest.approx(wanted, abs=1.0)
    assert eye.half_width(coarse, 180) % 5 > 0.5  # no multiple of the step


@pytest.mark.parametrize("shift", [0, 7, 35])
def test_a_width_against_a_triangle(shift):
    values = np.roll(np.maximum(0, 1 - np.abs(np.arange(36) - 18) / 5.0), shift)
    tuning = eye.TuningCurve(np.arange(0, 180, 5.0), values)
    assert eye.half_width(tuning, 180) == pytest.approx(25.0)  # 2 · 5 · (1 − ½) steps of 5°
    assert eye.half_width(eye.TuningCurve(tuning.at, np.ones(36)), 180) == 180
    assert eye.half_width(eye.TuningCurve(tuning.at, np.zeros(36)), 180) == 0


def test_a_complex_cell_cares_less_where_the_bar_is():
    widths = [
        eye.half_width(eye.place_tuning(cell, "bar", 45, 3.0))
        for cell in (eye.simple_cell(45, 6.0), eye.complex_cell(45, 6.0))
    ]
    assert widths[1] > 1.3 * widths[0]


def test_a_complex_cell_pools_filters_that_are_not_rectified():
    even, odd = eye.quadrature(30, 6.0)
    stimuli = eye.sweep("grating", 30.0, 6.0)
    sums = [np.einsum("nhw,hw->n", stimuli, _centred(kernel)) for kernel in (even, odd)]
    np.testing.assert_allclose(eye.complex_cell(30, 6.0).respond(stimuli), np.hypot(*sums), rtol=1e-9)
    assert min(sums[0].min(), sums[1].min()) < -0.5 * max(sums[0].max(), sums[1].max())


def _centred(kernel):
    margin = (eye.SIDE - len(kernel)) // 2
    return np.pad(kernel, margin)
