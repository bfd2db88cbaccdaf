"""An attack as curves: over ε beside random changes, over its steps, and the loss around the picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from explorer import plots
from explorer.attack_studies.epsilon_curves import EpsilonPoint, epsilon_curve
from explorer.attacks import METHODS, AttackSettings
from pages.parts.adversarial.attack_result import KeptIterate, ShownAttack
from pages.parts.adversarial.loss_around import loss_around
from pages.parts.shell.words import percent
from pages.parts.widgets import job, show
from pages.parts.widgets.player import play
from pages.parts.widgets.views import choose_view

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_COUNTS = {"pixels": (1, 10, 50, 100, 200, 500, 1000), "patch": (8, 16, 24, 32, 48, 64)}
_LEVELS = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
_SIZES = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
_FARTHEST = 2  # times the largest of these: where the visitor's own ε is still drawn
_DRAWS = 32
NAMES = ["Over its size", "Over the steps", "The loss around it"]


def curves(scene: ShownAttack, kept: list[KeptIterate]) -> None:
    """One of three: over ε, over the steps, or the loss around the picture."""
    what = choose_view(NAMES, key="attack_curve", label="Curve")
    if what == NAMES[0]:
        _over_epsilon(scene)
    elif what == NAMES[1]:
        _over_steps(scene, kept)
    else:
        loss_around(scene)


def _over_epsilon(scene: ShownAttack) -> None:
    """The attack and random changes at sizes from nothing up, the visitor's own among them."""
    how = _settings_for_curve(scene)
    unit = _unit(scene)
    usual = _COUNTS[how.method] if scene.sized else _LEVELS if scene.linf else _SIZES
    own = (unit * _chosen_size(scene),) if unit * _chosen_size(scene) <= _FARTHEST * usual[-1] else ()
    sizes = [size / unit for size in sorted({*usual, *(round(one, 6) for one in own)})]
    net, image, goal = scene.net, scene.image, scene.goal
    if how.method != scene.how.method:
        st.caption(
            f"{METHODS[scene.how.method].title} has no size to choose: these curves are of PGD, in the same norm."
        )
    job.run(
        "attack_curve_job", ("epsilon curve", net, image, goal, how, tuple(sizes)),
        lambda: epsilon_curve(net, image, goal, how, sizes=sizes, draws=_DRAWS), lambda point: point,
    )  # fmt: skip
    job.watch(
        "attack_curve_job",
        lambda running: _draw_curve(scene, running),
        progress=job.counted(len(sizes), "sizes"),
        waiting="Attacking at the first size …",
    )


def _settings_for_curve(scene: ShownAttack) -> AttackSettings:
    """The attack on the screen, whatever its size; PGD for those that find their size themselves."""
    if scene.sized:
        return replace(scene.how, pixels=0)
    how = replace(scene.how, epsilon=0.0, step_size=None)
    return how if METHODS[how.method].bounded else replace(how, method="pgd")


def _unit(scene: ShownAttack) -> float:
    """By what a size is multiplied to be written: 255 where it is in 8-bit levels."""
    return 255 if scene.linf and not scene.sized else 1


def _chosen_size(scene: ShownAttack) -> float:
    """The visitor's own size: how many pixels, or ε."""
    return scene.how.pixels if scene.sized else scene.size


def _draw_curve(scene: ShownAttack, running: job.Job[EpsilonPoint, EpsilonPoint]) -> None:
    points = list(running.kept)  # it grows meanwhile
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown("**How sure the network is**")
        show.chart(_probabilities(scene, points), key=f"epsilon_curve_{len(points)}")
    with right:
        st.markdown("**How often it is fooled**")
        show.chart(_shares_fooled(scene, points), key=f"epsilon_shares_{len(points)}")
    _say(scene, points)


def _axis(scene: ShownAttack, points: list[EpsilonPoint]) -> dict[str, Any]:
    """Where the points stand, and the visitor's own size if it is among them."""
    unit = _unit(scene)
    at = [unit * point.size for point in points]
    name = {"pixels": "your number", "patch": "your patch"}.get(scene.how.method, "your ε")
    here = (name, unit * _chosen_size(scene)) if unit * _chosen_size(scene) <= at[-1] * (1 + 1e-6) else None
    return {"x": _size_name(scene), "at": at, "here": here, "height": 290}


