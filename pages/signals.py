"""Signals: a kernel slides along a row of numbers, and smooths, sharpens or searches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.csv_table import to_csv
from explorer.filtering.kernels import KernelError
from explorer.one_dimension import line_kernels, signals
from explorer.one_dimension.recordings import wav
from explorer.one_dimension.signals import Signal
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import plain
from pages.parts.signals import kernel_origins, stems
from pages.parts.signals.before_and_after import frequencies, listen
from pages.parts.signals.source import NAME, ChosenSignal, choose_signal, upload
from pages.parts.widgets import linked, uploads
from pages.parts.widgets.more import more
from pages.parts.widgets.takeaway import take_array, take_code, take_file

SHOWN = 320  # values of a long recording that are drawn
COMPONENT = "signals_stems"
KERNEL = "signals_kernel"  # in the session: the name in the box
# In link and session: weights set by hand; whether they know the past only; where the window was left, from 0.
WEIGHTS, PAST, PLACE = "w", "past", "at"
HAND = "by hand"
# label, least, most, start, step
SLIDERS: dict[str, dict[str, tuple[str, float, float, float, float]]] = {
    "box": {"size": ("Size k", 2, 61, 9, 1)},
    "Gaussian": {"sigma": ("σ in values, exp(−r²/σ²)", 1.0, 15.0, 4.0, 0.5)},
    "exponential": {"decay": ("Decay per step", 0.3, 0.92, 0.8, 0.01)},
    "echo": {"delay": ("Delay in values", 1, 60, 20, 1), "strength": ("Strength", -1.0, 1.0, 0.6, 0.1)},
    "matched": {"size": ("Size k", 5, 61, 25, 2)},
}

corner = frame.heading(
    "Signals",
    "A kernel slides along a row of numbers; each place becomes the sum of the products beneath it.",
)


@live
def screen() -> None:
    """Signal, kernel and padding, the kernel that slides along, and what the result sounds and looks like."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = choose_signal(SHOWN, echoes=st.session_state.get(KERNEL) == "echo")
        source, spacing = chosen.source, chosen.spacing
        drawn = source.values[chosen.start : chosen.start + SHOWN * spacing : spacing]
        weights = choose_kernel(drawn)
        with more("signals_padding"):
            padding = st.selectbox("Padding", ["replicate", "zero", "reflect", "valid"], key="signals_padding",
                                   bind="query-params")  # fmt: skip
        upload()
    uploads.refusal(NAME)
    if chosen.note:
        st.info(plain(chosen.note), icon=":material/info:")
    causal = is_causal()
    stems.slide(drawn, weights, name=source.name, padding=padding, causal=causal, place=window_place(), key=COMPONENT,
                on_settled=keep_weights, on_placed=keep_place)  # fmt: skip
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
class Sliding:
    """How the kernel slides: its padding, how far apart its weights are, whether it knows the past only."""

    padding: str
    spacing: int
    causal: bool


def choose_kernel(drawn: np.ndarray) -> stems.Weights:
    """The weights in use: by name and sliders, or those set by hand. `drawn`: the signal, for a matched kernel."""
    kernel_origins.set_signal(drawn)
    names = [*line_kernels.LINE_KERNELS, *([HAND] if weights_by_hand() else [])]
    name = st.selectbox("Kernel", names, key=KERNEL, bind="query-params", width=140)
    if name == HAND:
        return weights_by_hand() or ()
    values = {
        parameter: st.slider(label, low, high, start, step, width=190 if "exp" in label else 130,
                             key=f"signals_{name}_{parameter}", bind="query-params")
        for parameter, (label, low, high, start, step) in SLIDERS.get(name, {}).items()
    }  # fmt: skip
    matched = name == "matched"
    weights = stems.rounded(
        line_kernels.matched(drawn, int(values["size"])) if matched else line_kernels.LINE_KERNELS[name](**values)
    )
    sliders = {f"signals_{name}_{parameter}": value for parameter, value in values.items()}
    kernel_origins.remember(weights, {KERNEL: name, **sliders}, matched=matched)
    return weights


def weights_by_hand() -> stems.Weights | None:
    """The weights set by hand, None where there are none."""
    return linked.value(WEIGHTS, stems.read, None)


def is_causal() -> bool:
    """Whether the kernel knows the past only: one by hand does if it was made from one that does."""
    name = st.session_state.get(KERNEL)
    if name == HAND:
        return linked.is_on(PAST)
    return name in line_kernels.CAUSAL


def keep_weights() -> None:
    """The component was changed: its kernel rules now, in the box and in the link; a named one keeps its name."""
    weights = stems.settled(COMPONENT)
    if weights is None:
        return
    if (named := kernel_origins.widgets_of(weights)) is not None:  # the hand took its changes back
        st.session_state.update(named)
        return
    linked.turn(PAST, kernel_origins.knows_past_only(weights, is_causal()))
    linked.keep(WEIGHTS, stems.write(weights))
    st.session_state[KERNEL] = HAND


def window_place() -> int | None:
    """Where the window was left, from 0."""
    return linked.value(PLACE, linked.whole, None)


def keep_place() -> None:
    """The window was left at a place: the link has it from now on."""
    place = stems.placed(COMPONENT)
    if place is not None:
        linked.keep(PLACE, str(place))


def take_away(chosen: ChosenSignal, result: Signal, weights: stems.Weights, sliding: Sliding) -> None:
    """Offer the signal, the result as numbers, table and sound, and the code."""
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
        f"result = line_kernels.convolve_signal(values, kernel, padding={sliding.padding!r}{more})"
    )


def table(result: Signal) -> bytes:
    """The result as a CSV of one column."""
    return to_csv({"result": ".7g"}, ([value] for value in result.values.tolist()))


screen()
closing(
    look_for="What a longer kernel takes away, and where the result of a difference is not 0.",
    try_="The chirp with a box, the heartbeat with *matched*, the step with *exponential*. Pull one stem far up.",
    it_means="Every value of the result weighs a few neighbours of the signal. The kernel is not turned around, so "
    "weights at the left meet the past. *Exponential* and *echo* know only the past: their result stands at "
    "the window's end.",
    formula=r"$[x \circledast w]_i = \sum_{j=0}^{k-1} x_{i+j}\, w_j$"
    "\n\n"
    "Here $x$ is the signal and $w$ the kernel of $k$ weights. It is not turned around; signal processing "
    "calls that correlation.",
)
