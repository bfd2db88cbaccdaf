"""What stands behind an attack: curves, what it survives, and why it works."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer import plots, render
from explorer.attacks import (
    Attack,
    EpsilonPoint,
    Goal,
    LayerMove,
    Survivor,
    Verdict,
    epsilon_curve,
    layer_moves,
    linear_view,
    loss_surface,
    survival,
    transfer,
)
from explorer.networks.loading import Network, load_network
from explorer.networks.specs import EMBEDDED, NETWORKS
from explorer.pictures.images import Image
from pages.parts import job, network, show
from pages.parts.fooling import Kept
from pages.parts.player import play
from pages.parts.words import percent, plain

_LEVELS = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
_SIZES = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
_DRAWS, _POINTS, _STEPS = 32, 13, 15
_LINKS = 4


@dataclass(frozen=True, eq=False)
class Scene:
    """The attack on the screen and all that it was made from."""

    net: Network
    image: Image
    goal: Goal
    found: Attack
    control: Attack
    norm: str
    epsilon: float
    steps: int

    @property
    def size(self) -> float:
        """ε or, where none was given, the size that was found."""
        return self.epsilon or (self.found.linf if self.norm == "linf" else self.found.l2)


def curves(scene: Scene, kept: list[Kept]) -> None:
    """Over ε, over the steps, and the loss around the picture; only the one that is looked at."""
    names = ["Over ε", "Over the steps", "The loss around it"]
    what = st.segmented_control(
        "Curve", names, default=names[0], required=True, key="attack_curve", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if what == names[0]:
        _over_epsilon(scene)
    elif what == names[1]:
        _over_steps(scene, kept)
    else:
        _around(scene)


def _over_epsilon(scene: Scene) -> None:
    net, image, goal, norm = scene.net, scene.image, scene.goal, scene.norm
    sizes = [level / 255 for level in _LEVELS] if norm == "linf" else list(_SIZES)
    job.run(
        "attack_curve_job", ("epsilon curve", net, image, goal, norm),
        lambda: epsilon_curve(net, image, goal, norm=norm, epsilons=sizes, steps=_STEPS, draws=_DRAWS),
        lambda point: point,
    )  # fmt: skip
    job.watch("attack_curve_job", lambda running: _draw_curve(scene, running, len(sizes)))


def _draw_curve(scene: Scene, running: job.Job[EpsilonPoint, EpsilonPoint], count: int) -> None:
    points = list(running.kept)  # it grows meanwhile
    if running.error is not None:
        st.error(plain(str(running.error)))
        return
    if not points:
        st.caption("Attacking within the first ε …")
        return
    at = [point.epsilon * (255 if scene.norm == "linf" else 1) for point in points]
    label, target = scene.found.label, scene.found.target
    noise = f"{label}, noise"
    series = {f"{label}, attack": [p.attack_label for p in points], noise: [float(p.label.mean()) for p in points]}
    if target is not None:
        series[f"{target}, attack"] = [p.attack_target or 0.0 for p in points]
        series[f"{target}, noise"] = [float(p.target.mean()) for p in points if p.target is not None]
    low, high = np.quantile([p.label for p in points], (0.05, 0.95), axis=1)
    words = "ε, of 255 levels" if scene.norm == "linf" else "ε, L2 norm"
    figure = plots.lines(series, x=words, y="probability", at=at, bands={noise: (low, high)}, height=340)
    show.chart(figure, key=f"epsilon_curve_{len(points)}")
    last = points[-1]
    down, up = last.interval
    st.markdown(
        f"At ε = {at[-1]:g} the attack "
        + ("reaches its goal" if last.found.success else "does not reach its goal")
        + f"; of **{last.draws}** random changes of that size **{last.fooled}** make the network say something else: "
        f"with 95 % confidence between {percent(down)} and {percent(up)} of all. The shade is where nine of ten random "
        f"changes lie. {_STEPS} steps for each ε; what worked within a smaller ε counts within a larger one."
    )
    if not running.finished.is_set():
        st.progress(len(points) / count, f"{len(points)} of {count} sizes")


def _over_steps(scene: Scene, kept: list[Kept]) -> None:
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
        show.chart(plots.lines(series, x="step", y="probability", height=320), key="steps_curve")


def _shares(scene: Scene, one: Kept) -> str:
    words = f"{scene.found.label} {percent(one.label)}"
    return words if one.target is None else f"{words}, {scene.found.target} {percent(one.target)}"


def _around(scene: Scene) -> None:
    if not scene.found.perturbation.any():
        st.info("Nothing was changed, so there is no direction to look along: take a larger ε.")
        return
    job.run(
        "attack_surface_job", ("surface", scene.net, scene.image, scene.goal, scene.found.adversarial),
        lambda: loss_surface(scene.net, scene.image, scene.found, scene.goal, points=_POINTS), lambda row: row,
    )  # fmt: skip

    def draw(running: job.Job) -> None:
        rows = list(running.kept)
        if running.error is not None:
            st.error(plain(str(running.error)))
        elif not running.finished.is_set() or len(rows) < 2:
            st.progress(len(rows) / _POINTS, f"{len(rows)} of {_POINTS} rows")
        else:
            titles = ("random direction", "the attack's direction", f"loss of {scene.found.label}")
            heights = np.stack([row.loss for row in rows])
            figure = plots.surface(heights, across=rows[0].across, along=[row.along for row in rows], titles=titles)
            show.chart(figure, key="loss_surface")

    job.watch("attack_surface_job", draw)
    st.markdown(
        "The loss of the true class at $x + a\\,\\delta + b\\,r$: your picture is at (0, 0), the adversarial one at "
        "$a = 1$; $r$ is a random direction, as long as $\\delta$."
    )


def survives(scene: Scene) -> None:
    """A table of what happens to pictures, and another of other networks."""
    rows = survival(scene.net, scene.found, scene.control, scene.goal)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown("**After what happens to pictures**")
        st.dataframe(_table(rows), hide_index=True, height=35 * (len(rows) + 1) + 3, width="stretch")
    with right:
        _to_others(scene)
    held = sum(row.reached for row in rows)
    alone = sum(row.clean_fooled for row in rows)
    st.markdown(
        f"The goal holds after **{held}** of {len(rows)} changes. In {alone} of them the original alone is seen as "
        "something else too: there the attack has no merit. Judge each row by its clean and noisy neighbours."
    )


def _table(rows: tuple[Survivor, ...]) -> dict[str, list[str]]:
    def said(word: tuple[str, float]) -> str:
        return f"{word[0]} {percent(word[1])}"

    return {
        "Picture is …": [row.name for row in rows],
        "goal": ["holds" if row.reached else ("other word" if row.fooled else "gone") for row in rows],
        "adversarial": [said(row.adversarial) for row in rows],
        "noise (control)": [said(row.noise) for row in rows],
        "original": [said(row.clean) for row in rows],
    }


def _to_others(scene: Scene) -> None:
    st.markdown("**Shown to other networks**")
    if not st.toggle("Compare networks", key="attack_transfer", bind="query-params"):
        st.caption("Attacks each embedded network and a random one, and shows the result to all: about a minute.")
        return
    networks = _networks(scene.net)
    job.run(
        "attack_transfer_job", ("transfer", scene.net, scene.image, scene.goal, scene.norm, scene.size),
        lambda: transfer(
            networks, scene.image, norm=scene.norm, epsilon=scene.size, target=scene.found.target, steps=_STEPS
        ),
        lambda verdict: verdict,
    )  # fmt: skip
    job.watch("attack_transfer_job", lambda running: _draw_transfer([name for name, _ in networks], running))


def _networks(net: Network) -> list[tuple[str, Network]]:
    trained = [(NETWORKS[name].title.removeprefix("EfficientNet-"), load_network(name)) for name in EMBEDDED]
    mine = [(network.title(net.name), net)] if all(net != one for _, one in trained) else []
    return [*mine, *trained, ("Lite0, random", load_network("efficientnet_lite0", pretrained=False))]


def _draw_transfer(names: list[str], running: job.Job[Verdict, Verdict]) -> None:
    if running.error is not None:
        st.error(plain(str(running.error)))
        return
    found = {(one.made_for, one.on): one for one in list(running.kept)}
    table: dict[str, list[str]] = {"made for": [*names, "noise (control)"]}
    for on in names:
        column = [found.get((made, on)) for made in (*names, None)]
        table[f"shown to {on}"] = ["…" if one is None else _word(one) for one in column]
    st.dataframe(table, hide_index=True, width="stretch")
    if not running.finished.is_set():
        st.progress(len(running.kept) / (len(names) * (len(names) + 1)), "Attacking one network after another")
    else:
        st.caption("✗ fooled, ✓ not. On the diagonal, the network it was made for.")


def _word(one: Verdict) -> str:
    return f"{'✗' if one.fooled else '✓'} {one.said[0]}"


def reasons(scene: Scene) -> None:
    """The linear view with the visitor's numbers, the gradient as a picture, and the layers."""
    view = linear_view(scene.net, scene.image, scene.goal, norm=scene.norm, epsilon=scene.size)
    left, right = st.columns([2, 3], gap="large")
    with left:
        show.frame(_gradient(view.gradient), "The gradient, by colour channel, zero at mid-grey")
        st.caption(f"The gradient of ({view.rival} − {scene.found.label}) by each pixel; mid-grey is zero.")
    with right:
        linf = scene.norm == "linf"
        size = f"{255 * scene.size:g}/255" if linf else f"{scene.size:g}"
        norms = ("‖g‖₁", "‖g‖₂") if linf else ("‖g‖₂", "‖g‖₂/√n")
        st.markdown(
            f"**Many tiny steps add up.** {plain(view.rival)} lacks **{-view.margin:.1f}** to "
            f"{plain(scene.found.label)} (difference of logits). The picture has n = "
            f"**{view.values:,}** values. If the network were linear, with "
            f"its gradient g at your picture, a change of ε = {size} would gain"
        )
        st.dataframe(
            {
                "": [f"along the gradient: ε{norms[0]}", f"random, typical size: ε{norms[1]}", "ratio"],
                "if it were linear": [f"{view.predicted:.2f}", f"± {view.noise:.3f}",
                                      f"{view.predicted / view.noise:.0f} ×" if view.noise else "–"],
                "the network itself": [f"{view.measured:.2f} in one step", f"± {view.measured_noise.std():.3f}", ""],
            }, hide_index=True, width="stretch",
        )  # fmt: skip
        st.markdown(
            "Along the gradient every value pulls the same way, and their number counts: "
            "$\\epsilon\\|g\\|_1$ grows with $n$. Noise cancels itself: it grows with $\\sqrt{n}$. The network is "
            "not linear, so one step gains less than promised, and many small ones more (Goodfellow et al. 2015, §3)."
        )
    _layers(scene)


