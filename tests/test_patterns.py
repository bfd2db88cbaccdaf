"""Template matching against scikit-image's and OpenCV's, and the peaks it finds."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage.feature import match_template

from explorer.filtering.patterns import MEASURES, PatternError, Search, non_max_suppression, search, values_of
from explorer.pictures.images import Image, from_array

RNG = np.random.default_rng(0)
NOISE = from_array(RNG.integers(0, 256, (40, 50, 3), np.uint8))
BOX = (12, 20, 21, 32)


def cut(image: Image, *, colour: bool) -> np.ndarray:
    return values_of(image, colour=colour)[12:21, 20:32]


@pytest.mark.parametrize("colour", [False, True])
def test_normalized_is_scikit_images(colour):
    made = search(NOISE, NOISE, BOX, colour=colour)
    expected = match_template(values_of(NOISE, colour=colour).astype(float), cut(NOISE, colour=colour).astype(float))
    np.testing.assert_allclose(made.scores, expected.reshape(made.scores.shape), atol=1e-4)


@pytest.mark.parametrize(
    ("measure", "method"),
    [("raw", cv2.TM_CCORR), ("zero-mean", cv2.TM_CCOEFF), ("normalized", cv2.TM_CCOEFF_NORMED)],
)
def test_each_measure_is_opencvs_on_grey(measure, method):
    made = search(NOISE, NOISE, BOX, measure=measure)
    expected = cv2.matchTemplate(values_of(NOISE, colour=False), cut(NOISE, colour=False), method)
    np.testing.assert_allclose(made.scores, expected, rtol=1e-4, atol=2e-3)


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("measure", ["zero-mean", "normalized"])
def test_the_answer_is_highest_where_the_box_was_cut(measure, colour):
    made = search(NOISE, NOISE, BOX, measure=measure, colour=colour)
    assert np.unravel_index(made.scores.argmax(), made.scores.shape) == (12, 20)
    if measure == "normalized":
        assert made.scores.max() == pytest.approx(1, abs=1e-5)


def test_raw_correlation_prefers_what_is_bright_and_normalized_does_not():
    pixels = np.array(NOISE.pixels) * 0.5
    pixels[:15, :15] = 1
    picture = from_array(pixels)
    raw, normalized = (search(picture, picture, BOX, measure=m) for m in ("raw", "normalized"))
    assert np.unravel_index(raw.scores.argmax(), raw.scores.shape) < (7, 4)
    assert np.unravel_index(normalized.scores.argmax(), normalized.scores.shape) == (12, 20)


def test_normalized_does_not_feel_light_and_contrast():
    dimmed = from_array(0.3 * NOISE.pixels + 0.4)
    np.testing.assert_allclose(search(dimmed, NOISE, BOX).scores, search(NOISE, NOISE, BOX).scores, atol=1e-3)


def test_flat_windows_answer_zero():
    pixels = np.zeros((30, 60, 3), np.float32)
    pixels[:, :30] = NOISE.pixels[:30, :30]
    made = search(from_array(pixels), NOISE, BOX)
    assert (made.scores[:, 30:] == 0).all()
    assert np.isfinite(made.scores).all()


def test_colour_decides_where_grey_sees_no_difference():
    red, blue = [200, 30, 30], [30, 86, 254]  # of one grey
    pixels = np.full((20, 40, 3), 255, np.uint8)
    pixels[5:15, 5:15], pixels[5:15, 25:35] = red, blue
    picture, box = from_array(pixels), (3, 3, 17, 17)
    grey, colour = (search(picture, picture, box, colour=c).scores for c in (False, True))
    assert grey[3, 23] > 0.98
    assert colour[3, 23] < 0.7
    assert colour[3, 3] == pytest.approx(1, abs=1e-4)


def test_suppression_leaves_one_window_for_each_place():
    scores = np.zeros((30, 30))
    scores[5:8, 5:8] = [[0.7, 0.8, 0.7], [0.8, 0.9, 0.8], [0.7, 0.8, 0.7]]
    scores[20, 20] = 0.95
    found = Search(scores, np.ones((6, 6)), (6, 6))
    best = non_max_suppression(found, threshold=0.6)
    assert [f.box for f in best] == [(20, 20, 26, 26), (6, 6, 12, 12)]
    assert [f.score for f in best] == [0.95, 0.9]
    assert len(non_max_suppression(found, threshold=0.6, overlap=1)) == 10
    assert len(non_max_suppression(found, threshold=0.6, overlap=1, count=4)) == 4
    assert non_max_suppression(found, threshold=0.99) == []


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("box", "says"),
    [
        ((0, 0, 2, 9), "2 × 9 pixels; a pattern needs at least 3 × 3"),
        ((-1, 0, 5, 5), "not inside"),
        ((5, 5, 5, 9), "not inside"),
        ((0, 0, 41, 9), "not inside"),
    ],
)
def test_impossible_boxes_get_a_sentence(measure, box, says):
    with pytest.raises(PatternError, match=says):
        search(NOISE, NOISE, box, measure=measure)


def test_a_flat_pattern_and_one_too_large_get_a_sentence():
    flat = from_array(np.full((20, 20, 3), 90, np.uint8))
    with pytest.raises(PatternError, match="all alike"):
        search(flat, flat, (2, 2, 9, 9))
    with pytest.raises(PatternError, match="larger than the picture of 20 × 20"):
        search(flat, NOISE, (0, 0, 30, 30))
