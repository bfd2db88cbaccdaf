"""What three ways of learning came to: how robust the models are, what that cost, and whether it holds for others."""

from __future__ import annotations

import streamlit as st

from explorer import plots
from explorer.learning.robustness.adversarial_training import WAYS, AdversarialTrainingEpoch
from explorer.learning.robustness.robust_accuracy import Accuracy
from pages.parts.adversarial import conclusions
from pages.parts.shell.words import percent
from pages.parts.widgets import show

NAMES = {"plain": "standard training", "noise": "with noise", "adversarial": "adversarially trained"}
_OVERFITTED = 0.2  # by how much the share under its own attack exceeds the one under another
_NO_BREAK = "\u00a0"


def robustness(last: AdversarialTrainingEpoch, epsilon: float) -> None:
    """Accuracy against ε, with intervals; the control and what is exact are dashed, the ε learned from is marked."""
    points = last.points[::-1]
    at = [point.epsilon for point in points]
    shares = {NAMES[way]: [point.attacked[way] for point in points] for way in WAYS}
    shares["control: standard training, only noise"] = [point.noisy["plain"] for point in points]
    if points[0].exact:
        shares["exact, adversarially trained"] = [point.exact["adversarial"] for point in points]
    series = {name: [share.value for share in found] for name, found in shares.items()}
    bands = {name: tuple(zip(*(share.interval for share in found), strict=True)) for name, found in shares.items()}
    figure = plots.lines(
        series, x="ε of the attack", y="accuracy under attack", at=at, bands=bands, dashed=list(shares)[len(WAYS):],
        here=("trained at", epsilon), height=270,
    )  # fmt: skip
    figure.update_yaxes(range=[0, 1.02])
    show.chart(plots.marked(figure, at), key=f"defence_robustness_{len(points)}")


def table(last: AdversarialTrainingEpoch, epsilon: float) -> None:
    """Clean and robust accuracy and the cost, one row a model; the curve's own numbers as soon as it has them."""
    point = next((one for one in last.points if one.epsilon == epsilon), None)
    robust = last.quick if point is None else point.attacked
    name = f"accuracy under {'a quick ' if point is None else ''}attack, ε = {epsilon:g}"
    exact = point.exact if point is not None else {}
    head = ["", "clean accuracy", name, *(["exact"] if exact else []), "training"]
    rows = [head, ["---"] * len(head)]
    for way in WAYS:
        known = [_share(exact[way])] if exact else []
        rows.append([
            NAMES[way], _share(last.clean[way]), _share(robust[way]), *known, f"{last.seconds[way]:.1f}{_NO_BREAK}s"
        ])  # fmt: skip
    st.markdown("\n".join(f"| {' | '.join(row)} |" for row in rows))
    st.caption(
        "In brackets 95 % intervals. "
        + (
            f"One attack of 10 steps on {last.quick['plain'].total} digits, a preview; the full evaluation follows."
            if point is None
            else f"On {point.attacked['plain'].total} held-out digits, each under up to 32 attacks of 40 steps."
        )
        + (" Exact: the worst possible change, which can be computed for a linear model." if exact else "")
    )


def control(last: AdversarialTrainingEpoch, epsilon: float) -> None:
    """What noise of the size that was learned from does to the usual model, beside an attack."""
    point = next((one for one in last.points if one.epsilon == epsilon), None)
    if point is not None:
        clean, noise, attack = last.clean["plain"], point.noisy["plain"], point.attacked["plain"]
        st.markdown(conclusions.from_noise(clean.value, noise.value, attack.value))


def _share(share: Accuracy) -> str:
    low, high = share.interval
    return f"**{percent(share.value)}** ({100 * low:.0f}\u2060–\u2060{100 * high:.0f})"  # in one line


def overfitting(last: AdversarialTrainingEpoch) -> None:
    """Whether it has learned to resist only the attack that it learns from: measured, and said where it is so."""
    own, other = last.own.value, last.quick["adversarial"].value
    said = f"The attack it learns from leaves {percent(own)} of the digits right, one of 10 steps {percent(other)}."
    if own - other > _OVERFITTED:
        st.warning(
            f"**Overfitted to its own attack.** {said} It has learned to mislead that one, not to withstand others: "
            "try more steps, or a smaller ε. Where nothing is left under the other, it is called catastrophic "
            "overfitting (Wong et al. 2020).", icon=":material/warning:",
        )  # fmt: skip
    else:
        st.caption(said)
