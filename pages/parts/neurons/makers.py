"""Which networks made a picture, what the method left out with them, and what one that took no part calls it."""

from __future__ import annotations

import streamlit as st

from explorer.maximization import DEFAULT, METHODS, Objective, Preset, Unit
from explorer.maximization.asked import companion
from explorer.maximization.atlas import THOROUGH, USUAL, Atlas
from explorer.maximization.normalization_prior import remembered
from explorer.networks.loading import Network, load_network
from explorer.pictures.images import Image
from pages.parts.pickers import network
from pages.parts.shell.words import percent, plain

_JUDGES = ("efficientnet_lite2", "efficientnet_lite1", "efficientnet_lite0")  # which come with the app


def told(net: Network, objective: Objective, preset: Preset) -> str:
    """One sentence on who is asked, and one for each part of the method that these networks can't give."""
    other = companion(net, [objective], preset)
    sentences = [f"Made by {_title(net)}" + (f" and {_title(other)} together." if other else " alone.")]
    if preset.companions and other is None:
        of_class = isinstance(objective, Unit) and objective.layer == net.layers[-1].name
        why = "no second network knows this class" if of_class else "only a class is the same for two networks"
        sentences.append(f"Left out: {why}.")
    if preset.prior is not None and not remembered(net, folded=False):
        sentences.append("Left out: without batch normalization a network keeps no statistics of natural pictures.")
    if net.channels == 1:
        sentences.append("It sees no colour, so the picture is grey.")
    return " ".join(sentences)


def told_of_all(net: Network, unit: Unit) -> str:
    """One sentence on who is asked where all methods stand side by side."""
    others = {name: companion(net, [unit], preset) for name, preset in METHODS.items()}
    also = [f"*{name}* by {_title(other)}, too" for name, other in others.items() if other]
    return f"Made by {_title(net)}{', '.join([' alone', *also])}."


def told_of_many(net: Network, method: str, size: int, steps: int) -> str:
    """One sentence on pictures of which a screen has many."""
    return f"Painted by {_title(net)} alone: {size} pixels, {steps} steps of *{plain(method)}*."


def methods_of(atlas: Atlas) -> str:
    """By which method an atlas's pictures were made, and by which networks beside its own."""
    method = atlas.plan.method
    by = f"by *{DEFAULT}*, from late layers on by *{THOROUGH}*" if method == USUAL else f"by *{plain(method)}*"
    helpers = sorted({entry.helper for entry in atlas.entries if entry.helper})
    also = " and ".join(plain(network.title(name)) for name in helpers)
    return f"{by}; classes together with {also}" if also else by


def judged(net: Network, unit: Unit, preset: Preset, picture: Image) -> None:
    """What a network that took no part in a class's picture calls it."""
    judge = _judge(net, unit, preset)
    if judge is None:
        return
    (label, share), *_ = judge.predict(picture, 1)
    right = label == net.labels[unit.channel]
    st.caption(
        f"{_title(judge)}, which took no part, calls it **{plain(label)}** ({percent(share)})"
        + ("." if right else f", and **{plain(net.labels[unit.channel])}** with {_share(judge, net, unit, picture)}.")
    )


def _share(judge: Network, net: Network, unit: Unit, picture: Image) -> str:
    shares = dict(judge.predict(picture, len(judge.labels)))
    return percent(shares[net.labels[unit.channel]])


def _judge(net: Network, unit: Unit, preset: Preset) -> Network | None:
    if unit.layer != net.layers[-1].name or not net.trained:
        return None
    other = companion(net, [unit], preset)
    took_part = {net.name, other.name if other else ""}
    judge = load_network(next(name for name in _JUDGES if name not in took_part))
    return judge if net.labels[unit.channel] in judge.labels else None


def _title(net: Network) -> str:
    return plain(network.title(net.name))
