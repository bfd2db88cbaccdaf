"""Steered slopes, gradients of known ramps, pipelines against SciPy, and the lecture's pair."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from explorer.filtering import edges, pipeline
from explorer.filtering.convolution import convolve
from explorer.filtering.kernels import KernelError
from explorer.filtering.pipeline import EDGES, LONG_LINES, PipelineError, Stage
from explorer.pictures.reduced import grey
from explorer.pictures.samples import sample

RNG = np.random.default_rng(0)
NOISE = RNG.random((40, 50)).astype(np.float32)


def ramp(angle_deg: float) -> np.ndarray:
    """A plane whose level lines run at the angle, brighter at the right (90°) or below (0°); one unit a pixel."""
    y, x = np.mgrid[:30, :30]
    angle = np.deg2rad(angle_deg)
    return (x * np.sin(angle) + y * np.cos(angle)).astype(np.float32)


@pytest.mark.parametrize("name", edges.SLOPES)
@pytest.mark.parametrize("angle", [0, 30, 90, 145])
def test_direction_and_steepness_of_a_ramp(name, angle):
    found = edges.gradient(ramp(angle), name, 1.0)
    inner = found.direction_deg[8:-8, 8:-8]
    off = (inner - angle + 90) % 180 - 90
    assert np.abs(off).max() < 0.05
    assert np.ptp(found.magnitude[8:-8, 8:-8]) < 1e-3


@pytest.mark.parametrize("name", edges.SLOPES)
def test_the_steered_filter_answers_at_most_the_magnitude(name):
    found = edges.gradient(NOISE, name)
    across, down = (convolve(NOISE, edges.slope(name, a), padding="replicate") for a in (90, 0))
    np.testing.assert_allclose(np.hypot(across, down), found.magnitude, atol=1e-5)
    kernel = edges.slope(name, 30)
    steered = 0.5 * edges.slope(name, 90) + np.sqrt(0.75) * edges.slope(name, 0)
    np.testing.assert_allclose(kernel, 2 * steered / np.abs(steered).sum(), atol=1e-6)
    assert np.abs(kernel).sum() == pytest.approx(2, abs=1e-5)


def test_a_quarter_turn_of_the_picture_turns_the_shares():
    shares = edges.shares(edges.gradient(NOISE), 12)
    turned = edges.shares(edges.gradient(np.ascontiguousarray(np.rot90(NOISE))), 12)
    np.testing.assert_allclose(turned, np.roll(shares, 6), atol=0.01)
    assert shares.sum() == pytest.approx(1)


def test_hues_follow_the_direction_and_flat_is_black():
    level, upright = (edges.direction_picture(edges.gradient(ramp(a)))[15, 15] for a in (0, 90))
    assert level.tolist() == [255, 0, 0]
    assert upright.argmin() == 0
    assert edges.direction_picture(edges.gradient(np.zeros((5, 5), np.float32))).max() == 0


@pytest.mark.parametrize("angle", [0, 45, 90, 135])
def test_a_spoke_of_the_wheel_has_the_hue_of_an_edge_that_runs_along_it(angle):
    wheel, along = edges.wheel(61), np.deg2rad(angle)
    edge = edges.direction_picture(edges.gradient(ramp(angle)))[15, 15]
    for far in (-20, 20):
        *hue, opaque = wheel[round(30 - far * np.sin(along)), round(30 + far * np.cos(along))].astype(int)
        assert opaque == 255
        assert np.abs(hue - edge.astype(int) * 255 / edge.max()).max() <= 2
    assert wheel[30, 30, 3] == wheel[0, 0, 3] == 0


@pytest.mark.parametrize("name", edges.SLOPES)
def test_a_plain_picture_has_no_edges(name):
    """Rounding leaves ±2e-8, which in full contrast would look like a strong edge everywhere."""
    plain = np.full((9, 9), 77 / 255, np.float32)
    assert not edges.response(plain, edges.slope(name, 50, 1.5)).any()
    assert not edges.gradient(plain, name, 1.5).magnitude.any()
    plain[4, 4] += 1 / 255
    assert edges.response(plain, edges.slope(name, 50, 1.5)).any()


def test_another_slope_is_refused():
    with pytest.raises(KernelError, match="one of Sobel"):
        edges.slope("Canny", 0)


def test_each_stage_is_what_it_says():
    stages = (
        Stage("edge", 1.0, 90),
        Stage("absolute"),
        Stage("max pool", 2),
        Stage("mean pool", 5),
        Stage("threshold", 0.2),
    )
    first, size, largest, mean, over = pipeline.run(NOISE, stages)
    kernel = pipeline.kernel(stages[0])
    inner = signal.correlate2d(NOISE, kernel, "valid")
    reach = len(kernel) // 2
    np.testing.assert_allclose(first.values[reach:-reach, reach:-reach], inner, atol=1e-5)
    np.testing.assert_array_equal(size.values, np.abs(first.values))
    np.testing.assert_array_equal(largest.values[3, 4], size.values[6:8, 8:10].max())
    np.testing.assert_allclose(mean.values[1, 1], largest.values[5:10, 5:10].mean(), rtol=1e-5)
    np.testing.assert_array_equal(over.values, mean.values > 0.2)
    assert over.mean == pytest.approx(over.values.ravel() @ np.full(over.values.size, 1 / over.values.size))
    assert not over.values.flags.writeable


def test_a_long_line_answers_to_a_line_along_it_alone():
    kernel = pipeline.long_line(90, 8.0)
    assert kernel.sum() == pytest.approx(0, abs=1e-5)
    bar = np.zeros_like(kernel)
    bar[:, len(bar) // 2] = 1
    assert (kernel * bar).sum() > 3 * abs((kernel * bar.T).sum())
    np.testing.assert_allclose(pipeline.long_line(0, 8.0), kernel.T, atol=1e-6)


@pytest.mark.parametrize(
    ("stages", "match"),
    [
        ([Stage("dream")], "one of edge"),
        ([Stage("max pool", 99)], "from 2 to 16"),
        ([Stage("ReLU")] * 6, "at most 5"),
    ],
)
def test_other_pipelines_are_refused(stages, match):
    with pytest.raises(PipelineError, match=match):
        pipeline.run(NOISE, stages)


def test_edges_alone_mislead_and_long_lines_do_not():
    built, grown = (pipeline.run(grey(sample(name), 256), LONG_LINES) for name in ("brick", "grass"))
    last = len(EDGES) - 1
    assert built[last].mean < grown[last].mean
    assert built[-1].mean > grown[-1].mean


def test_what_is_the_same_at_any_angle_is_taken_once():
    picture = sample("brick")
    known = edges.edges_of(picture, 60, "Scharr", 1.5, 18)
    assert edges.edges_of(picture, 60, "Scharr", 1.5, 18) is known
    found = edges.gradient(grey(picture, 60), "Scharr", 1.5)
    np.testing.assert_array_equal(known.gradient.magnitude, found.magnitude)
    np.testing.assert_array_equal(known.directions, edges.direction_picture(found))
    np.testing.assert_array_equal(known.shares, edges.shares(found, 18))
