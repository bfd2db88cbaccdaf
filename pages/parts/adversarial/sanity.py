"""Is the attack any good? The checks that Carlini et al. 2019 ask for."""

from __future__ import annotations

import streamlit as st

from explorer.attack_studies.checks import Check, sanity_checks
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from pages.parts.widgets import job


def checks(net: Network, images: tuple[Image, ...], level: int, steps: int) -> None:
    """One question after another, each with its answer and the numbers."""
    st.caption("On the first 8 pictures. An attack that fails these proves nothing (Carlini et al. 2019).")
    if not st.toggle("Run the checks", key="many_checks", bind="query-params"):
        return
    job.run("many_checks_job", ("checks", net, images, level, steps),
            lambda: sanity_checks(net, images, epsilon=level / 255, steps=steps), lambda check: check)  # fmt: skip

    def draw(running: job.Job[Check, Check]) -> None:
        for check in list(running.kept):
            box, icon = (st.success, "check_circle") if check.passed else (st.warning, "warning")
            box(f"**{check.question}** {'Yes' if check.passed else 'No'}. {check.finding}", icon=f":material/{icon}:")

    job.watch("many_checks_job", draw, progress=job.counted(6, "checks"), waiting="The first check …")
