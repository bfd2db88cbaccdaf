"""The lecture's experiment: of two pictures, which is man-made? Edges alone mislead, long lines of edges don't."""

from __future__ import annotations

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
Measured = tuple[str, float, float]  # a sample, and the means of its vertical edges and of its long vertical lines


def man_made_or_natural(corner: DeltaGenerator) -> None:
    first_cell, second_cell, right = st.columns([1, 1, 1.7], gap="medium")
    with first_cell:
        made = _chosen("Man-made", "brick", "hierarchy_built")
    with second_cell:
        natural = _chosen("Natural", "grass", "hierarchy_grown")
    with right:
        st.markdown(_says(made, natural))
        _all_samples(named=[made[0], natural[0]])
    with corner:
        take_code(
            "from explorer.filtering.pipeline import LONG_LINES, run\nfrom explorer.pictures.reduced import grey\n"
            "from explorer.pictures.samples import sample\n\n"
            f"for name in ({made[0]!r}, {natural[0]!r}):\n"
            f"    results = run(grey(sample(name), {SIDE}), LONG_LINES)\n"
            "    print(name, results[1].mean, results[3].mean)"
        )


def _chosen(label: str, usual: str, key: str) -> Measured:
    """The sample that is chosen, its long vertical lines, and both means."""
    names = sample_names()
    name = st.selectbox(label, names, names.index(usual), key=key, bind="query-params")
    results = pipeline.run(grey(sample(name), SIDE), LONG_LINES)
    edges, lines = results[1], results[3]
    show.picture(render.enlarge(render.to_uint8(sample(name).pixels), 256), f"The sample {name}")
    show.picture(drawn(lines.values, (SIDE,)), f"Long vertical lines of edges in {name}")
    st.markdown(f"mean |vertical edges| **{edges.mean:.4f}**  \nmean long lines **{lines.mean:.4f}**")
    return name, edges.mean, lines.mean


def _all_samples(*, named: list[str]) -> None:
    """All samples by both means; those in `named` carry their names."""
    points = measures()
    known = {title: [name for name in group if name in points]
             for title, group in (("man-made", MAN_MADE), ("natural", NATURAL))}  # fmt: skip
    groups = {
        title: ([points[n][0] for n in group], [points[n][1] for n in group], group) for title, group in known.items()
    }
    figure = plots.scatter(groups, x="mean |vertical edges|", y="mean long vertical lines", named=named, height=360)
    show.chart(figure, key="hierarchy_measures")
    st.caption(
        "All samples by both measures; neither separates all man-made things from all natural ones. "
        "Edges: a Gaussian's slope at 90°, then absolute. Lines: a line of 8 pixels at 90° "
        "over those edges, then ReLU."
    )


@st.cache_data(show_spinner=False)
def measures() -> dict[str, tuple[float, float]]:
    """Both measures of every sample."""
    found = {name: pipeline.run(grey(sample(name), SIDE), LONG_LINES) for name in sample_names()}
    return {name: (results[len(EDGES) - 1].mean, results[-1].mean) for name, results in found.items()}


def _says(made: Measured, natural: Measured) -> str:
    if made[0] == natural[0]:
        return "Choose two different pictures."
    edges, lines = made[1] > natural[1], made[2] > natural[2]
    first = "ranks the man-made one first" if edges else "**misleads**: the natural one has more"
    second = "ranks the man-made one first" if lines else "ranks the natural one first, too"
    return (
        f"Which one is man-made? **Vertical edges** alone: {made[1]:.4f} for {made[0]} against {natural[1]:.4f} for "
        f"{natural[0]}: it {first}. **Long vertical lines of edges**: {made[2]:.4f} against {natural[2]:.4f}: it "
        f"{second}."
        + ("\n\nThe second question is asked of the answers to the first: that is a hierarchy."
           if lines and not edges else "")
    )  # fmt: skip
