"""Make it survive: an attack made through random transformations, beside the plain one, and what that costs in ε."""

from __future__ import annotations

import streamlit as st

from explorer.attack_studies.robust_examples import RobustExamplePoint, half, robust_examples, smallest_surviving
from pages.parts.adversarial import conclusions
from pages.parts.adversarial.attack_result import ShownAttack
from pages.parts.shell.words import percent, plain
from pages.parts.widgets import job, show

_LEVELS, _SIZES = (1.0, 2.0, 4.0, 8.0, 16.0), (0.5, 1.0, 2.0, 4.0, 8.0)
_STEPS = 20


def robust_examples_view(scene: ShownAttack) -> None:
    """A table over ε, and for one ε both pictures with every transformation."""
    if scene.sized:
        st.info("Where pixels are counted there is no ε: choose PGD. A patch made to survive is on *Many pictures*.")
        return
    unit = 255 if scene.linf else 1
    sizes = tuple(size / unit for size in (_LEVELS if scene.linf else _SIZES))
    net, image, goal, norm, seed = scene.net, scene.image, scene.goal, scene.how.norm, scene.how.seed
    job.run(
        "attack_made_job", ("robust examples", net, image, goal, norm, seed),
        lambda: robust_examples(net, image, goal, norm=norm, epsilons=sizes, steps=_STEPS, seed=seed),
        lambda point: point,
    )  # fmt: skip

    def draw(running: job.Job[RobustExamplePoint, RobustExamplePoint]) -> None:
        points = list(running.kept)
        _table(points, unit)
        if running.finished.is_set():
            _cost(points, unit)
            _at_one_epsilon(points, unit)

    progress = job.counted(len(sizes), "sizes")
    job.watch("attack_made_job", draw, progress=progress, waiting="Attacking at the first ε …")


def _table(points: list[RobustExamplePoint], unit: float) -> None:
    count = points[0].survived.transformations
    st.markdown(f"**After how many of {count} transformations does it still fool?** The plain attack, and one that has "
                f"seen random transformations at each of its {_STEPS} steps:")  # fmt: skip
    st.dataframe(
        {
            "ε" + (", in 8-bit levels" if unit > 1 else ", L2 norm"): [f"{unit * point.epsilon:g}" for point in points],
            "plain": [f"{point.survived.plain} of {count}" for point in points],
            "made to survive": [f"{point.survived.robust} of {count}" for point in points],
            "control: shuffled": [f"{point.survived.control} of {count}" for point in points],
            "plain, L2 norm": [f"{point.plain.l2:.2f}" for point in points],
            "made to survive, L2 norm": [f"{point.robust.l2:.2f}" for point in points],
        }, hide_index=True, width="stretch",
    )  # fmt: skip


def _cost(points: list[RobustExamplePoint], unit: float) -> None:
    """What survival costs in ε, and what follows from the control."""
    wanted = half(points)

    def size(*, robust: bool) -> str:
        found = smallest_surviving(points, wanted, robust=robust)
        return "none of these sizes" if found is None else f"ε = {unit * found:g}"

    fools = next((point for point in points if point.plain.success), None)
    only = f"To fool untouched, ε = {unit * fools.epsilon:g} is enough for the plain attack. " if fools else ""
    st.markdown(
        f"{only}To outlast half of the transformations ({wanted} of {points[0].survived.transformations}) it takes "
        f"**{size(robust=True)}** when made to survive, **{size(robust=False)}** when not: that is what survival "
        "costs, and what the training buys (Athalye et al. 2018). *Without colour* was never among what it was made "
        "through."
    )
    counts = [point.survived for point in points]
    plain, shuffled = [one.plain for one in counts], [one.control for one in counts]
    st.markdown(conclusions.from_survival(plain, shuffled, counts[0].transformations))


def _at_one_epsilon(points: list[RobustExamplePoint], unit: float) -> None:
    """Both pictures at the ε that is chosen, and what each transformation leaves of them."""
    size = st.select_slider(
        "ε of the pictures", [f"{unit * point.epsilon:g}" for point in points], f"{unit * points[-2].epsilon:g}",
        key="attack_made", bind="query-params",
    )  # fmt: skip
    point = next(point for point in points if f"{unit * point.epsilon:g}" == size)
    left, middle, right = st.columns([2, 2, 5], gap="medium")
    for cell, name, found in ((left, "plain", point.plain), (middle, "made to survive", point.robust)):
        with cell:
            st.markdown(f"**{name[0].upper()}{name[1:]}**")
            show.frame(found.adversarial.uint8, f"The picture with the {name} attack")
            st.caption(plain(f"{found.after[0][0]} {percent(found.after[0][1])}"))
    right.dataframe(
        {
            "The picture is …": [row.name for row in point.plain_rows],
            "plain": [f"{row.outcome}: {row.adversarial[0]}" for row in point.plain_rows],
            "made to survive": [f"{row.outcome}: {row.adversarial[0]}" for row in point.robust_rows],
            "control: original": [row.clean[0] for row in point.robust_rows],
        }, hide_index=True, width="stretch", height=35 * (len(point.plain_rows) + 1) + 3,
    )  # fmt: skip
