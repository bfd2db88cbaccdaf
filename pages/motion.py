"""Motion: frames are a volume, motion is a slanted line in it, and a leaning kernel answers to its direction."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from explorer import plots, render
from explorer.filtering import motion
from explorer.filtering.motion import Detector, Volume
from pages.parts.pickers import picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.widgets import show
from pages.parts.widgets.more import more
from pages.parts.widgets.player import play
from pages.parts.widgets.takeaway import take_array, take_code

LABELS: dict[Detector, str] = {
    "right": "Answer to the right",
    "left": "Answer to the left",
    "frame average": "Frame average",
}
BESIDE: dict[Detector, Detector] = {"right": "left", "left": "right", "frame average": "right"}
SILENT = 1e-7  # mean energy that rounding leaves

corner = frame.heading(
    "Motion",
    "Frames laid on one another are a volume, in which whatever moves leaves a slanted line. A kernel over space and "
    "time that leans the same way answers to this motion, and hardly to its opposite.",
)


def choices() -> tuple[str, float, Detector, int]:
    """What moves, how many pixels a frame to the right, what the kernel answers to, and how large it is, in pixels."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind = str(st.segmented_control("What moves", motion.MOVERS, default="bars", required=True,
                                        key="motion_kind", bind="query-params"))  # fmt: skip
        velocity = st.slider("Pixels per frame, − is to the left", -motion.FASTEST, motion.FASTEST, 1.0,
                             0.5, key="motion_velocity", bind="query-params", width=210)  # fmt: skip
        detector: Detector = st.segmented_control(
            "The kernel answers to", motion.DETECTORS, default="right", required=True, key="motion_kernel",
            bind="query-params",
        ) or "right"  # fmt: skip
        with more("motion_k"):
            k = int(st.segmented_control("Size k", motion.SIZES, default=7, required=True, key="motion_k",
                                         bind="query-params") or 7)  # fmt: skip
    return kind, velocity, detector, k


@live
def screen() -> None:
    """What moves, two kernels' answers to it over time, and how each is tuned to velocity."""
    kind, velocity, detector, k = choices()
    image = picture.current() if kind == "your picture" else None
    volume = motion.moving(kind, velocity, image)
    tuning = motion.tuning(kind, k, image)
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        played(volume, detector, k)
    with right:
        st.markdown("**Mean answer at each velocity**")
        means = {str(name): values for name, values in tuning.means.items()}
        figure = plots.lines(means, at=tuning.at, x="pixels a frame", y="energy",
                             dashed=["frame average"], here=("", velocity), height=225)  # fmt: skip
        show.chart(figure, key="motion_tuning")
    space_time_slice(volume, detector, k, f"{says(tuning, velocity)}\n\n{prefers(tuning, kind, k)}")
    with corner:
        take_away(volume, kind, velocity, detector, k)


def played(volume: Volume, detector: Detector, k: int) -> None:
    """The frames and two answers to them, on one scale, cut to where the kernel fits."""
    shown = (detector, BESIDE[detector])
    answers = [motion.energy(volume, one, k) for one in shown]
    highest = max(SILENT, *(float(answer.max()) for answer in answers))
    reach = k // 2
    seen = volume[reach:-reach, reach:-reach, reach:-reach]
    frames = []
    for t in range(seen.shape[2]):
        tiles = [render.grey(seen[:, :, t])] + [render.sequential(answer[:, :, t], 0, highest) for answer in answers]
        frames.append(render.png(render.enlarge(render.mosaic(np.stack(tiles), columns=3, gap=2), 720)))
    names = "".join(f'<b style="flex: 1">{escape(name)}</b>' for name in ("The frames", *(LABELS[d] for d in shown)))
    st.html(f'<div style="display: flex; gap: 2%; font-size: 0.9rem">{names}</div>')
    captions = [f"Frame {t + reach + 1}: mean answers {means(shown, answers, t)}" for t in range(len(frames))]
    play(frames, captions, alt="What moves, and the answers", key="motion_player", start=len(frames) // 2,
         link="motion_frame")  # fmt: skip


def means(shown: tuple[Detector, ...], answers: list[Volume], t: int) -> str:
    """The mean answer of each detector in one frame."""
    return ", ".join(f"{one} {answer[:, :, t].mean():.3f}" for one, answer in zip(shown, answers, strict=True))


