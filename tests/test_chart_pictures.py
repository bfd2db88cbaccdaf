"""Figures drawn as pictures: the curves lie where their numbers are, in their colours."""

from __future__ import annotations

import numpy as np
import pytest

from explorer import plots
from explorer.chart_pictures import drawn, film

COLOURS = ["#0000ff", "#ff0000"]
BLUE, RED = (0, 0, 255), (255, 0, 0)


def places(picture: np.ndarray, colour: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Columns, and rows counted from below, of what has this colour."""
    rows, columns = np.nonzero((np.abs(picture.astype(int) - colour) < 8).all(-1))
    return columns, len(picture) - rows


def bent(picture: np.ndarray) -> float:
    """How far the blue curve is from straight, in pixels; the legend's sample, at the top, is left out."""
    columns, rows = places(picture, BLUE)
    below = rows < 0.85 * len(picture)
    line = np.polyfit(columns[below], rows[below], 1)
    assert line[0] > 0.1
    return float(np.abs(np.polyval(line, columns[below]) - rows[below]).max())


def test_a_curve_lies_where_its_numbers_are():
    figure = plots.lines({"": [0, 1, 2]}, x="x", y="y", height=200)
    picture = drawn(figure, COLOURS, width=400)
    assert picture.shape == (200, 400, 3)
    assert picture.dtype == np.uint8
    assert bent(picture) < 4
    assert not places(picture, RED)[0].size


def test_a_power_is_straight_on_a_logarithmic_axis_alone():
    figure = plots.lines({"": [1, 10, 100, 1000]}, x="x", y="y", height=200)
    assert bent(drawn(figure, COLOURS)) > 20
    assert bent(drawn(figure.update_yaxes(type="log"), COLOURS)) < 4


def test_a_range_and_a_second_curves_colour_and_a_shade():
    figure = plots.lines({"a": [1, 1], "b & c": [3, 3]}, x="x", y="y", height=200,
                         bands={"a": ([0.5, 0.5], [1.5, 1.5])}).update_yaxes(range=[0, 4])  # fmt: skip
    picture = drawn(figure, COLOURS)
    lower, upper = (np.median(places(picture, colour)[1]) for colour in (BLUE, RED))
    column = int(np.median(places(picture, BLUE)[0]))
    grey = np.nonzero((picture[:, column] == picture[:, column, :1]).all(-1) & (picture[:, column, 0] < 240))[0]
    assert upper - lower == pytest.approx(2 * len(grey), rel=0.2)  # the shade is 1 high, less the line in its middle


def test_ticks_are_those_of_the_figure(monkeypatch):
    figure = plots.count_axis(plots.lines({"": [0, 1]}, x="x", y="y"), 1).update_yaxes(tickformat=".0%")
    told = {}
    note = lambda _, ticks, names: told.update(zip(names, ticks, strict=True))  # noqa: E731
    monkeypatch.setattr("matplotlib.axis.XAxis.set_ticks", note)
    drawn(figure, COLOURS)
    assert told == {"0": 0, "1": 1}


def test_points_keep_their_own_colour_and_contours_are_drawn():
    figure = plots.scatter({"one": ([0, 1], [0, 1], ["a", "b"])}, x="x", y="y", named=["b"])
    figure.update_traces(marker={"color": "rgb(0, 0, 255)", "opacity": 1})
    assert places(drawn(figure, ["#00ff00"]), BLUE)[0].size > 50
    blank = drawn(figure, ["#00ff00"])
    y, x = np.mgrid[-1:1:20j, -1:1:20j]
    figure.add_contour(z=x**2 + y**2, x=x[0], y=y[:, 0], ncontours=5)
    assert (drawn(figure, ["#00ff00"]) != blank).any(-1).sum() > 200


def test_in_a_film_only_the_curves_move():
    steps = [[0, 1, 0], [0, 2, 1], [2, 0, 2]]
    figures = [plots.lines({"": heights}, x=f"step {number}", y="y", height=200).update_yaxes(range=[0, 2])
               for number, heights in enumerate(steps)]  # fmt: skip
    frames = list(film(figures, COLOURS))
    assert len(frames) == 3
    alone = drawn(figures[0], COLOURS, width=480)
    assert (frames[0] == alone).mean() > 0.99
    for frame, figure in zip(frames, figures, strict=True):
        columns, rows = places(frame, BLUE)
        theirs = places(drawn(figure, COLOURS, width=480), BLUE)
        assert len(columns) == pytest.approx(len(theirs[0]), rel=0.05)
        assert rows.mean() == pytest.approx(theirs[1].mean(), abs=2)
    titles = [frame[-25:] for frame in frames]  # beneath the ticks
    assert (titles[0] != titles[1]).any()
