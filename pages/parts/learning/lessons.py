"""Two of the lecture's points about learning, each with the run that differs in one thing only."""

from __future__ import annotations

import streamlit as st

from explorer import plots
from explorer.learning.shipped_runs import PLAIN, SHUFFLED, TRUE
from pages.parts.learning.epochs import curve, shipped_frames
from pages.parts.shell.words import percent
from pages.parts.widgets import show


def by_heart() -> None:
    """Shuffled labels can be learned too, but nothing follows from them."""
    st.subheader("Learning by heart: shuffled labels", anchor=False)
    true, control = shipped_frames(TRUE), shipped_frames(SHUFFLED)
    series = {"true labels": curve(true, "accuracy"), "shuffled labels": curve(control, "accuracy"),
              "shuffled, new views": curve(control, "held_out")}  # fmt: skip
    at = [one.number for one in control]
    show.chart(plots.lines(series, x="epoch", y="share right", at=at, height=220), key="learning_by_heart")
    st.markdown(
        f"The same views, but their labels dealt out at random: after {control[-1].number} epochs the network "
        f"knows **{percent(control[-1].accuracy)}** of them by heart, and of new views "
        f"**{percent(control[-1].held_out)}**, which is chance. That a network *can* fit anything does not explain "
        f"why it generalizes when there is something to find (Zhang et al. 2017). Its filters become smoother too "
        f"({control[-1].selectivity:.2f}): neighbouring pixels are alike whatever the labels say. "
        f"The rest, up to {true[-1].selectivity:.2f}, is owed to the task."
    )


def batch_norm() -> None:
    """With and without batch normalization, from one seed."""
    st.subheader("Batch normalization", anchor=False)
    true, bare = shipped_frames(TRUE), shipped_frames(PLAIN)
    series = {"with": curve(true, "held_out"), "without": curve(bare, "held_out")}
    show.chart(plots.lines(series, x="epoch", y="share of new views right", height=220), key="learning_norm_curve")
    st.markdown(
        r"Each map is made to have mean 0 and variance 1 over the batch, then learns its own scale and offset: "
        r"$y = \gamma\,(\bar z - \mu) / \sqrt{\sigma^2 + 10^{-5}} + c$ "
        "(Ioffe & Szegedy 2015). Same seed, same filters at the start: with it "
        f"**{percent(true[10].held_out)}** of new views are right after 10 epochs and "
        f"**{percent(true[-1].held_out)}** at the end, without it **{percent(bare[10].held_out)}** and "
        f"**{percent(bare[-1].held_out)}**. One seed is one experiment: try another, and a larger learning rate."
    )
