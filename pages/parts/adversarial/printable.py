"""A patch to print: made on half of the pictures for one class, judged on the others beside a photograph as large."""

from __future__ import annotations

import cv2
import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import render
from explorer.attack_studies.pasting import paste
from explorer.attack_studies.printable_patch import PLACES, PrintablePatch, printable_patch
from explorer.networks.loading import Network, to_tensor
from explorer.pictures.images import Image, from_array
from pages.parts.adversarial import conclusions
from pages.parts.pickers import classes
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import job, show
from pages.parts.widgets.takeaway import file_name, take_picture

TARGET = "toaster"
SIDES = (48, 64, 80, 96, 112)
_PRINTED = 1200  # pixels: 10 cm at 300 dots per inch
_SLOT = "many_patch"


def settings(net: Network, first: DeltaGenerator, second: DeltaGenerator) -> tuple[int, int]:
    """The target's number and the side of the patch, in pixels of the network's input."""
    with first:
        target = classes.choose("Target class", net, TARGET, key="many_target")
    side = second.selectbox("Side, in pixels", SIDES, 2, key="many_side", bind="query-params")
    return int(target or 0), int(side)


def show_patch(
    net: Network, images: tuple[Image, ...], target: int, side: int, steps: int, corner: DeltaGenerator
) -> None:  # fmt: skip
    """The patch as it is made, one picture with it, and how often it works."""
    running = job.run(
        _SLOT, ("printable patch", net, images, target, side, steps),
        lambda: printable_patch(net, images, target=target, side=side, steps=steps), lambda step: step,
    )  # fmt: skip

    def draw(running: job.Job[PrintablePatch, PrintablePatch]) -> None:
        _show(net, target, running.newest)

    job.watch(_SLOT, draw, progress=job.numbered(steps), waiting="Judging the photograph, the control …")
    if running.latest is not None and running.finished.is_set():
        printed = cv2.resize(running.latest.patch, (_PRINTED, _PRINTED), interpolation=cv2.INTER_NEAREST)
        with corner:
            take_picture(
                render.to_uint8(printed / 255), f"{file_name('patch', net.labels[target])}.png", "The patch, to print"
            )
    st.markdown(
        "A patch made for no single picture (Brown et al. 2017): on every second picture, at random places, turned by "
        "up to 20°, up to 15 % larger or smaller, and in other light."
    )
    st.markdown(_before_the_camera(100 * side / net.input_size))


def _before_the_camera(share: float) -> str:
    """How to try the patch on real things; `share`: its width, in % of the picture's height."""
    return (
        f"**Before the camera.** Save it under *Take away* and print it 10 cm wide, or show it on a second screen. On "
        f"*Home* press *Bring your own picture, or take a photo* and switch the camera on. Hold the patch flat and "
        f"upright, so near that it is about **{share:.0f} %** as wide as the picture is high, beside something "
        "the network knows, and take the photo. Then take one of the same thing without the patch, and one with a "
        "photograph of that size in its place: these are your controls. *Live* reads every frame while you hold it."
    )


def _show(net: Network, target: int, step: PrintablePatch) -> None:
    """The patch, a held-out picture with it, and how often it works."""
    left, middle, right = st.columns([4, 4, 5], gap="medium")
    with left:
        st.markdown(f"**A patch for {plain(net.labels[target])}**")
        show.frame(step.patch, f"The patch for {net.labels[target]}")
    with middle:
        st.markdown("**On a picture it never saw**")
        placement = (0.9, 0.9, 0.0, 1.0, 1.0)  # below, at the right
        patch = to_tensor(step.patch[None] / np.float32(255), net.device)
        shown = paste(net.tensor(step.example), patch, [placement])
        picture = from_array(render.to_uint8(shown[0].permute(1, 2, 0).cpu().numpy()), "with the patch")
        show.frame(picture.uint8, "A picture with the patch")
        (was, _), (now, sure) = net.predict(step.example, 1)[0], net.predict(picture, 1)[0]
        st.caption(plain(f"{was} → {now} {percent(sure)}"))
    with right:
        _shares(net.labels[target], step)


def _shares(name: str, step: PrintablePatch) -> None:
    """How often it is read as the target: on the pictures it was made on, on the others, and the photograph there."""
    tries = PLACES * len(step.unseen)
    st.markdown(f"**Read as {plain(name)}**, at {PLACES} places on each picture")
    st.metric("pictures it was made on", f"{sum(step.seen)} of {PLACES * len(step.seen)}")
    st.metric("pictures it never saw", f"{sum(step.unseen)} of {tries}")
    st.caption(f"95 %, by picture: {percent(step.interval[0])} to {percent(step.interval[1])}")
    st.metric("Control: a photograph of that size, same places", f"{sum(step.control)} of {tries}")
    st.caption(f"95 %, by picture: {percent(step.control_interval[0])} to {percent(step.control_interval[1])}")
    st.markdown(conclusions.from_rates(step.interval, step.control_interval, "the patch", "something in the way"))
