"""Why an attack works: tiny steps add up, the gradient as a picture, and where in the layers the pictures part ways."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer import plots, render
from explorer.attack_studies.explanations import LayerDistance, Linearization, layer_distances, linearization
from pages.parts.adversarial import conclusions
from pages.parts.adversarial.attack_result import ShownAttack
from pages.parts.pickers import network
from pages.parts.pickers.layer import choose_layer
from pages.parts.shell.live import live
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import plain, rounded
from pages.parts.widgets import show

_LINKS = 4


def reasons(scene: ShownAttack) -> None:
    """The linear view with the visitor's numbers, the gradient as a picture, and the layers."""
    if scene.sized:  # linearity predicts nothing for a change that is as large as it likes
        st.caption("Why many tiny steps add up is told of PGD: choose it above. Here is how far each layer moves.")
    else:
        _linear(scene)
    _layers(scene)


def _linear(scene: ShownAttack) -> None:
    view = linearization(scene.net, scene.image, scene.goal, norm=scene.how.norm, epsilon=scene.size)
    left, right = st.columns([2, 3], gap="large")
    with left:
        show.frame(_gradient(view.gradient), "The gradient, by colour channel, zero at mid-grey")
        st.caption(
            f"The gradient of ({plain(view.rival)} − {plain(scene.found.label)}) by each pixel; mid-grey is zero."
        )
    with right:
        size = f"{255 * scene.size:g}/255" if scene.linf else f"{scene.size:g}"
        st.markdown(
            f"**Many tiny steps add up.** {plain(view.rival)} lacks **{-view.margin:.1f}** to "
            f"{plain(scene.found.label)} (difference of logits). The picture has n = "
            f"**{view.values:,}** values. If the network were linear, with "
            f"its gradient g at your picture, a change of ε = {size} would gain"
        )
        along, random = ("‖g‖₁", "‖g‖₂") if scene.linf else ("‖g‖₂", "‖g‖₂/√n")
        _gains(view, along, random)
        st.markdown(
            "Along the gradient every value pulls the same way, and their number counts: "
            "$\\epsilon\\|g\\|_1$ grows with $n$. Noise cancels itself: it grows with $\\sqrt{n}$. The network is "
            "not linear, so one step gains less than promised, and many small ones more (Goodfellow et al. 2015, §3)."
        )


def _gains(view: Linearization, along: str, random: str) -> None:
    """What a change gains along the gradient and at random, predicted by the norm that is named, and measured."""
    spread = float(view.measured_noise.std())
    st.dataframe(
        {
            "": [f"along the gradient: ε{along}", f"random, typical size: ε{random}", "ratio"],
            "if it were linear": [f"{view.predicted:.2f}", f"± {view.noise:.3f}", _ratio(view.predicted, view.noise)],
            "the network itself": [f"{view.measured:.2f} in one step", f"± {spread:.3f}",
                                   _ratio(view.measured, spread)],
        }, hide_index=True, width="stretch",
    )  # fmt: skip


def _ratio(gained: float, noise: float) -> str:
    return f"{gained / noise:,.0f} ×" if noise else "–"


def _gradient(gradient: np.ndarray) -> render.Picture:
    """Cut at the 99th percentile: a few steep places would leave the rest grey."""
    return render.signed(gradient, float(np.quantile(np.abs(gradient), 0.99)) or None)


@live
def _layers(scene: ShownAttack) -> None:
    with st.spinner("Comparing layer by layer …"):
        distances = layer_distances(scene.net, scene.found, scene.control)
    names = [one.layer for one in distances]
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown("**Where they part ways**: how far each layer's output is from the original's, as a share of it")
        series = {
            "attack": [one.adversarial for one in distances],
            "control: shuffled": [one.noise for one in distances],
        }
        figure = plots.lines(
            series, x="layer, first to last", y="distance", at=names, dashed=["control: shuffled"], height=280
        )
        places = list(range(len(names)))  # of the categories
        show.chart(plots.marked(figure, places), key="layer_distances")
        st.markdown(conclusions.from_distances(distances[-1].adversarial, distances[-1].noise))
    with right:
        maps = [one for one in distances if _has_cards(scene.net.layer(one.layer).shape)]
        if not maps:
            st.caption("No layer of this network has maps.")
            return
        usual = max(maps, key=lambda one: one.adversarial).layer
        name = choose_layer(
            "Neurons that moved most in", scene.net, [one.layer for one in maps], usual, key="attack_layer"
        )
        _most_moved(next(one for one in maps if one.layer == name))


def _has_cards(shape: tuple[int, ...]) -> bool:
    """Whether the Neurons screen can show the layer's channels."""
    return len(shape) == 3 and shape[1] > 1


def _most_moved(distance: LayerDistance) -> None:
    """Links to the channels whose mean changed most."""
    same = network.in_link()
    for channel in distance.most_moved(_LINKS):
        st.page_link(
            file_of("neurons"), icon=":material/lightbulb:",
            label=f"Channel {channel}: {rounded(distance.channels[channel])}, by noise "
            + rounded(distance.noise_channels[channel]),
            query_params=same | {"unit_kind": "channel", "unit_layer": distance.layer, "unit_channel": str(channel)},
        )  # fmt: skip
    st.caption("How far the channel's mean went. A click opens its card: what it looks for.")