def space_time_slice(volume: Volume, detector: Detector, k: int, words: str) -> None:
    """One row of the frames and of the kernels: columns across, time downwards."""
    row = int(volume.var((1, 2)).argmax())
    kernels = motion.pair(detector, k)
    limit = max(render.largest(kernel) for kernel in kernels)
    tiles = np.stack([render.signed(kernel[k // 2].T, limit) for kernel in kernels])
    line, weights, text = st.columns([1.5, 1.2, 1.8], gap="medium")
    with line:
        st.markdown("**One row of the frames, time runs down**")
        show.frame(render.enlarge(render.grey(volume[row].T), 384), "One row of every frame, the first on top")
    with weights:
        st.markdown("**The two kernels, likewise**")
        show.frame(render.enlarge(render.mosaic(tiles, columns=2, gap=1), 300), f"The pair that answers: {detector}")
    text.markdown(words)


def says(tuning: motion.VelocityTuning, velocity: float) -> str:
    """How strongly each kernel answers at this velocity, and whether it tells the direction."""
    at, back = (int(np.abs(tuning.at - v).argmin()) for v in (velocity, -velocity))
    right, left, average = (float(tuning.means[d][at]) for d in motion.DETECTORS)
    if max(values.max() for values in tuning.means.values()) < SILENT:
        return "All of it is alike, so nothing can be seen to move: every answer is 0. Choose another picture."
    if velocity == 0:
        return (
            f"Nothing moves: both leaning kernels answer **{right:.3f}**, since their weights over time sum to 0 at "
            f"every pixel. The frame average answers {average:.3f}: it sees the pattern, and no motion."
        )
    stronger, more, less = ("right", right, left) if right > left else ("left", left, right)
    pace = f"{abs(velocity):g} pixel{'' if abs(velocity) == 1 else 's'} a frame"
    return (
        f"At **{pace} to the {'right' if velocity > 0 else 'left'}**, *right* answers **{right:.3f}** and *left* "
        f"**{left:.3f}**: *{stronger}* is **{more / max(less, SILENT):.1f} times** as strong. "
        f"The frame average answers {average:.3f}, and {float(tuning.means['frame average'][back]):.3f} to the "
        "opposite motion: it can't tell the direction."
    )


def prefers(tuning: motion.VelocityTuning, kind: str, k: int) -> str:
    """Why a kernel responds most to one velocity, and what comes in at the rim."""
    if max(values.max() for values in tuning.means.values()) < SILENT:
        return ""
    reason = (
        f"Its wave is {k} pixels long and goes by once in {k} frames; these bars, one every {motion.PERIOD} pixels, "
        f"go by as often at {motion.PERIOD}/{k} = {motion.PERIOD / k:.1f}."
    ) if kind == "bars" else (
        f"Its wave of {k} pixels goes by once in {k} frames; what is coarser has to move faster to go by as often."
    )  # fmt: skip
    rim = " What leaves at one side comes back " + ("mirrored." if kind == "your picture" else "at the other.")
    return f"*right* responds most to **{tuning.best('right'):g}**. {reason}{rim}"


def take_away(volume: Volume, kind: str, velocity: float, detector: Detector, k: int) -> None:
    """The frames and kernels as numbers, and the code that gives the answers."""
    take_array(volume, "volume.npy", "The frames as numbers (rows, columns, time)")
    take_array(np.stack(motion.pair(detector, k)), "kernels.npy", "The two kernels as numbers")
    given = f", {picture.code()}" if kind == "your picture" else ""
    take_code(
        "import explorer\nfrom explorer.filtering import motion\n\n"
        f"volume = motion.moving({kind!r}, {velocity:g}{given})\n"
        f"even, odd = motion.pair({detector!r}, {k})\n"
        "energy = explorer.convolve(volume, even) ** 2 + explorer.convolve(volume, odd) ** 2"
    )


screen()
closing(
    look_for="The slant of the line and of the kernel: where they agree, the answer is strong.",
    try_="The slider below 0, then at 0; and the *frame average*, whose curve is the same on both sides.",
    it_means="A kernel that reaches through time, too, can ask about motion. Two of them together don't care where "
    "the pattern is: so cells of the cortex that choose a direction are described (Adelson & Bergen 1985). "
    "Networks for video learn such kernels (Tran et al. 2015).",
    formula=r"$\sum_{y,x,t} v_{y,x,t}\, w_{y,x,t}$"
    "\n\n"
    "A convolution in three dimensions, with $v$ the video at row $y$, column $x$ and time $t$, and $w$ the "
    "kernel."
    "\n\n"
    r"$(\sum w_{\text{even}}\, v)^2 + (\sum w_{\text{odd}}\, v)^2$"
    "\n\n"
    r"The energy of two kernels (Adelson & Bergen 1985). Those of networks are $k \times k \times k$ (Tran et "
    "al. 2015).",
)
