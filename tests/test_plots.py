"""Figures hold the numbers they were given."""

from __future__ import annotations

import importlib
from itertools import pairwise

import numpy as np
import pytest

from explorer import plots


def test_lines_hold_curves_bands_and_marks():
    figure = plots.lines(
        {"a": [1, 2, 3], "b": [3, 2, 1]}, x="step", y="value", at=[10, 20, 30],
        bands={"b": ([2, 1, 0], [4, 3, 2])}, marks={"best": (20, 2)},
    )  # fmt: skip
    named = {trace.name: trace for trace in figure.data if trace.name}
    np.testing.assert_array_equal(named["a"].x, [10, 20, 30])
    np.testing.assert_array_equal(named["a"].y, [1, 2, 3])
    np.testing.assert_array_equal(named["b"].y, [3, 2, 1])
    assert (named["best"].x[0], named["best"].y[0]) == (20, 2)
    low, high = (trace for trace in figure.data if trace.line.width == 0)
    np.testing.assert_array_equal(low.y, [2, 1, 0])
    np.testing.assert_array_equal(high.y, [4, 3, 2])
    assert high.fill == "tonexty"
    assert figure.layout.showlegend
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("step", "value")


def test_controls_are_dashed_and_a_place_is_named():
    figure = plots.lines({"a": [1, 2], "noise": [1, 1]}, x="x", y="y", dashed=["noise"], here=("yours", 0.5))
    assert [trace.line.dash for trace in figure.data] == ["solid", "dash"]
    assert figure.layout.shapes[0].x0 == figure.layout.shapes[0].x1 == 0.5
    assert figure.layout.annotations[0].text == "yours"


def test_a_figure_is_made_in_one_call(monkeypatch):
    for slow in ("update_layout", "add_trace", "add_scatter", "add_vline", "add_shape"):
        monkeypatch.delattr(f"plotly.graph_objects.Figure.{slow}")
    line = plots.lines({"a": [1, 2]}, x="x", y="y", bands={"a": ([0, 1], [2, 3])}, marks={"m": (0, 1)}, here=("h", 1))
    others = (
        plots.histogram([1, 2], x="x", marks={"m": 1}),
        plots.bars([1.0], ["a"], y="y"),
        plots.heatmap([[1.0]], x="x", y="y"),
    )
    assert all(figure.data for figure in (line, *others))
    assert line.layout.shapes
    plots.scatter({"a": ([1], [1], ["n"])}, x="x", y="y")


def test_one_nameless_curve_has_no_legend():
    assert not plots.lines({"": [1, 2]}, x="step", y="value").layout.showlegend


def test_a_histogram_marks_a_value():
    figure = plots.histogram([1, 2, 2, 3], x="score", marks={"yours": 2.5, "painted": 3.5})
    np.testing.assert_array_equal(figure.data[0].x, [1, 2, 2, 3])
    assert figure.layout.shapes[0].x0 == 2.5
    assert figure.layout.annotations[0].text == "yours"


def test_bars_stand_at_their_names():
    figure = plots.bars([1.0, 0.5], ["clean", "noise"], y="accuracy")
    assert figure.data[0].x == ("clean", "noise")
    assert figure.data[0].y == (1.0, 0.5)


def test_a_heatmap_leaves_zeros_empty_and_has_zero_in_the_middle():
    (cells,) = plots.heatmap([[1, 0], [-3, 2]], x="input", y="output").data
    assert np.array_equal(cells.z, [[1, np.nan], [-3, 2]], equal_nan=True)
    assert (cells.zmin, cells.zmax) == (-3, 3)


def test_a_surface_has_its_heights_where_they_belong():
    figure = plots.surface([[0, 1, 2], [3, 4, 5]], across=[7, 8, 9], along=[1, 2], titles=("a", "b", "height"),
                           marks={"top": (9, 2, 5)})  # fmt: skip
    drawn, point = figure.data
    assert (point.name, point.x[0], point.y[0], point.z[0]) == ("top", 9, 2, 5)
    assert np.array_equal(drawn.z, [[0, 1, 2], [3, 4, 5]])
    assert list(drawn.x) == [7, 8, 9]
    assert list(drawn.y) == [1, 2]
    assert figure.layout.scene.zaxis.title.text == "height"


@pytest.mark.parametrize(
    ("last", "ticks"),
    [
        (30, [0, 5, 10, 15, 20, 25, 30]), (120, [0, 20, 40, 60, 80, 100, 120]), (2, [0, 1, 2]), (0, [0]),
        (9, [0, 2, 4, 6, 9]), (96, [0, 20, 40, 60, 80, 96]),
    ],
)  # fmt: skip
def test_a_counting_axis_has_whole_numbers_and_its_last(last, ticks):
    axis = plots.count_axis(plots.lines({"": [0.5, 0.6]}, x="epoch", y="share"), last).layout.xaxis
    assert list(axis.tickvals) == ticks
    assert list(axis.range) == [0, last]


def test_names_are_plain_text_in_every_figure():
    bad, shown = '<a href="x">y</a> &amp;', '&lt;a href="x"&gt;y&lt;/a&gt; &amp;amp;'
    flat = np.zeros((2, 2))
    figures = {
        "lines": plots.lines(
            {bad: [1, 2], "b": [1, 2]}, x=bad, y=bad, at=[bad, "z"], marks={bad: (0, 1)}, here=(bad, 0)
        ),
        "histogram": plots.histogram([1, 2], x=bad, marks={bad: 1}),
        "bars": plots.bars([1.0], [bad], y=bad),
        "heatmap": plots.heatmap(flat, x=bad, y=bad),
        "scatter": plots.scatter({bad: ([1], [1], [bad])}, x=bad, y=bad, named=[bad]),
        "surface": plots.surface(flat, across=[0, 1], along=[0, 1], titles=(bad,) * 3, marks={bad: (0, 0, 0)}),
    }
    for kind, figure in figures.items():
        text = str(figure.to_dict())
        assert shown in text, kind
        assert "<a href" not in text, kind


@pytest.mark.parametrize(
    "at", [[1], [1, 2], list(range(1, 16)), list(range(51)), [0, 0.1, 0.25, 0.5, 1, 2, 4], [0, 1, 8]]
)
def test_only_places_are_marked_the_ends_among_them_and_none_too_close(at):
    ticks = list(plots.marked(plots.lines({"a": at}, x="epoch", y="y", at=at), at).layout.xaxis.tickvals)
    assert set(ticks) <= set(at)
    assert (ticks[0], ticks[-1]) == (at[0], at[-1])
    assert len(ticks) == len(set(ticks)) <= 9
    assert all(b - a >= (at[-1] - at[0]) / 8 - 1e-9 for a, b in pairwise(ticks))


def test_pandas_is_whole_before_the_first_figure(monkeypatch):
    """Else Plotly finds the half of it that another visitor's thread has imported so far, and fails."""
    asked: list[str] = []
    monkeypatch.setattr("explorer.imports.import_module", asked.append)
    importlib.reload(plots)
    assert asked == ["pandas"]
