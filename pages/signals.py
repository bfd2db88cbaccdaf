"""Signals: a kernel slides along a row of numbers, and smooths, sharpens or searches."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.filtering.kernels import KernelError
from explorer.one_dimension import line_kernels, signals
from explorer.one_dimension.recordings import Recording, read_recording, wav
from explorer.one_dimension.signals import Signal, SignalError
from pages.parts.pickers import picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.visit import own_things
from pages.parts.shell.words import plain
from pages.parts.signals import stems
from pages.parts.signals.listening import frequencies, listen
from pages.parts.widgets import linked
from pages.parts.widgets.takeaway import take_array, take_code, take_file

SHOWN = 320  # values of a long recording that are drawn
COMPONENT = "signals_stems"
KERNEL = "signals_kernel"  # in the session: the name in the box
# In link and session: weights set by hand; whether they know the past only; where the window was left, from 0.
WEIGHTS, PAST, PLACE = "w", "past", "at"
RECORDING, REFUSED = "signals_recording", "signals_refused"
HAND, ROW, OWN = "by hand", "a row of your picture", "your recording"
SECOND = 0.25  # of an echo that is heard as one
# label, least, most, start, step
SLIDERS: dict[str, dict[str, tuple[str, float, float, float, float]]] = {
    "box": {"size": ("Size k", 2, 61, 9, 1)},
    "Gaussian": {"sigma": ("σ in values, exp(−r²/σ²)", 1.0, 15.0, 4.0, 0.5)},
    "exponential": {"decay": ("Decay a step", 0.3, 0.92, 0.8, 0.01)},
    "echo": {"delay": ("Delay in values", 1, 60, 20, 1), "strength": ("Strength", -1.0, 1.0, 0.6, 0.1)},
    "matched": {"size": ("Size k", 5, 61, 25, 2)},
}

corner = frame.heading(
    "Signals",
    "A kernel slides along a row of numbers; each place becomes the sum of the products beneath it.",
)


@live
def screen() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = choose_signal()
        source, spacing = chosen.source, chosen.spacing
        drawn = source.values[chosen.start : chosen.start + SHOWN * spacing : spacing]
        weights = choose_kernel(drawn)
        padding = st.selectbox("Padding", ["replicate", "zero", "reflect", "valid"], key="signals_padding",
                               bind="query-params", width=130)  # fmt: skip
        with st.popover("Your own", icon=":material/upload_file:"):
            st.file_uploader(
                "A CSV with a column of numbers, or a WAV (up to 40 MB)", max_upload_size=40, key="signals_upload",
                on_change=take_upload,
            )  # fmt: skip
            st.caption("It stays in the server's memory while this page is open, and is not stored.")
    if st.session_state.get(REFUSED):
        st.error(plain(st.session_state[REFUSED]), icon=":material/insert_drive_file:")
    if chosen.note:
        st.info(plain(chosen.note), icon=":material/info:")
    causal = is_causal()
    stems.slide(drawn, weights, name=source.name, padding=padding, causal=causal, place=window_place(), key=COMPONENT,
                on_settled=by_hand, on_placed=by_window)  # fmt: skip
    try:
        result = signals.filtered(source, weights, padding=padding, dilation=spacing, causal=causal)
    except KernelError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return
    if source.rate:
        listen(source, result)
    frequencies(source, result, weights, spacing)
    with corner:
        take_away(chosen, result, weights, Sliding(padding, spacing, causal))


@dataclass(frozen=True)
class ChosenSignal:
    """A signal, how far apart its drawn values stand and where they begin, and what there is to say about it."""

    source: Signal
    spacing: int = 1
    start: int = 0
    note: str = ""
    code: str = "np.load('input.npy')"  #: what gives its values in a notebook


@dataclass(frozen=True)
class Sliding:
    """How the kernel slides: its padding, how far apart its weights are, whether it knows the past only."""

    padding: str
    spacing: int
    causal: bool


def choose_signal() -> ChosenSignal:
    recording: Recording | None = st.session_state.get(RECORDING)
    names = [*signals.SIGNALS, ROW, *([OWN] if recording else [])]
    name = st.selectbox("Signal", names, key="signals_signal", bind="query-params", width=190)
    if name == OWN and recording:
        return choose_stretch(recording)
    if name == ROW:
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


def choose_stretch(recording: Recording) -> ChosenSignal:
    columns = recording.usable
    column = columns[0]
    if len(columns) > 1:
        column = st.selectbox("Column", columns, key="signals_column", bind="query-params", width=140)
    source = recording.signal(column)
    spacing = 1
    if source.rate:
        # an echo of 20 values would be a few milliseconds
        usual = max(1, round(SECOND * source.rate / 20)) if st.session_state.get(KERNEL) == "echo" else 1
        spacing = int(st.number_input("Weights apart, in values", 1, 5000, usual, width=150,
                                      key=f"signals_spacing_{usual}", bind="query-params"))  # fmt: skip
    room = source.values.size - SHOWN * spacing
    start = 0
    if room > 0:
        least, most = 0.0, room / (source.rate or 1)
        unit = "s" if source.rate else "values"
        busiest = signals.busiest(source, SHOWN * spacing) / (source.rate or 1)
        start = round(
            st.slider(f"Drawn from, in {unit}", least, most, min(busiest, most), width=150,
                      key=f"signals_from_{source.digest[:8]}_{spacing}", bind="query-params") * (source.rate or 1)
        )  # fmt: skip
    return ChosenSignal(source, spacing, start, recording.story)


def choose_kernel(drawn: np.ndarray) -> stems.Weights:
    names = [*line_kernels.LINE_KERNELS, *([HAND] if by_hand_weights() else [])]
    name = st.selectbox("Kernel", names, key=KERNEL, bind="query-params", width=140)
    if name == HAND:
        return by_hand_weights() or ()
    values = {
        parameter: st.slider(label, low, high, start, step, width=190 if "exp" in label else 130,
                             key=f"signals_{name}_{parameter}", bind="query-params")
        for parameter, (label, low, high, start, step) in SLIDERS.get(name, {}).items()
    }  # fmt: skip
    if name == "matched":
        return stems.rounded(line_kernels.matched(drawn, int(values["size"])))
    return stems.rounded(line_kernels.LINE_KERNELS[name](**values))


def by_hand_weights() -> stems.Weights | None:
    """What the hand has set."""
    return linked.linked(WEIGHTS, stems.read, None)


def is_causal() -> bool:
    """Whether the kernel knows the past only: one by hand does if it was made from one that does."""
    name = st.session_state.get(KERNEL)
    if name == HAND:
        return linked.linked(PAST, {"1": True, "0": False}.__getitem__, False)
    return name in line_kernels.CAUSAL


def by_hand() -> None:
    """The component was changed: its kernel rules from now on, in the box and in the link."""
    weights = stems.settled(COMPONENT)
    if weights is not None:
        if is_causal():
            linked.keep(PAST, "1")
        else:
            linked.forget(PAST)
        linked.keep(WEIGHTS, stems.write(weights))
        st.session_state[KERNEL] = HAND


def window_place() -> int | None:
    """Where the window was left, from 0."""
    return linked.linked(PLACE, linked.whole, None)


def by_window() -> None:
    place = stems.placed(COMPONENT)
    if place is not None:
        linked.keep(PLACE, str(place))


def take_upload() -> None:
    """Take an upload; when it is no recording, say why and keep what was there."""
    given = st.session_state.get("signals_upload")
    if given is None:
        return
    try:
        own_things()
        st.session_state[RECORDING] = read_recording(given.getvalue(), given.name)
        st.session_state["signals_signal"], st.session_state[REFUSED] = OWN, None
    except SignalError as error:
        st.session_state[REFUSED] = str(error)


def take_away(chosen: ChosenSignal, result: Signal, weights: stems.Weights, sliding: Sliding) -> None:
    take_array(chosen.source.values, "input.npy", "The signal as numbers (NPY)")
    take_array(result.values, "signal.npy", "The result as numbers (NPY)")
    take_file(lambda: table(result), "signal.csv", "The result as a table (CSV)", "text/csv")
    if result.rate:
        take_file(lambda: wav(result), "signal.wav", "The result as a sound (WAV)", "audio/wav")
    more = (f", dilation={sliding.spacing}" if sliding.spacing > 1 else "") + (
        ", causal=True" if sliding.causal else ""
    )
    take_code(
        "import numpy as np\n\nimport explorer\nfrom explorer.one_dimension import line_kernels, signals\n\n"
        f"values = {chosen.code}\n"
        f"kernel = {list(weights)}\n"
        f"result = line_kernels.slid(values, kernel, padding={sliding.padding!r}{more})"
    )


def table(result: Signal) -> bytes:
    file = io.StringIO()
    np.savetxt(file, result.values, "%.7g", header="result", comments="")
    return file.getvalue().encode()


screen()
closing(
    look_for="What a longer kernel takes away, and where the result of a difference is not 0.",
    try_="The chirp with a box, the heartbeat with *matched*, the step with *exponential*. Pull one stem far up.",
    it_means=r"$[x \circledast w]_i = \sum_{j=0}^{k-1} x_{i+j}\, w_j$: the kernel is not turned around (signal "
    "processing calls that correlation), so weights at the left meet the past. *Exponential* and *echo* know only the "
    "past: their result stands at the window's end.",
)
