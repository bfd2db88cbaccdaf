"""How a run of the Learning screen goes: its curves beside their controls, and what has been reached in words."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from explorer import plots
from explorer.learning.exemplar_cnn.epochs import Epoch
from explorer.learning.exemplar_cnn.shipped_runs import SEEDS, SHUFFLED, TRUE, selectivities
from explorer.learning.exemplar_cnn.training import TrainingSettings
from pages.parts.learning.epoch_frames import EpochFrame, curve, shipped_frames
from pages.parts.shell.live import redrawn_every
from pages.parts.shell.words import percent
from pages.parts.widgets import job, show
from pages.parts.widgets.views import choose_view

UNITS = {"selectivity": "orientation selectivity", "accuracy": "accuracy", "loss": "cross-entropy, nats"}
SHUFFLED_LABELS = "shuffled labels"


def settings_of(running: job.Job[Epoch, EpochFrame] | None) -> TrainingSettings:
    """The settings of a run; None is the shipped run, which has the usual ones."""
    return TrainingSettings() if running is None else running.key[1]


def curves(running: job.Job[Epoch, EpochFrame] | None) -> None:
    """A curve of the run, to be chosen, and its summary; drawn anew while the run goes on."""
    going = running is not None and not running.finished.is_set()

    def view() -> None:
        frames = shipped_frames(TRUE) if running is None else list(running.kept)
        which = choose_view(list(UNITS), key="learning_view", label="Curve")
        if frames:
            show.chart(chart(which, frames, settings_of(running)), key=f"learning_curve_{which}_{going}")
            st.markdown(summary(frames, settings_of(running)))

    redrawn_every(view, 0.5 if going else None)


def chart(which: str, frames: list[EpochFrame], settings: TrainingSettings) -> go.Figure:
    """One of UNITS over the epochs, beside its control."""
    last, bands = settings.epochs, {}
    if which == "selectivity":
        series = {"this run": curve(frames, which), "before learning": [frames[0].selectivity] * (last + 1)}
        if not settings.shuffled:
            control = selectivities(SHUFFLED)[:, : last + 1]
            series[control_name(settings)] = control.mean(0)
            bands[control_name(settings)] = control.min(0), control.max(0)
    elif which == "accuracy":
        series = {"training views": curve(frames, which), "held-out views": curve(frames, "held_out")}
    else:
        series = {"": curve(frames, which)}
    figure = plots.lines(series, x="epoch", y=UNITS[which], at=list(range(last + 1)), bands=bands, height=200)
    figure.update_yaxes(rangemode="tozero")
    return plots.count_axis(figure, last)


def control_name(settings: TrainingSettings) -> str:
    """What the control's curve is called: other settings than the visitor's are said."""
    usual = "" if settings == TrainingSettings() else ", usual settings"
    return f"{SHUFFLED_LABELS}, {len(SEEDS)} seeds{usual}"


def summary(frames: list[EpochFrame], settings: TrainingSettings) -> str:
    """What has been reached, beside its control after as many epochs."""
    first, last = frames[0], frames[-1]
    control = ""
    if not settings.shuffled and last.number:
        there = selectivities(SHUFFLED)[:, last.number]
        more = last.selectivity > there.max()
        follows = "so it was learned from the photographs" if more else "so far that is no more than chance labels give"
        control = (
            f"; after as many with {control_name(settings)}, **{there.min():.2f}** to **{there.max():.2f}**: {follows}"
        )
    now = f", **{last.selectivity:.2f}** after {last.number} epoch{'s' * (last.number != 1)}" if last.number else ""
    return (
        f"Selectivity **{first.selectivity:.2f}** before learning{now}{control}. Held-out "
        f"views told apart: **{percent(last.held_out)}**, by chance {percent(1 / settings.patches)}."
    )