def _gradient(gradient: np.ndarray) -> render.Picture:
    """Cut at the 99th percentile: a few steep places would leave the rest grey."""
    return render.signed(gradient, float(np.quantile(np.abs(gradient), 0.99)) or None)


@st.fragment
def _layers(scene: Scene) -> None:
    with st.spinner("Comparing layer by layer …"):
        moves = layer_moves(scene.net, scene.found, scene.control)
    names = [move.layer for move in moves]
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown("**Where they part ways**: how far each layer's output is from the original's, as a share of it")
        series = {"attack": [m.adversarial for m in moves], "noise of the same size": [m.noise for m in moves]}
        show.chart(plots.lines(series, x="layer, first to last", y="distance", at=names, height=280), key="layer_moves")
    with right:
        maps = [move for move in moves if len(scene.net.layer(move.layer).shape) == 3] or list(moves)
        usual = max(range(len(maps)), key=lambda place: maps[place].adversarial)
        name = st.selectbox(
            "Neurons that moved most in", [move.layer for move in maps], usual, key="attack_layer", bind="query-params"
        )
        _moved(next(move for move in maps if move.layer == name))


def _moved(move: LayerMove) -> None:
    for channel in move.most_moved(_LINKS):
        st.page_link(
            "pages/neurons.py", icon=":material/lightbulb:",
            label=f"Channel {channel}: mean {move.channels[channel]:+.2f}, noise {move.noise_channels[channel]:+.2f}",
            query_params={"unit_layer": move.layer, "unit_channel": str(channel)},
        )  # fmt: skip
    st.caption("A click shows what that channel looks for.")
