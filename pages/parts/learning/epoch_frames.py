"""What the learning screen keeps of each epoch: numbers, and the filters as a sheet of colour tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import render
from explorer.learning.exemplar_cnn.epochs import Epoch
from explorer.learning.exemplar_cnn.shipped_runs import shipped
from pages.parts.shell.words import percent

_TIMES = 4  # a weight's pixels; the browser enlarges them further without blurring


@dataclass(frozen=True)
class EpochFrame:
    """An epoch as it is shown; `sheet` is a PNG."""

    number: int
    loss: float
    accuracy: float
    held_out: float
    selectivity: float
    seconds: float
    sheet: bytes

    @property
    def caption(self) -> str:
        """The sentence under the sheet: when, how selective the filters are, how many held-out views are right."""
        epochs = f"{self.number} epoch{'s' * (self.number != 1)}"
        when = "before learning" if self.number == 0 else f"after {epochs}, {self.seconds:.0f} s"
        return f"{when}: selectivity {self.selectivity:.2f}, {percent(self.held_out)} of held-out views right"


@st.cache_data(show_spinner=False)
def shipped_frames(run: str) -> list[EpochFrame]:
    """The frames of a run that comes with the app, by its name in RUNS."""
    return [frame_of(epoch) for epoch in shipped(run)]


def frame_of(epoch: Epoch) -> EpochFrame:
    """What is shown of an epoch: its numbers, and its filters as a PNG."""
    return EpochFrame(
        epoch.number, epoch.loss, epoch.accuracy, epoch.held_out, epoch.selectivity, epoch.seconds,
        render.png(filter_sheet(epoch.filters)),
    )  # fmt: skip


def filter_sheet(filters: NDArray[np.floating[Any]]) -> render.Picture:
    """Filters (n, 3, k, k) as colour tiles, each on its own scale with zero at mid-grey, about 4 columns to 3 rows."""
    tiles = np.stack([render.signed(one.transpose(1, 2, 0)) for one in filters])
    large = tiles.repeat(_TIMES, 1).repeat(_TIMES, 2)
    return render.mosaic(large, columns=_columns(len(tiles)), gap=_TIMES // 2)


def _columns(count: int) -> int:
    """About 4 columns to 3 rows of tiles, and the last row as full as can be."""
    best = (count * 4 / 3) ** 0.5
    near = [columns for columns in range(1, count + 1) if abs(columns - best) < 1.6] or [1]
    return min(near, key=lambda columns: (-count % columns, abs(columns - best)))


def curve(frames: Sequence[EpochFrame], name: str) -> list[float]:
    """The number called `name` of every frame, in their order."""
    return [float(getattr(frame, name)) for frame in frames]
