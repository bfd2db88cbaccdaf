"""The lecture's experiment: of two pictures, which is man-made? Edges alone mislead, long lines of edges don't."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots, render
from explorer.filtering import pipeline
from explorer.filtering.pipeline import EDGES, LONG_LINES
from explorer.pictures.reduced import grey
from explorer.pictures.samples import sample, sample_names
from pages.parts.classical.stages import SIDE, drawn
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_code

MAN_MADE = ("brick", "china", "page", "text", "camera", "rocket", "motorcycle", "clock")
NATURAL = ("grass", "gravel", "flower", "cat", "moon", "hubble", "cell", "retina", "immunohistochemistry")


class SampleMeans(NamedTuple):
    """A sample's name, and its mean |vertical edges| and mean long vertical lines of edges."""

    name: str
    edges: float
    lines: float


def man_made_or_natural(corner: DeltaGenerator) -> None:
    """Two samples compared by their edges and by their long lines of edges, and all samples by both."""
    first_cell, second_cell, right = st.columns([1, 1, 1.7], gap="medium")
    with first_cell:
        made = _chosen("Man-made", "brick", "hierarchy_built")
    with second_cell:
        natural = _chosen("Natural", "grass", "hierarchy_grown")
    with right:
        st.markdown(_says(made, natural))
        _all_samples(named=[made.name, natural.name])
    with corner:
        take_code(
            "from explorer.filtering.pipeline import LONG_LINES, run\nfrom explorer.pictures.reduced import grey\n"
            "from explorer.pictures.samples import sample\n\n"
            f"for name in ({made.name!r}, {natural.name!r}):\n"
            f"    results = run(grey(sample(name), {SIDE}), LONG_LINES)\n"
            "    print(name, results[1].mean, results[3].mean)"
        )


def _chosen(label: str, usual: str, key: str) -> SampleMeans:
    """The sample that is chosen, its long vertical lines, and both means."""
    names = sample_names()
    name = st.selectbox(label, names, names.index(usual), key=key, bind="query-params")
    results = pipeline.run(grey(sample(name), SIDE), LONG_LINES)
    edges, lines = results[1], results[3]
    show.picture(render.enlarge(render.to_uint8(sample(name).pixels), 256), f"The sample {name}")
    show.picture(drawn(lines.values, (SIDE,)), f"Long vertical lines of edges in {name}")
    st.markdown(f"mean |vertical edges| **{edges.mean:.4f}**  \nmean long lines **{lines.mean:.4f}**")
    return SampleMeans(name, edges.mean, lines.mean)


def _all_samples(*, named: list[str]) -> None:
    """All samples by both means; those in `named` carry their names."""
    points = all_means()
    known = {title: [name for name in group if name in points]
             for title, group in (("man-made", MAN_MADE), ("natural", NATURAL))}  # fmt: skip
    groups = {
        title: ([points[n].edges for n in group], [points[n].lines for n in group], group)
        for title, group in known.items()
    }
    figure = plots.scatter(groups, x="mean |vertical edges|", y="mean long vertical lines", named=named, height=360)
    show.chart(figure, key="hierarchy_measures")
    st.caption(
        "All samples by both measures; neither separates all man-made things from all natural ones. "
        "Edges: a Gaussian's slope at 90°, then absolute. Lines: a line of 8 pixels at 90° "
        "over those edges, then ReLU."
    )


@st.cache_data(show_spinner=False)
def all_means() -> dict[str, SampleMeans]:
    """Those of every sample, by its name."""
    found = {name: pipeline.run(grey(sample(name), SIDE), LONG_LINES) for name in sample_names()}
    return {name: SampleMeans(name, results[len(EDGES) - 1].mean, results[-1].mean) for name, results in found.items()}


def _says(made: SampleMeans, natural: SampleMeans) -> str:
    if made.name == natural.name:
        return "Choose two different pictures."
    edges, lines = made.edges > natural.edges, made.lines > natural.lines
    first = "ranks the man-made one first" if edges else "**misleads**: the natural one has more"
    second = "ranks the man-made one first" if lines else "ranks the natural one first, too"
    return (
        f"Which one is man-made? **Vertical edges** alone: {made.edges:.4f} for {made.name} against "
        f"{natural.edges:.4f} for {natural.name}: it {first}. **Long vertical lines of edges**: {made.lines:.4f} "
        f"against {natural.lines:.4f}: it {second}."
        + ("\n\nThe second question is asked of the answers to the first: that is a hierarchy."
           if lines and not edges else "")
    )  # fmt: skip
