"""Two classes told apart: what is measured, how it is split, and the interval."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.classical import texture_classes as classes
from explorer.pictures.images import ImageError, from_array
from explorer.pictures.samples import sample

RNG = np.random.default_rng(0)


def stripes(seed: int, axis: int) -> classes.Image:
    """Random stripes along an axis, 32 × 32."""
    line = np.random.default_rng(seed).random((32, 1) if axis else (1, 32))
    return from_array(np.broadcast_to(line, (32, 32)).astype(np.float32))


def test_features_tell_level_from_upright():
    level, upright = classes.features(stripes(0, 1)), classes.features(stripes(0, 0))
    named = {name: i for i, name in enumerate(classes.FEATURES)}
    assert level[named["edges at 0°"]] > 5 * level[named["edges at 90°"]]
    assert upright[named["long lines at 90°"]] > 5 * upright[named["long lines at 0°"]]


def test_stripes_are_learned_and_tested_on_others():
    first, second = (tuple(stripes(seed, axis) for seed in range(12)) for axis in (0, 1))
    found = classes.compare(first, second)
    assert found.learned_from == 12
    assert found.by_features.tested == 12
    assert found.by_features.accuracy == 1
    assert found.by_features.interval[0] < found.by_features.accuracy
    assert len(found.by_features.weights) == len(classes.FEATURES)
    assert len(found.by_pixels.weights) == classes.RAW_SIDE**2


def test_the_same_class_twice_is_chance():
    pictures = tuple(from_array(RNG.random((24, 24)).astype(np.float32)) for _ in range(60))
    found = classes.compare(pictures[:30], pictures[30:])
    low, high = found.by_features.interval
    assert low < 0.5 < high


def test_crops_do_not_overlap_and_go_from_left_to_right():
    image = from_array(np.arange(64 * 96, dtype=np.float32).reshape(64, 96) / 6144)
    squares = classes.crops(image, 32)
    assert len(squares) == 6
    assert len({float(p) for one in squares for p in one.pixels[..., 0].ravel()}) == 64 * 96
    np.testing.assert_array_equal(squares[1].pixels, image.pixels[32:, :32])
    with pytest.raises(ImageError, match="at least 4"):
        classes.crops(image, 64)


def test_halves_and_order():
    pictures = classes.crops(sample("brick"))
    learn, test = classes.halves(pictures)
    assert learn + test == pictures
    mixed = classes.shuffled(pictures)
    assert mixed != pictures
    assert sorted(p.digest for p in mixed) == sorted(p.digest for p in pictures)


def test_too_few_are_refused():
    with pytest.raises(ImageError, match="second class has 1"):
        classes.compare(tuple(stripes(s, 0) for s in range(4)), (stripes(0, 1),))


@pytest.mark.parametrize(("one", "other"), [(7, 0), (10, 1), (3, 3), (0, 0), (5, 6), (2, 9)])
def test_mcnemars_test_against_its_formula(one, other):
    features = np.array([True] * one + [False] * other + [True] * 20)
    pixels = np.array([False] * one + [True] * other + [True] * 20)
    found = classes.Comparison(*(classes.TestedClassifier(np.zeros(1), a, (0.0, 1.0)) for a in (features, pixels)), 10)
    assert found.discordant == (one, other)
    total = one + other
    tail = sum(math.comb(total, k) for k in range(min(one, other) + 1)) / 2**total
    assert found.p_value == pytest.approx(min(1, 2 * tail))


def test_mcnemars_test_is_wrong_as_often_as_it_says():
    """Pairs of answers alike hard for both, drawn ten thousand times: significant in at most 5 %."""
    rng = np.random.default_rng(0)
    wrong = 0
    for _ in range(2000):
        one, other = rng.binomial(64, 0.15), rng.binomial(64, 0.15)
        features = np.array([True] * one + [False] * other)
        found = classes.Comparison(
            *(classes.TestedClassifier(np.zeros(1), a, (0.0, 1.0)) for a in (features, ~features)), 10
        )
        wrong += found.p_value < 0.05
    assert 0.01 < wrong / 2000 <= 0.05


def test_photographs_never_stand_on_both_sides():
    rng = np.random.default_rng(0)

    def photograph() -> classes.Pictures:
        return tuple(from_array(rng.integers(0, 256, (64, 64, 3), np.uint8)) for _ in range(4))

    first, second = (tuple(photograph() for _ in range(5)) for _ in range(2))
    found = classes.compare_photographs(first, second)
    assert (found.learned_from, found.by_features.tested) == (2 * 3 * 4, 2 * 2 * 4)
    with pytest.raises(ImageError, match="photographs"):
        classes.compare_photographs(first, second[:1])
