"""The loss around the picture: along the attack's direction and across it, as a surface."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import plots
from explorer.attack_studies.surfaces import SurfaceRow, loss_surface
from pages.parts.adversarial.attack_result import ShownAttack
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import job, show

_POINTS = 13


def loss_around(scene: ShownAttack) -> None:
    """The surface, row by row as it is computed, with its heights where it matters."""
    if not scene.found.perturbation.any():
        st.info("Nothing was changed, so there is no direction to look along: take a larger ε.")
        return
    job.run(
        "attack_surface_job", ("surface", scene.net, scene.image, scene.goal, scene.found.adversarial),
        lambda: loss_surface(scene.net, scene.image, scene.found, scene.goal, points=_POINTS), lambda row: row,
    )  # fmt: skip

    def draw(running: job.Job[SurfaceRow, SurfaceRow]) -> None:
        rows = list(running.kept)
        if running.finished.is_set() and len(rows) > 1:
            _surface(scene, rows)

    job.watch("attack_surface_job", draw, progress=job.counted(_POINTS, "rows"))


def _surface(scene: ShownAttack, rows: list[SurfaceRow]) -> None:
    """The surface, and its height at the picture, at what fools it and at noise as long."""
    heights = np.stack([row.loss for row in rows])
    along, across = np.array([row.along for row in rows]), rows[0].across

    def at(a: float, b: float) -> tuple[float, float, float]:
        row, column = int(np.abs(along - a).argmin()), int(np.abs(across - b).argmin())
        return float(across[column]), float(along[row]), float(heights[row, column])

    marks = {"your picture": at(0, 0), "what fools it": at(1, 0), "noise": at(0, 1)}
    label = plain(scene.found.label)
    left, right = st.columns([3, 2], gap="large")
    with left:
        titles = ("random direction b", "attack's direction a", f"loss of {scene.found.label}")
        figure = plots.surface(heights, across=across, along=along, titles=titles, marks=marks, height=430)
        show.chart(figure, key="loss_surface")
    with right:
        st.markdown(f"**How wrong the network is about {label}**, at $x + a\\,\\delta + b\\,r$")
        _heights(scene.found.label, [height for *_, height in marks.values()])
        st.markdown(
            "$\\delta$ is the change that was found, $r$ a random direction of the same length. Compare how it rises "
            "along the one and along the other; turn it with the mouse. The loss is "
            f"$-\\log p$ of {label}: 0 is sure, high is wrong (Li et al. 2018, eq. 1)."
        )


def _heights(label: str, losses: list[float]) -> None:
    st.dataframe(
        {
            "": ["your picture", "what fools it", "noise as long"],
            "(a, b)": ["(0, 0)", "(1, 0)", "(0, 1)"],
            "loss": [f"{loss:.2f}" for loss in losses],
            f"so {label}": [percent(float(np.exp(-loss))) for loss in losses],
        }, hide_index=True, width="stretch",
    )  # fmt: skip
