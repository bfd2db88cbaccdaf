"""A chart in words says where each curve begins, ends and is extreme, and nothing that is only drawn."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go
import pytest

from explorer import plots
from explorer.chart_words import in_words
from tests.support.whole_app import app


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (plots.lines({"loss": [3, 1, 2], "<b>held out</b>": [1, 2, 3]}, x="epoch", y="loss", at=[0, 5, 10],
                     bands={"loss": ([2, 0, 1], [4, 2, 3])}),
         "Chart: loss over epoch. loss: from 3 at 0 to 2 at 10, least 1 at 5. "
         "<b>held out</b>: from 1 at 0 to 3 at 10."),
        (plots.lines({"": [None, -0.5, math.inf]}, x="x", y="y"), "Chart: y over x. Values: −0.5 at 1."),
        (go.Figure(go.Bar(x=["cat & dog", "rat"], y=[0.25, 0.5])),
         "Chart: values. Values: from 0.25 at cat & dog to 0.5 at rat."),
        (plots.lines({"": [0.5, 5.6e-16, -3.2e-5, 1]}, x="x", y="y"),
         "Chart: y over x. Values: from 0.5 at 0 to 1 at 3, least −3.2 · 10⁻⁵ at 2."),
        (plots.lines({"": [0.5, 5.6e-16, 1]}, x="x", y="y"),
         "Chart: y over x. Values: from 0.5 at 0 to 1 at 2, least 0 at 1."),
        (go.Figure(), "Chart: values."),
    ],
)  # fmt: skip
def test_a_chart_is_said(figure, said):
    assert in_words(figure) == said


def test_of_many_curves_some_are_said():
    curves = {f"curve {n}": np.arange(3.0) for n in range(11)}
    words = in_words(plots.lines(curves, x="x", y="y"))
    assert (words.count("from 0 at 0 to 2 at 2"), words.endswith("And 3 more.")) == (8, True)


def test_each_chart_on_a_screen_is_said():
    test = app("smoothing")
    said = [one.body for one in test.get("html") if one.body.startswith("<p")]
    assert len(said) == len(test.get("plotly_chart")) == 2
    assert "Gaussian" in said[0]
