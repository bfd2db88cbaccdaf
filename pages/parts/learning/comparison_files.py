"""What is taken away of networks that differ in one thing: their charts, all numbers of their curves, and the code."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.csv_table import to_csv
from explorer.learning.ensembles.runs import CURVES
from explorer.learning.ensembles.settings import EnsembleSettings
from pages.parts.learning.comparison import Runs, seeds_from
from pages.parts.widgets.takeaway import offered, take_chart, take_chart_film, take_code, take_file

FRAMES = 40  # of a film


def take(
    corner: DeltaGenerator, runs: Runs, several: Mapping[str, EnsembleSettings], charts: Mapping[str, go.Figure],
    *, first: int = 0, data: str = "digits", grow: Collection[str] = (),
) -> None:  # fmt: skip
    """Put into the corner what there is of `runs`, none or all of `several`; `charts` by the names of their files.

    Those in `grow` are over epochs, and there as a film, too.
    """
    with corner:
        for name, figure in charts.items():
            words = f"The chart: {name.replace('-', ' ')}"
            take_chart(figure, f"{name}.png", words)
            if name in grow:
                take_chart_film(partial(grown, figure), name, f"{words}, epoch by epoch")
        if runs:
            take_file(lambda: table(runs, first), "curves.csv", "All curves (CSV)", "text/csv")
        lines = code(several, first=first, data=data)
        if offered().code:  # of what the tab is about: that is what *Keep this* keeps
            st.code(lines, language="python")
        else:
            take_code(lines)


def grown(figure: go.Figure) -> Iterator[go.Figure]:
    """A chart over epochs as it grew: its curves, without their shades, in FRAMES pictures at most and on one scale."""
    curves = [trace for trace in figure.data if trace.line.width != 0]
    whole = [(np.asarray(trace.x)[: len(trace.y)], np.asarray(trace.y, float)) for trace in curves]
    film = go.Figure(curves, figure.layout)
    last = max(x[-1] for x, _ in whole)
    film.update_xaxes(range=[0, last])
    if film.layout.yaxis.range is None:
        film.update_yaxes(range=[0, 1.05 * max(float(np.nanmax(y)) for _, y in whole)])
    for epoch in sorted(set(np.linspace(0, last, FRAMES).round().astype(int).tolist())):
        for trace, (x, y) in zip(film.data, whole, strict=True):
            trace.update(x=x[x <= epoch], y=y[x <= epoch])
        yield film.update_xaxes(title_text=f"epoch, up to {epoch}")


def table(runs: Runs, first: int = 0) -> bytes:
    """A row for each network and epoch: what it was called, its seed, and both losses and accuracies."""
    return to_csv(
        {"network": "", "seed": "", "epoch": "", **dict.fromkeys(CURVES, ".6g")},
        (
            (name, seed, epoch, *(float(run.curves[curve][epoch, place]) for curve in CURVES))
            for name, run in runs.items()
            for place, seed in enumerate(seeds_from(first))
            for epoch in range(len(run))
        ),
    )


def code(several: Mapping[str, EnsembleSettings], *, first: int = 0, data: str = "digits") -> str:
    """The lines that train the same in a notebook."""
    rows = "".join(f"    {name!r}: {settings!r},\n" for name, settings in several.items())
    return (
        "from explorer.learning.ensembles.compare import compare\n"
        "from explorer.learning.ensembles.settings import EnsembleSettings\n\n"
        f"several = {{\n{rows}}}\nlast = {{}}\n"
        f"for name, epoch in compare(several, data={data!r}, seeds={seeds_from(first)}):\n"
        "    last[name] = epoch\n"
        "    print(name, epoch.number, epoch.accuracy.mean(), epoch.held_out.mean())"
    )
