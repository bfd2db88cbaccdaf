"""Two of the lecture's points about learning, each with the run that differs in one thing only."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import plots
from explorer.learning.exemplar_cnn.shipped_runs import PLAIN, SEEDS, SHUFFLED, TRUE, selectivities
from pages.parts.learning.epoch_frames import curve, shipped_frames
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import percent
from pages.parts.widgets import show


def shuffled_labels() -> None:
    """The shipped run with shuffled labels beside the one with true labels: learned by heart, and nothing follows."""
    st.header("Memorizing: shuffled labels", anchor=False)
    true, control = shipped_frames(TRUE), shipped_frames(SHUFFLED)
    series = {"true labels": curve(true, "accuracy"), "shuffled labels": curve(control, "accuracy"),
              "shuffled, held-out views": curve(control, "held_out")}  # fmt: skip
    at = [one.number for one in control]
    figure = plots.count_axis(plots.lines(series, x="epoch", y="accuracy", at=at, height=220), at[-1])
    figure.update_yaxes(range=[0, 1], tickformat=".0%")
    show.chart(figure, key="learning_by_heart")
    st.markdown(
        f"The same views, but their labels dealt out at random: after {control[-1].number} epochs the network "
        f"has memorized **{percent(control[-1].accuracy)}** of them; of held-out views it gets "
        f"**{percent(control[-1].held_out)}** right, which is chance. That a network *can* fit anything does not "
        f"explain why it generalizes when there is something to find (Zhang et al. 2017).  \n{_owed_to_labels()}"
    )
    st.page_link(file_of("overfitting"), label="Random labels in full", icon=":material/psychology:")


def _owed_to_labels() -> str:
    """What of the filters' selectivity the labels add: the same epoch, several seeds."""
    true, shuffled = (selectivities(run) for run in (TRUE, SHUFFLED))
    least, most = true[:, -1].min() - shuffled[:, -1].max(), true[:, -1].max() - shuffled[:, -1].min()
    verdict = (
        f"In each of them true labels come out ahead: that difference, {least:.2f} to {most:.2f}, the task has made."
        if (true[:, -1] > shuffled[:, -1]).all() and least > 0
        else "They overlap, so these runs don't show that the task has made any of it."
    )
    return (
        f"Its filters become more selective, too: neighbouring pixels are alike whatever the labels say. After "
        f"{true.shape[1] - 1} epochs from {len(SEEDS)} seeds, {_range(shuffled[:, -1])} with shuffled labels and "
        f"{_range(true[:, -1])} with true ones, from {_range(true[:, 0])} before learning. {verdict}"
    )


def _range(values: np.ndarray) -> str:
    return f"**{values.min():.2f}** to **{values.max():.2f}**"


def batch_norm() -> None:
    """The shipped run without batch normalization beside the one with it, from one seed."""
    st.header("Batch normalization", anchor=False)
    true, bare = shipped_frames(TRUE), shipped_frames(PLAIN)
    series = {"with": curve(true, "held_out"), "without": curve(bare, "held_out")}
    figure = plots.lines(series, x="epoch", y="accuracy, held-out views", height=220)
    plots.count_axis(figure, len(true) - 1).update_yaxes(range=[0, 1], tickformat=".0%")
    show.chart(figure, key="learning_norm_curve")
    st.markdown(
        r"Each map $z$ is brought to mean 0 and variance 1 over the batch, where it has mean $\mu$ and variance "
        r"$\sigma^2$; then it learns a scale and an offset of its own: "
        r"$y = \gamma\,(z - \mu) / \sqrt{\sigma^2 + 10^{-5}} + c$ "
        "(Ioffe & Szegedy 2015). Same seed, same filters at the start: with it "
        f"**{percent(true[10].held_out)}** of held-out views are right after 10 epochs and "
        f"**{percent(true[-1].held_out)}** at the end, without it **{percent(bare[10].held_out)}** and "
        f"**{percent(bare[-1].held_out)}**. One seed is one experiment: try another, and a larger learning rate."
    )
    st.page_link(file_of("tricks"), label="What it does to each layer, over rates", icon=":material/auto_fix_high:")
