"""What is taken away of networks that differ in one thing: their charts, all numbers of their curves, and the code."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO

import numpy as np
import plotly.graph_objects as go
from streamlit.delta_generator import DeltaGenerator

from explorer.learning.comparisons import CURVES, Run
from explorer.learning.ensemble_settings import EnsembleSettings
from pages.parts.learning.comparison import Runs, seeds_from
from pages.parts.widgets.takeaway import take_chart, take_code, take_file


def take(
    corner: DeltaGenerator, runs: Runs, several: Mapping[str, EnsembleSettings], charts: Mapping[str, go.Figure],
    *, first: int = 0, data: str = "digits",
) -> None:  # fmt: skip
    """Put into the corner what there is of `runs`, none or all of `several`; `charts` by the names of their files."""
    with corner:
        for name, figure in charts.items():
            take_chart(figure, f"{name}.png", f"The chart: {name.replace('-', ' ')}")
        if runs:
            take_file(lambda: table(runs, first).encode(), "curves.csv", "All curves (CSV)", "text/csv")
        take_code(code(several, first=first, data=data))


def table(runs: Runs, first: int = 0) -> str:
    """A row for each network and epoch: what it was called, its seed, and both losses and accuracies."""
    file = StringIO()
    print("network", "seed", "epoch", *CURVES, sep=",", file=file)
    for name, run in runs.items():
        for place, seed in enumerate(seeds_from(first)):
            for epoch in range(len(run)):
                numbers = (f"{value:.6g}" for value in _at(run, epoch, place))
                print(f'"{name}"', seed, epoch, *numbers, sep=",", file=file)
    return file.getvalue()


def _at(run: Run, epoch: int, place: int) -> list[np.float32]:
    return [run.curves[name][epoch, place] for name in CURVES]


def code(several: Mapping[str, EnsembleSettings], *, first: int = 0, data: str = "digits") -> str:
    """The lines that train the same in a notebook."""
    rows = "".join(f"    {name!r}: {settings!r},\n" for name, settings in several.items())
    return (
        "from explorer.learning.compared import compare\n"
        "from explorer.learning.ensemble_settings import EnsembleSettings\n\n"
        f"several = {{\n{rows}}}\nlast = {{}}\n"
        f"for name, epoch in compare(several, data={data!r}, seeds={seeds_from(first)}):\n"
        "    last[name] = epoch\n"
        "    print(name, epoch.number, epoch.accuracy.mean(), epoch.held_out.mean())"
    )
