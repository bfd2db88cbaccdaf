"""Networks that differ in one thing: what came with the app, or else trained as the visitor watches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from explorer import plots
from explorer.learning.ensembles.experiments import SEEDS
from explorer.learning.ensembles.runs import Run, as_run, shipped_run
from explorer.learning.ensembles.settings import EnsembleEpoch, EnsembleSettings, NamedEpoch
from explorer.learning.errors import TrainingError
from pages.parts.pickers import network
from pages.parts.shell.words import plain
from pages.parts.widgets import job

Runs = Mapping[str, Run]


def seeds_from(first: int) -> tuple[int, ...]:
    """As many seeds as the shipped runs have, from the first on."""
    return tuple(first + seed for seed in SEEDS)


def show_comparison(
    several: Mapping[str, EnsembleSettings], draw: Callable[[Runs], None], *, slot: str, first: int = 0,
    data: str = "digits",
) -> Runs:  # fmt: skip
    """Draw the runs of several settings by name, at once where they come with the app, else as they are trained.

    Returns the runs once all have ended; until then, and where the settings can't be trained, an empty mapping. `slot`
    is the job's place in the session, `first` the first of the seeds, `data` "digits" or "spirals".
    """
    runs = _shipped(several, data) if first == 0 else {}
    if runs:
        draw(runs)
        st.caption(f"{len(SEEDS)} networks each, of the seeds {SEEDS[0]} to {SEEDS[-1]}; these runs came with the app.")
        return runs
    network.wait()  # for torch
    from explorer.learning.ensembles.compare import compare

    seeds = seeds_from(first)
    try:
        running = job.run(
            slot, ("compared", data, tuple(several.items()), seeds),
            lambda: compare(several, data=data, seeds=seeds), lambda step: step,
        )  # fmt: skip
    except TrainingError as error:
        st.info(plain(str(error)), icon=":material/tune:")
        return {}
    job.watch(
        slot, lambda running: _draw(running.kept, draw), progress=lambda running: _progress(running.kept, several),
        waiting="The untrained networks …",
    )  # fmt: skip
    return runs_of(running.kept) if running.finished.is_set() else {}


def _shipped(several: Mapping[str, EnsembleSettings], data: str) -> dict[str, Run]:
    """The runs that came with the app; none unless all did."""
    ready = {name: shipped_run(data, settings) for name, settings in several.items()}
    runs = {name: run for name, run in ready.items() if run is not None}
    return runs if len(runs) == len(several) else {}


def _draw(steps: Sequence[NamedEpoch], draw: Callable[[Runs], None]) -> None:
    draw(runs_of(steps))
    for name in {name for name, epoch in steps if epoch is None}:
        st.warning(
            f"{plain(name).capitalize()}: training diverged (the loss of all networks is NaN), so it ends early. A "
            "smaller rate helps.", icon=":material/trending_up:",
        )  # fmt: skip


def runs_of(steps: Iterable[NamedEpoch]) -> dict[str, Run]:
    """The runs so far, by name, of the epochs that have come."""
    epochs: dict[str, list[EnsembleEpoch]] = {}
    for name, epoch in steps:
        if epoch is not None:
            epochs.setdefault(name, []).append(epoch)
    return {name: as_run(several) for name, several in epochs.items()}


def _progress(steps: Sequence[NamedEpoch], several: Mapping[str, EnsembleSettings]) -> tuple[float, str]:
    total = sum(settings.epochs + 1 for settings in several.values())
    name, epoch = steps[-1]
    before = sum(settings.epochs + 1 for settings in list(several.values())[: list(several).index(name)])
    number = epoch.number if epoch is not None else several[name].epochs
    return (before + number) / total, f"{plain(name).capitalize()}: epoch {number} of {several[name].epochs}"


def over_epochs(
    lines: Mapping[str, np.ndarray], *, y: str, share: bool = True, dashed: Sequence[str] = (), height: int = 260
) -> go.Figure:
    """Figure of histories (epochs, networks) by name: the networks' mean, in a band from the least to the most."""
    last = max(len(one) for one in lines.values()) - 1
    figure = banded(lines, x="epoch", y=y, at=list(range(last + 1)), dashed=dashed, height=height)
    plots.count_axis(figure, max(1, last))
    return as_share(figure) if share else figure


def learned_and_held_out(runs: Runs, *, learned: str = "", held_out: str = "") -> go.Figure:
    """Figure of both accuracies of each run over epochs, named as the run is, with `learned` and `held_out` added.

    A curve whose name has an addition is dashed.
    """
    lines = {}
    for name, run in runs.items():
        lines[name + learned] = run.curves["accuracy"]
        lines[name + held_out] = run.curves["held_out"]
    return over_epochs(lines, y="accuracy", height=300, dashed=[name for name in lines if name not in runs])


def banded(
    lines: Mapping[str, np.ndarray], *, x: str, y: str, at: Any, dashed: Sequence[str] = (), height: int = 260
) -> go.Figure:
    """Figure of curves (…, networks) over `at`: the networks' mean, in a band from the least to the most."""
    bands = {name: (one.min(-1), one.max(-1)) for name, one in lines.items()}
    series = {name: one.mean(-1) for name, one in lines.items()}
    return plots.lines(series, x=x, y=y, at=at, bands=bands, dashed=dashed, height=height)


def as_share(figure: go.Figure) -> go.Figure:
    """The same figure with its y axis from 0 to 100 %."""
    return figure.update_yaxes(range=[0, 1.02], tickformat=".0%")


def ends(values: np.ndarray) -> str:
    """The mean of several networks' accuracies, and from which to which they lie: **97.1 %** (96.5–97.8)."""
    low, high = 100 * values.min(), 100 * values.max()
    return f"**{100 * values.mean():.1f} %** ({low:.1f}\u2060–\u2060{high:.1f})"
