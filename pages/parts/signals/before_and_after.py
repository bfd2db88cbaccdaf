"""A signal before and after its kernel: played, as a spectrum, and in words."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import plots
from explorer.one_dimension import signals
from explorer.one_dimension.recordings import wav
from explorer.one_dimension.signals import Signal
from pages.parts.shell.words import counted, number
from pages.parts.signals import stems
from pages.parts.widgets import show


def listen(source: Signal, result: Signal) -> None:
    """Players of the signal and of the result, beside each other."""
    for cell, (name, sound) in zip(st.columns(2), {"Before": source, "After": result}.items(), strict=True):
        with cell:
            st.markdown(f"**{name}**")
            st.audio(wav(sound), format="audio/wav")


def frequencies(source: Signal, result: Signal, weights: stems.Weights, spacing: int) -> None:
    """Both amplitude spectra, the kernel's frequency response, and what they mean in words."""
    before, after, words = st.columns([1.3, 1, 1], gap="medium")
    unit = "frequency in Hz" if source.rate else "cycles per value"
    places, heights = signals.spectrum(source)
    with before:
        st.markdown("**Amplitude of each frequency, before and after**")
        after_heights = np.interp(places, *signals.spectrum(result))  # without padding the result has other places
        figure = plots.lines({"before": heights, "after": after_heights}, at=places, x=unit, y="amplitude", height=230)
        show.chart(figure.update_yaxes(type="log", exponentformat="power"), key="signals_spectra")
    with after:
        st.markdown("**The kernel's frequency response**")
        factor = signals.response(weights, places, rate=source.rate or 1, dilation=spacing)
        show.chart(plots.lines({"": factor}, at=places, x=unit, y="times", height=230), key="signals_response")
    with words:
        st.markdown(_explain(source, result, weights, factor))


def _explain(source: Signal, result: Signal, weights: stems.Weights, factor: np.ndarray) -> str:
    total = sum(weights)
    flat = "flat parts become 0, and only changes leave a trace" if abs(total) < 1e-5 else (
        "flat parts keep their height" if abs(total - 1) < 1e-4 else f"flat parts become {number(total)} times as high"
    )  # fmt: skip
    lines = [
        f"The weights sum to **{number(total)}**: {flat}. The finest wave, up and down at every value, becomes "
        f"**{number(factor[-1], digits=2)}** times as high."
    ]
    if source.name == "noisy sine" and result.values.size == source.values.size:
        clean = signals.noisy_sine(noise=0).values
        apart, now = (float(np.sqrt(np.mean((s.values - clean) ** 2))) for s in (source, result))
        lines.append(f"From the sine without noise it was **{apart:.2f}** away (root mean square), now **{now:.2f}**.")
    lines.append(
        f"{counted(source.values.size, 'value')}, {counted(len(weights), 'weight')}, "
        f"{counted(result.values.size, 'result')}"
        + ("." if result.values.size == source.values.size else ": $d - k + 1$, where the kernel fits.")
    )
    return "\n\n".join(lines)
