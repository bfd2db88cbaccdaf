"""A painted picture is measured as photographs are, and as the ascent measures it."""

import pytest

import explorer
from explorer.dataset_examples.examples import scores as photograph_scores
from explorer.maximization.peak_and_mean import peak_and_mean


def test_the_mean_is_what_the_ascent_ascents_and_the_peak_what_photographs_are_told_by(lite0):
    unit = explorer.Unit("blocks.2", 7)
    *_, last = explorer.maximize(lite0, unit, size=lite0.input_size, steps=2)
    peak, mean = peak_and_mean(lite0, last.image, unit)
    assert mean == pytest.approx(last.score, rel=0.02)  # its pixels are rounded
    assert peak == pytest.approx(photograph_scores(lite0, unit, [last.image])[0], rel=1e-4)
    assert peak > mean


def test_of_one_neuron_and_of_a_class_both_are_one_value(lite0):
    picture = explorer.open_image(lite0.prepare(explorer.sample("coffee")).uint8)
    maps = explorer.feature_maps(lite0, picture, "blocks.2")
    neuron = peak_and_mean(lite0, picture, explorer.Unit("blocks.2", 7, (3, 4)))
    assert neuron == pytest.approx([maps[7, 3, 4]] * 2, rel=1e-4)
    last = lite0.layers[-1].name
    peak, mean = peak_and_mean(lite0, picture, explorer.Unit(last, 504))
    assert peak == mean == pytest.approx(float(explorer.feature_maps(lite0, picture, last)[504].max()), rel=1e-4)


def test_a_picture_of_another_size_is_seen_whole(lite0):
    unit = explorer.Unit("blocks.2", 7)
    small = next(iter(explorer.maximize(lite0, unit, size=64, steps=1)))
    assert peak_and_mean(lite0, small.image, unit)[1] == pytest.approx(small.score, rel=0.05, abs=0.02)


def test_a_unit_that_is_not_there_is_refused(lite0):
    with pytest.raises(explorer.NetworkError):
        peak_and_mean(lite0, explorer.sample("coffee"), explorer.Unit("blocks.2", 10**6))
