"""What is taken away of training: all curves as a table, and films, each frame of which is its epoch's."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from explorer.learning.ensembles.experiments import AUGMENTATION, BATCH_NORM, DROPOUT, deep_network
from explorer.learning.ensembles.runs import CURVES, shipped_run
from explorer.learning.least_squares.polynomials import fit_polynomial, legendre_features
from explorer.learning.optimization.descents import descend
from explorer.learning.optimization.optimizers import OPTIMIZERS
from pages.parts.learning import (
    batch_normalization,
    comparison_files,
    dropout,
    optimizers,
    polynomial_fits,
    residual_connections,
)
from tests.support.whole_app import app

POINTS = ((-0.5, 0.5), (0.0, -0.5), (0.5, 0.5))
WAYS = {one: descend("a bowl", one, rate=0.05, start=(-1.6, 1.2), steps=60) for one in OPTIMIZERS}


def test_the_curves_that_are_taken_away_are_those_of_every_network():
    run = shipped_run("digits", AUGMENTATION)
    assert run is not None
    head, *rows = comparison_files.table({"as they are": run}, first=7).decode().splitlines()
    assert head == "network,seed,epoch,loss,accuracy,held_out_loss,held_out"
    assert len(rows) == 5 * len(run)
    name, seed, epoch, *numbers = rows[len(run) + 3].split(",")
    assert (name, seed, epoch) == ("as they are", "8", "3")
    assert list(map(float, numbers)) == pytest.approx([float(run.curves[one][3, 1]) for one in CURVES], rel=1e-5)


def test_the_frames_of_a_gif_go_from_the_start_to_the_end_on_one_scale():
    run = shipped_run("digits", BATCH_NORM)
    assert run is not None
    points = np.array(POINTS)
    films = [
        [*batch_normalization._film(run)],
        [*polynomial_fits._film(POINTS, legendre_features(points[:, 0], 8), 8)],
        [go.Figure(frame) for frame in optimizers._film("a bowl", WAYS, 60)],  # one figure, changed
    ]
    assert list(map(len, films)) == [len(run), 25, 25]
    assert all(len({tuple(frame.layout.yaxis.range) for frame in frames}) == 1 for frames in films)
    sums, descent, ways = films
    np.testing.assert_array_equal(sums[4].data[1].y, run.layers["histograms"][4][1])
    basis = legendre_features(np.linspace(-1, 1, 401), 8)
    np.testing.assert_allclose(descent[-1].data[0].y, basis @ fit_polynomial(POINTS, 8), atol=1e-6)
    assert descent[0].layout.xaxis.title.text == "x, after 1 step from zero"
    first, last = ([one.x for one in frame.data if one.name == "SGD"] for frame in (ways[0], ways[-1]))
    assert len(first[0]) == 1
    np.testing.assert_array_equal(last[0], WAYS["SGD"][:, 0])


def test_curves_grow_epoch_by_epoch_on_one_scale_and_without_shades():
    run = shipped_run("digits", DROPOUT)
    assert run is not None
    whole = dropout._accuracies({"all units": run})
    frames = [go.Figure(frame) for frame in comparison_files.grown(whole)]  # one figure, changed
    assert len(frames) == comparison_files.FRAMES
    assert {len(frame.data) for frame in frames} == {2}
    assert all(len({tuple(frame.layout[axis].range) for frame in frames}) == 1 for axis in ("xaxis", "yaxis"))
    assert [len(frame.data[0].y) for frame in (frames[0], frames[-1])] == [1, len(run)]
    np.testing.assert_array_equal(frames[-1].data[1].y, whole.data[1].y)


def test_the_gradients_film_is_that_of_each_epoch_on_one_scale():
    run = shipped_run("digits", deep_network(8, residual=True))
    assert run is not None
    frames = [*residual_connections._film({"residual": run})]
    assert len(frames) == len(run)
    assert len({tuple(frame.layout.yaxis.range) for frame in frames}) == 1
    np.testing.assert_array_equal(frames[3].data[0].y, run.layers["gradients"][3])


def test_depths_that_learn_side_by_side_are_a_film(monkeypatch):
    films = {}
    monkeypatch.setattr(comparison_files, "take_chart_film", lambda make, file, _: films.setdefault(file, make))
    test = app("depth")
    assert not test.exception
    frames = [[len(trace.y) for trace in frame.data] for frame in map(go.Figure, films["learning-spirals"]())]
    assert len(frames) == comparison_files.FRAMES
    assert len(frames[0]) == 7  # depths
    assert set(frames[0]) == {1}
    assert set(frames[-1]) == {151}  # epochs
