"""Orientation, frequency, colour and kind of filters whose formula is known."""

import numpy as np
import pytest

from explorer.architecture.filter_statistics import KINDS, filter_statistics, spectra
from explorer.filtering.kernels import gabor, gaussian

GREY = np.ones((3, 1, 1))


def of(*kernels):
    """Kernels (k, k), or (3, k, k) in colour, as filters of one layer."""
    return np.stack([kernel if kernel.ndim == 3 else GREY * kernel for kernel in kernels])


@pytest.mark.parametrize("wavelength", [3.0, 4.0, 5.5])
def test_a_gabors_angle_and_frequency_are_recovered(wavelength):
    angles = np.arange(0, 180, 15)
    measured = filter_statistics(of(*(gabor(angle, wavelength, sigma=3) for angle in angles)))
    apart = (measured.angle_deg - angles + 90) % 180 - 90
    assert np.abs(apart).max() < 3
    assert measured.frequency == pytest.approx(np.full(len(angles), 1 / wavelength), abs=0.02)
    assert measured.selectivity.min() > 0.7
    assert set(measured.kinds) == {"edge"}


def test_a_quarter_turn_turns_the_angle_and_changes_nothing_else():
    weights = np.random.default_rng(0).normal(size=(20, 3, 7, 7))
    before, after = filter_statistics(weights), filter_statistics(np.rot90(weights, axes=(2, 3)))
    waves = before.frequency > 0
    assert waves.sum() > 15
    assert ((after.angle_deg - before.angle_deg) % 180)[waves] == pytest.approx(np.full(waves.sum(), 90), abs=1e-6)
    for name in ("frequency", "selectivity", "colour", "smooth", "energy"):
        assert getattr(after, name) == pytest.approx(getattr(before, name))


def test_noise_has_no_orientation_and_is_of_no_kind():
    measured = filter_statistics(np.random.default_rng(0).normal(size=(200, 1, 11, 11)))
    assert np.median(measured.selectivity) < 0.2
    assert measured.counts["other"] > 195


def test_a_gaussian_is_a_blob_and_a_tiny_filter_dead():
    bell = gaussian(1.5)
    measured = filter_statistics(of(bell, 0.01 * bell))
    assert measured.kinds.tolist() == ["blob", "dead"]
    assert measured.frequency[0] == 0
    assert measured.selectivity[0] == pytest.approx(0, abs=1e-6)
    assert measured.energy[1] == pytest.approx(0.01 * measured.energy[0])


def test_colour_is_the_share_that_is_no_grey_and_hue_its_axis():
    bell = gaussian(1.5)
    red_cyan, green_blue = (np.reshape(c, (3, 1, 1)) * bell for c in ([2, -1, -1], [0, 1, -1]))
    measured = filter_statistics(of(bell, red_cyan, green_blue, -red_cyan))
    assert measured.colour == pytest.approx([0, 1, 1, 1])
    assert (measured.hue_deg[1:] + 45) % 180 == pytest.approx([45, 135, 45], abs=1e-6)  # an axis: 180 is 0
    assert measured.one_axis[1:] == pytest.approx([1, 1, 1])
    assert measured.kinds.tolist() == ["blob", *["colour contrast"] * 3]
    half = filter_statistics(of(np.concatenate([[bell, 0 * bell, 0 * bell]])))  # one channel alone: a third is grey
    assert half.colour[0] == pytest.approx(2 / 3)


def test_the_spectrum_holds_the_power_of_the_weights():
    weights = np.random.default_rng(0).normal(size=(3, 2, 5, 5))
    power = (spectra(weights, 16) ** 2).sum((1, 2)) / 16**2
    assert power == pytest.approx((weights**2).sum((1, 2, 3)))  # Parseval
    assert spectra(weights, 16)[:, 8, 8] == pytest.approx(np.sqrt((weights.sum((2, 3)) ** 2).sum(1)))


def test_every_filter_is_counted_once_and_zeros_are_no_trouble():
    weights = np.random.default_rng(1).normal(size=(30, 3, 3, 3))
    weights[4] = 0
    counts = filter_statistics(weights).counts
    assert sum(counts.values()) == 30
    assert list(counts) == list(KINDS)
    assert counts["dead"] == 1
    assert filter_statistics(np.zeros((2, 1, 1, 1))).counts["other"] == 2


def test_learned_filters_are_more_oriented_than_random_ones(lite0):
    import explorer

    other = explorer.load_network("efficientnet_lite0", device="cpu", pretrained=False)
    learned, random = (filter_statistics(explorer.first_layer_filters(net)) for net in (lite0, other))
    assert learned.counts["edge"] > 2 * random.counts["edge"]
