"""Each picture attacked for itself: how often that works, against ε, beside random changes of the same size."""

from __future__ import annotations

import cv2
import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots, render
from explorer.attack_studies.many_pictures import PictureResult, Rate, rates, success_rates
from explorer.attack_studies.picture_sets import distinct
from explorer.attack_studies.results_file import read_results
from explorer.attack_studies.success_table import table
from explorer.cache import memo
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from pages.parts.shell.words import percent
from pages.parts.widgets import job, show
from pages.parts.widgets.markup import data_url
from pages.parts.widgets.takeaway import take_file

LEVELS, SIZES = (0.5, 1.0, 2.0, 4.0, 8.0), (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
_THUMB = 48  # pixels


def per_image(net: Network, images: tuple[Image, ...], norm: str, steps: int, corner: DeltaGenerator) -> None:
    """Every picture attacked at each ε; what came of it as curve and table."""
    sizes = [level / 255 for level in LEVELS] if norm == "linf" else list(SIZES)
    running = job.run(
        "many", ("many", net, images, norm, steps),
        lambda: success_rates(net, images, norm=norm, epsilons=sizes, steps=steps), lambda one: one, read=read_results,
    )  # fmt: skip
    progress = job.counted(len(images), "pictures")
    job.watch(
        "many",
        lambda running: _draw(net, images, norm, running),
        progress=progress,
        waiting="Attacking the first pictures …",
    )
    with corner:
        take_file(lambda: table(list(running.kept)), "fooled.csv", "All results as CSV", "text/csv")


def _draw(net: Network, images: tuple[Image, ...], norm: str, running: job.Job[PictureResult, PictureResult]) -> None:
    """The curve of the rates, and a row for each picture attacked so far."""
    kept = list(running.kept)  # it grows meanwhile
    left, right = st.columns(2, gap="medium")
    with left:
        _curve(rates(kept), norm, len(kept))
    with right:
        scale = 255 if norm == "linf" else 1
        st.dataframe(
            {
                "picture": _thumbs(net, images)[: len(kept)],
                "seen as": [f"{one.label} {percent(one.probability)}" for one in kept],
                "from ε": ["not" if one.smallest is None else f"{scale * one.smallest:g}" for one in kept],
                "becomes": [one.became[-1] if one.fooled[-1] else "" for one in kept],
            }, hide_index=True, width="stretch", height=470, row_height=52,
            column_config={"picture": st.column_config.ImageColumn(width=60), "from ε": {"width": 60}},
        )  # fmt: skip


def _curve(found: list[Rate], norm: str, count: int) -> None:
    """Success rates of the attack and of noise against ε, and both in words at the middle one."""
    scale = 255 if norm == "linf" else 1
    attack = "attack"
    noise = "noise, equal in its largest change" if norm == "linf" else "noise, equal in L2"
    bands = {
        attack: tuple(zip(*(rate.interval for rate in found), strict=True)),
        noise: tuple(zip(*(rate.noise_interval for rate in found), strict=True)),
    }
    figure = plots.lines(
        {attack: [rate.share for rate in found], noise: [rate.noise_share for rate in found]},
        x="ε, in 8-bit levels" if norm == "linf" else "ε, L2 norm", y="attack success rate",
        at=[scale * rate.epsilon for rate in found], bands=bands, dashed=[noise], height=300,
    )  # fmt: skip
    figure.update_yaxes(range=[0, 1.02])
    show.chart(plots.marked(figure, [scale * rate.epsilon for rate in found]), key=f"many_curve_{count}")
    middle = found[len(found) // 2]
    (low, high), (down, up) = middle.interval, middle.noise_interval
    st.markdown(
        f"At ε = {scale * middle.epsilon:g}, **{middle.fooled} of {middle.pictures}** pictures are fooled (95 %: "
        f"{percent(low)} to {percent(high)}); of {middle.noises} random changes, {middle.draws} for each picture, "
        f"**{middle.noise_fooled}** fool ({percent(down)} to {percent(up)}). Shades are 95 % intervals (Wilson 1927), "
        "as if the pictures had been drawn at random from all pictures; that of noise counts pictures, not draws, "
        "since draws on one picture resemble each other."
    )


def _thumbs(net: Network, images: tuple[Image, ...]) -> list[str]:
    """The different pictures, in the order in which they are attacked, small enough for a table."""
    return memo(("thumbs", net, images), lambda: [_thumb(one) for one in distinct(net, images)])


def _thumb(image: Image) -> str:
    small = np.asarray(cv2.resize(image.pixels, (_THUMB, _THUMB), interpolation=cv2.INTER_AREA), np.float32)
    return data_url(render.png(render.to_uint8(small)))