def _size_name(scene: ShownAttack) -> str:
    names = {"pixels": "pixels that may change", "patch": "side of the patch, in pixels"}
    return names.get(scene.how.method, "ε, in 8-bit levels" if scene.linf else "ε, L2 norm")


def _probabilities(scene: ShownAttack, points: list[EpsilonPoint]) -> Figure:
    label, target = scene.found.label, scene.found.target
    noise = f"{label}, noise"
    series = {
        f"{label}, attack": [p.attack_label for p in points],
        noise: [float(p.noise_label.mean()) for p in points],
    }
    dashed = [noise]
    if target is not None:
        series[f"{target}, attack"] = [p.attack_target or 0.0 for p in points]
        series[f"{target}, noise"] = [float(p.noise_target.mean()) for p in points if p.noise_target is not None]
        dashed.append(f"{target}, noise")
    band = tuple(np.quantile([p.noise_label for p in points], (0.05, 0.95), axis=1))
    figure = plots.lines(series, y="probability", bands={noise: band}, dashed=dashed, **_axis(scene, points))
    return _scaled(figure, points, scene)


def _shares_fooled(scene: ShownAttack, points: list[EpsilonPoint]) -> Figure:
    noise = "random changes"
    series = {"the attack": [float(p.found.success) for p in points], noise: [p.noise_fooled / p.draws for p in points]}
    band = tuple(zip(*(p.interval for p in points), strict=True))
    axis = _axis(scene, points)
    return _scaled(
        plots.lines(series, y="attack success rate", bands={noise: band}, dashed=[noise], **axis), points, scene
    )


def _scaled(figure: Figure, points: list[EpsilonPoint], scene: ShownAttack) -> Figure:
    """From 0 to 1, with ticks at the sizes that were tried."""
    figure.update_yaxes(range=[0, 1.02])
    return plots.marked(figure, [_unit(scene) * point.size for point in points])


def _say(scene: ShownAttack, points: list[EpsilonPoint]) -> None:
    """The numbers at the visitor's size, or at the largest one if that is not among them."""
    unit = _unit(scene)
    point = min(points, key=lambda one: abs(one.size - _chosen_size(scene)))
    if abs(point.size - _chosen_size(scene)) > 1e-6:
        point = points[-1]
    down, up = point.interval
    size = {"pixels": f"With {point.size:,.0f} pixels", "patch": f"With a side of {point.size:.0f} pixels"}.get(
        scene.how.method, f"At ε = {unit * point.size:g}"
    )
    others = point.noise_changed - point.noise_fooled
    noise = "of those very pixels by as much" if scene.sized else "of that size"
    st.markdown(
        f"{size} the attack {'fools' if point.found.success else 'does not fool'}; of **{point.draws}** random changes "
        f"{noise} **{point.noise_fooled}** fool"
        + (f", {others} more give another class" if others else "")
        + f": with 95 % confidence {percent(down)} to {percent(up)} of all such changes fool (the right "
        f"shade). The left shade is where nine of ten random changes lie. What fooled at a smaller size "
        "counts at a larger one."
    )


def _over_steps(scene: ShownAttack, kept: list[KeptIterate]) -> None:
    left, right = st.columns([3, 2], gap="large")
    frames = [one for one in kept if one.png]
    with left:
        captions = [f"Step {one.number}: {_shares(scene, one)}" for one in frames]
        play([one.png for one in frames], captions, alt="The picture and the change, step by step", key="attack_play")
        st.caption("Left the picture, right the change around mid-grey, before rounding.")
    with right:
        series = {scene.found.label: [one.label for one in kept]}
        if scene.found.target is not None:
            series[scene.found.target] = [one.target or 0.0 for one in kept]
        steps = list(range(len(kept)))
        show.chart(
            plots.marked(plots.lines(series, x="step", y="probability", at=steps, height=320), steps), key="steps_curve"
        )


def _shares(scene: ShownAttack, one: KeptIterate) -> str:
    words = f"{scene.found.label} {percent(one.label)}"
    return words if one.target is None else f"{words}, {scene.found.target} {percent(one.target)}"
