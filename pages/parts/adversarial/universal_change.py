"""One change for all pictures: made on half of them, judged by the others, beside noise of its size."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import render
from explorer.attack_studies.universal import NOISES, UniversalPerturbation, universal_perturbation
from explorer.networks.loading import Network
from explorer.pictures.images import Image, from_array
from pages.parts.adversarial import conclusions
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import job, show
from pages.parts.widgets.takeaway import take_array, take_picture


def universal_change(net: Network, images: tuple[Image, ...], level: int, steps: int, corner: DeltaGenerator) -> None:
    """The change as it grows, the first picture with it, and how many it fools."""
    running = job.run(
        "many_universal", ("universal", net, images, level, steps),
        lambda: universal_perturbation(net, images, epsilon=level / 255, steps=steps), lambda step: step,
    )  # fmt: skip

    def draw(running: job.Job[UniversalPerturbation, UniversalPerturbation]) -> None:
        _show(net, images[0], level, running.newest)

    job.watch("many_universal", draw, progress=job.numbered(steps), waiting="Looking at all pictures …")
    if running.latest is not None and running.finished.is_set():
        with corner:
            take_array(running.latest.change, "universal.npy", "The change, in levels")
            take_picture(
                render.signed(running.latest.change / 255, level / 255), "universal.png", "The change, amplified"
            )
    st.markdown(
        "One change, added to every picture (Moosavi-Dezfooli et al. 2017): made on every second picture and judged "
        "by the others, beside noise of ±ε on those same others. Equal pictures count once."
    )


def _show(net: Network, image: Image, level: int, step: UniversalPerturbation) -> None:
    """The change, one picture with it, and how many are fooled."""
    left, middle, right = st.columns([5, 5, 4], gap="medium")
    with left:
        st.markdown(f"**The change**, amplified {127 / level:.0f} ×")
        show.frame(render.signed(step.change / 255, level / 255), "The universal change, zero at mid-grey")
    with middle:
        st.markdown("**On your first picture**")
        first = net.prepare(image)
        both = from_array(np.clip(first.uint8 + step.change, 0, 255).astype(np.uint8), "with the change")
        show.frame(both.uint8, "The first picture with the change")
        (was, sure), (now, sure_now) = net.predict(first, 1)[0], net.predict(both, 1)[0]
        st.caption(plain(f"{was} {percent(sure)} → {now} {percent(sure_now)}"))
    with right:
        _shares(step)


def _shares(step: UniversalPerturbation) -> None:
    """How many are fooled: of those it was made on, of the others, and by noise of the others."""
    (a, n), (b, m) = step.seen, step.unseen
    st.markdown("**Fooled by it**")
    st.metric("of those it was made on", f"{a} of {n}")
    st.metric("of those it never saw", f"{b} of {m}")
    st.caption(f"95 %: {percent(step.interval[0])} to {percent(step.interval[1])}")
    tries = NOISES * len(step.noise)
    st.metric(f"Control: noise of ±ε on those {m}, {NOISES} times each", f"{sum(step.noise)} of {tries}")
    st.caption(f"95 %, by picture: {percent(step.noise_interval[0])} to {percent(step.noise_interval[1])}")
    st.markdown(conclusions.from_rates(step.interval, step.noise_interval, "this change", "noise"))
