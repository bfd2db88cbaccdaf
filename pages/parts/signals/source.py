"""The signal in use: one of ours, a row of the picture, or a recording that the visitor brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.one_dimension import signals
from explorer.one_dimension.recordings import Recording, read_recording
from explorer.one_dimension.signals import Signal, SignalError
from pages.parts.pickers import picture
from pages.parts.widgets import uploads

_RECORDING = "signals_recording"
NAME = "signals"  # of what is brought
_ROW, _OWN = "a row of your picture", "your recording"
_SECOND = 0.25  # of an echo that is heard as one


@dataclass(frozen=True)
class ChosenSignal:
    """A signal, how far apart its drawn values stand and where they begin, and what there is to say about it."""

    source: Signal
    spacing: int = 1
    start: int = 0
    note: str = ""
    code: str = "np.load('input.npy')"  #: what gives its values in a notebook


def choose_signal(shown: int, *, echoes: bool) -> ChosenSignal:
    """The signal in use; of a long recording a stretch of `shown` values, further apart where the kernel `echoes`."""
    recording: Recording | None = st.session_state.get(_RECORDING)
    names = [*signals.SIGNALS, _ROW, *([_OWN] if recording else [])]
    name = st.selectbox("Signal", names, key="signals_signal", bind="query-params", width=190)
    if name == _OWN and recording:
        return _choose_stretch(recording, shown, echoes=echoes)
    if name == _ROW:
        height = st.slider("Row, in % from the top", 0, 100, 50, key="signals_row", bind="query-params", width=150)
        try:
            row = signals.row_of(picture.current(), height / 100)
            return ChosenSignal(row, code=f"signals.row_of({picture.code()}, {height / 100:g}).values")
        except SignalError as error:
            return ChosenSignal(
                signals.noisy_sine(),
                code="signals.noisy_sine().values",
                note=f"{error} Until then you see the noisy sine.",
            )
    return ChosenSignal(signals.SIGNALS[name](), code=f"signals.SIGNALS[{name!r}]().values")


def _choose_stretch(recording: Recording, shown: int, *, echoes: bool) -> ChosenSignal:
    """The column in use of a recording, and which `shown` values of it are drawn."""
    columns = recording.usable
    column = columns[0]
    if len(columns) > 1:
        column = st.selectbox("Column", columns, key="signals_column", bind="query-params", width=140)
    source = recording.signal(column)
    spacing = 1
    if source.rate:
        # an echo of 20 values would be a few milliseconds
        usual = max(1, round(_SECOND * source.rate / 20)) if echoes else 1
        spacing = int(st.number_input("Spacing of the weights, in values", 1, 5000, usual, width=230,
                                      key=f"signals_spacing_{usual}", bind="query-params"))  # fmt: skip
    return ChosenSignal(source, spacing, _choose_start(source, shown, spacing), recording.remarks)


def _choose_start(source: Signal, shown: int, spacing: int) -> int:
    """Where the drawn values begin, 0 where all of them have room; at first where they vary most."""
    room = source.values.size - shown * spacing
    if room <= 0:
        return 0
    rate = source.rate or 1
    least, most = 0.0, room / rate
    busiest = signals.busiest(source, shown * spacing) / rate
    unit = "s" if source.rate else "values"
    start = st.slider(f"Drawn from, in {unit}", least, most, min(busiest, most), width=150,
                      key=f"signals_from_{source.digest[:8]}_{spacing}", bind="query-params")  # fmt: skip
    return round(start * rate)


def upload() -> None:
    """The popover in which a visitor brings a recording."""
    with st.popover("Your own", icon=":material/upload_file:"):
        uploads.uploader(
            "A CSV with a column of numbers, or a WAV (up to 40 MB)", NAME, _take_recording, max_upload_size=40
        )
        st.caption("It stays in the server's memory while this page is open, and is not stored.")


def _take_recording(given: Any) -> None:
    """Take an upload. Raises SignalError when it is no recording."""
    st.session_state[_RECORDING] = read_recording(given.getvalue(), given.name)
    st.session_state["signals_signal"] = _OWN
