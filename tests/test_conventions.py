"""One convention everywhere: angles run counter-clockwise from horizontal, Sobel counts left positive, rows begin at "
"0."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.classical import eye, sift, sift_matching
from explorer.classical.hog import hog_of
from explorer.filtering import edges, kernels, pipeline
from explorer.filtering.convolution import convolve
from explorer.pictures.reduced import grey
from explorer.pictures.samples import sample
from pages.parts.shell.words import counted, number, power_of_ten
from pages.parts.widgets import show

SIDE = 49  # odd: a level line lies on pixels, not between them


def line(angle_deg: float, width: float = 3.0) -> np.ndarray:
    """A soft bright line through the middle at an angle, counter-clockwise from horizontal as it is seen."""
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    across = x * np.sin(np.deg2rad(angle_deg)) + y * np.cos(np.deg2rad(angle_deg))
    return np.exp(-((across / width) ** 2)).astype(np.float32)


def test_45_degrees_rise_to_the_right():
    rising = line(45)
    assert rising[0, -1] > 0.9
    assert rising[0, 0] < 0.01


@pytest.mark.parametrize("angle", [0, 20, 45, 70, 90, 135])
def test_every_screen_means_the_same_line(angle):
    picture = line(angle)
    others = [line(other) for other in range(0, 180, 5)]

    def best(answer) -> int:
        return 5 * int(np.argmax([answer(other) for other in others]))

    wanted = 5 * round(angle / 5)
    for kernel in (kernels.line(angle, 2.0), kernels.gabor(angle, 9.0, 4.0), pipeline.long_line(angle, 12, 2.0)):
        assert best(lambda other, w=kernel: float(convolve(other, w).max())) == wanted
    bar = eye.bar(angle, 3.0, side=SIDE)
    assert best(lambda other: float((other * bar).sum() / np.linalg.norm(other))) == wanted
    found = edges.gradient(picture, "Scharr")
    shares = edges.shares(found, 36)
    assert 5 * int(shares.argmax()) == wanted
    hog = hog_of(picture, 16, 12)
    runs = hog.edge_angles_deg[int(hog.cells.sum((0, 1)).argmax())]
    assert min(abs(runs - angle) % 180, 180 - abs(runs - angle) % 180) <= 15


def test_keypoints_turn_counter_clockwise_with_the_picture():
    values = grey(sample("cat"), 128)
    found = sift_matching.match(values, sift.sift_of(values), 40, 1.0)
    first, second = found.pairs[found.correct].T
    turns = (found.second.angles_deg[second] - found.first.angles_deg[first]) % 360
    assert np.median(turns) == pytest.approx(40, abs=3)


def test_a_keypoint_at_0_degrees_brightens_to_the_right():
    rising = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (64, 1))
    keypoint = sift.Keypoints(
        np.array([[31.5, 31.5]]), np.array([1.0]), np.array([0.0]), np.zeros((1, 4, 4, 8), np.uint8)
    )
    assert (np.diff(sift.patch(rising, keypoint, 0), axis=0) > 0).all()  # upright: it brightens downwards


@pytest.mark.parametrize("name", edges.SLOPES)
def test_slopes_count_left_and_above_positive_as_the_lectures_sobel(name):
    left_bright = np.tile(np.linspace(1, 0, 12, dtype=np.float32), (12, 1))
    assert (convolve(left_bright, kernels.sobel()) > 0).all()
    assert (convolve(left_bright, edges.slope(name, 90)) > 0).all()
    assert (convolve(left_bright.T.copy(), edges.slope(name, 0)) > 0).all()
    np.testing.assert_allclose(edges.slope("Sobel", 90), kernels.sobel() / 4, atol=1e-7)
    assert (convolve(left_bright, kernels.edge(90, 1.5)) > 0).all()


@pytest.mark.parametrize(
    ("value", "how", "text"),
    [
        (-0.367, {}, "−0.367"), (2.6e-7, {}, "0"), (-2.6e-7, {}, "0"), (-0.0, {}, "0"), (1234567.8, {}, "1,234,568"),
        (1385.4, {}, "1,385"), (0.0000123, {}, "0.0000123"), (-0.004, {"decimals": 2}, "0.00"),
        (0.78, {"decimals": 2}, "0.78"),
        (-0.0049, {"decimals": 4}, "−0.0049"), (12.0, {}, "12"), (-5.25, {"digits": 2}, "−5.2"),
    ],
)  # fmt: skip
def test_numbers_as_people_read_them(value, how, text):
    assert number(value, **how) == text


@pytest.mark.parametrize(
    ("value", "text"), [(2.8e-17, "2.8 · 10⁻¹⁷"), (1e-9, "1.0 · 10⁻⁹"), (0.0, "0"), (0.25, "0.25")]
)
def test_very_small_numbers_as_people_write_them(value, text):
    assert power_of_ten(value) == text


def test_counts():
    assert [counted(n, "level") for n in (0, 1, 2, 1200)] == ["0 levels", "1 level", "2 levels", "1,200 levels"]
    assert counted(2, "box") == "2 boxes"


@pytest.mark.parametrize(
    ("limit", "how", "ends"),
    [
        (2.5, {}, ("−2.5", "+2.5")),
        (0.5, {"decimals": 2}, ("−0.50", "+0.50")),
        (0.0, {}, ("", "")),
        (2.6e-9, {}, ("", "")),
    ],
)
def test_a_signed_scale_has_no_minus_zero(limit, how, ends, monkeypatch):
    written = []
    monkeypatch.setattr(show, "scale_bar", lambda *words: written.append(words))
    show.signed_scale(limit, **how)
    assert written == [("signed", *ends, "0")]
