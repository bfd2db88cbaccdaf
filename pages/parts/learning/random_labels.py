"""Networks that learn labels by heart, beside networks that learn what there is to learn."""

from __future__ import annotations

from dataclasses import replace

import plotly.graph_objects as go
import streamlit as st

from explorer import plots
from explorer.learning.ensembles.experiments import RANDOM_LABELS
from explorer.learning.exemplar_cnn.epochs import FOLDER, read_epochs
from pages.parts.learning import comparison, comparison_files
from pages.parts.learning.comparison import Runs, ends, learned_and_held_out, show_comparison
from pages.parts.shell.closing import closing
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import percent
from pages.parts.widgets import show

SLOT = "overfitting"
TRUE, RANDOM = "true labels", "random labels"
COUNTS, WIDTHS = [150, 300, 600, 1000], [16, 64, 128, 256, 512]


def random_labels(corner) -> None:
    """The tab Random labels: digits with true and with random labels, beside the patches of *Learning*."""
    one, two, three = st.columns([3, 3, 1], vertical_alignment="bottom")
    count = one.select_slider("Digits to learn from", COUNTS, 600, key="overfitting_count", bind="query-params")
    width = two.select_slider("Units in each of two layers", WIDTHS, 256, key="overfitting_units", bind="query-params")
    seed = three.number_input("Seed", 0, 9999, 0, key="overfitting_seed", bind="query-params")
    settings = replace(RANDOM_LABELS, learned=int(count), layers=(int(width),) * 2)
    several = {TRUE: settings, RANDOM: replace(settings, shuffled=True)}
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Digits, a fully connected network", anchor=False)
        runs = show_comparison(several, _by_heart, slot=SLOT, first=int(seed))
    with right:
        st.header("Patches, the network of *Learning*", anchor=False)
        patches()
    charts = {"learned-by-heart": _accuracies(runs)} if runs else {}
    comparison_files.take(corner, runs, several, charts, first=int(seed), grow=charts)
    closing(
        look_for="Two curves that climb to 100 % and two that part: the network learns random labels as willingly as "
        "true ones, and only held-out examples show which was which.",
        try_="Fewer units, until random labels no longer fit. Fewer digits. Then look at *Double descent*.",
        it_means="A network that *can* fit anything (Zhang et al. 2017) has no room that would force it to find the "
        "rule. It finds it all the same where there is one: so what keeps it from overfitting is not its size alone, "
        "but how it is trained and what there is to find. Chance is 10 % for ten digits.",
        tab="random",
    )


def _by_heart(runs: Runs) -> None:
    show.chart(_accuracies(runs), key=f"overfitting_by_heart_{len(runs)}")
    said = [
        f"{name.capitalize()}: {ends(run.last('accuracy'))} of the training digits, {ends(run.last('held_out'))} "
        "of those held out."
        for name, run in runs.items()
    ]
    st.markdown("  \n".join(said))


def _accuracies(runs: Runs) -> go.Figure:
    return learned_and_held_out(runs, held_out=", held out")


def patches() -> None:
    """The shipped runs of the screen Learning: views of patches, a convolutional network."""
    true, shuffled = (read_epochs(FOLDER / f"{run}.npz") for run in ("true", "shuffled"))
    at = [epoch.number for epoch in shuffled]
    names = {"true labels": (true, "accuracy"), "true labels, held out": (true, "held_out"),
             "random labels": (shuffled, "accuracy"),
             "random labels, held out": (shuffled, "held_out")}  # fmt: skip
    series = {name: [getattr(epoch, what) for epoch in run] for name, (run, what) in names.items()}
    dashed = [name for name in names if name.endswith("held out")]
    figure = plots.count_axis(plots.lines(series, x="epoch", y="accuracy", at=at, dashed=dashed, height=300), at[-1])
    show.chart(comparison.as_share(figure), key="overfitting_patches")
    classes = 200  # one for each patch
    st.markdown(
        f"{classes} patches of photographs, views of each. True labels: **{percent(true[-1].held_out)}** of held-out "
        f"views after {true[-1].number} epochs. Random labels: **{percent(shuffled[-1].accuracy)}** learned by heart "
        f"after {shuffled[-1].number}, **{percent(shuffled[-1].held_out)}** of held-out views, where chance is "
        f"{percent(1 / classes)}."
    )
    st.page_link(file_of("learning"), label="What its filters become", icon=":material/school:")
