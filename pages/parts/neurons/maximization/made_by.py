"""Which networks made a picture, what the method left out with them, and what one that took no part calls it."""

from __future__ import annotations

import streamlit as st

from explorer.maximization import DEFAULT, METHODS, Objective, Preset, Unit
from explorer.maximization.atlas import ALONE, THOROUGH, USUAL, Atlas, AtlasPlan, Entry
from explorer.maximization.ensemble import companion
from explorer.maximization.normalization_prior import recorded_names, running_statistics
from explorer.maximization.objectives import layers_of
from explorer.maximization.usual import usual_method
from explorer.networks.loading import Network, load_network
from explorer.pictures.images import Image
from pages.parts.pickers import network
from pages.parts.shell.words import percent, plain

_JUDGES = ("efficientnet_lite2", "efficientnet_lite1", "efficientnet_lite0")  # which come with the app


def sentence(net: Network, objective: Objective, preset: Preset) -> str:
    """Which networks make a picture, and a sentence for each part of the method that they can't give."""
    other = companion(net, [objective], preset)
    made = f"Made by {_title(net)} and {_title(other)} together." if other else f"Made by {_alone(net)}."
    missing = [f"Left out: {why}." for why in left_out(net, objective, preset)]
    return " ".join([made, *missing, *_colourless(net)])


def left_out(net: Network, objective: Objective, preset: Preset) -> list[str]:
    """Why parts of the method don't apply, a clause for each."""
    return [why for why in (_why_alone(net, objective, preset), _why_unnatural(net, objective, preset)) if why]


def _why_alone(net: Network, objective: Objective, preset: Preset) -> str:
    """Why no second network is asked, or "" where one is or none is meant to be."""
    if not preset.companions or companion(net, [objective], preset):
        return ""
    if not (isinstance(objective, Unit) and objective.layer == net.layers[-1].name):
        return "only a class is the same for two networks"
    if not net.trained:
        return "with random weights the network knows no class, so no second one is asked"
    return "no second network knows this class"


def _why_unnatural(net: Network, objective: Objective, preset: Preset) -> str:
    """Why statistics aren't kept natural, or "" where they are or aren't meant to be."""
    if preset.prior is None:
        return ""
    if not running_statistics(net, folded=False):
        return "without batch normalization a network keeps no statistics of natural pictures"
    if not recorded_names(net, layers_of(objective), folded=False):
        return "no batch normalization comes before this layer, so no statistics are kept natural"
    if not net.trained:  # the prior is on, towards what batch normalization begins with
        return "with random weights batch normalization remembers no pictures: all its means are 0, its variances 1"
    return ""


def _colourless(net: Network) -> list[str]:
    return ["It sees no colour, so the picture is grey."] if net.channels == 1 else []


def sentence_for_all_methods(net: Network, unit: Unit) -> str:
    """The same where all methods stand side by side: a part is told once for all methods without it."""
    others = {name: companion(net, [unit], preset) for name, preset in METHODS.items()}
    also = [f"*{name}* by {_title(other)}, too" for name, other in others.items() if other]
    without: dict[str, list[str]] = {}  # the methods that leave something out, by the reason
    for name, preset in METHODS.items():
        for why in left_out(net, unit, preset):
            without.setdefault(why, []).append(f"*{name}*")
    missing = [f"Left out of {' and '.join(methods)}: {why}." for why, methods in without.items()]
    return " ".join([f"Made by {', '.join([_alone(net), *also])}.", *missing, *_colourless(net)])


def sentence_for_many(net: Network, method: str, size: int, steps: int) -> str:
    """One sentence on a screen's many pictures: by which network, how large and in how many steps."""
    return f"Painted by {_alone(net)}: {_looked(size, steps, method)}."


def clause_for_quick_look(net: Network, method: str, size: int, steps: int) -> str:
    """By which network, how large and in how many steps pictures were painted, as part of a sentence."""
    return f"{_alone(net)}, {_looked(size, steps, method)}"


def clause_for_entry(plan: AtlasPlan, entry: Entry, net: Network | None) -> str:
    """By which networks and how an atlas's picture was made, as part of a sentence.

    Without `net`, the atlas's own network, a method that was only the usual one can't be told.
    """
    own, random = plain(network.title(plan.network)), "" if plan.pretrained else ", with random weights"
    who = _together(plan, entry.helper) if entry.helper else f"{own} alone{random}"
    return f"{who}, {_looked(plan.size, plan.steps, _method_of(plan, entry, net))}"


def _method_of(plan: AtlasPlan, entry: Entry, net: Network | None) -> str:
    if entry.helper:
        return THOROUGH
    if plan.method == USUAL:
        return "" if net is None else usual_method(net, entry.layer)
    return ALONE if plan.method == THOROUGH else plan.method


def _looked(size: int, steps: int, method: str) -> str:
    return f"{size} pixels, {steps} steps" + (f" of *{plain(method)}*" if method else "")


def methods_of(atlas: Atlas) -> str:
    """By which method an atlas's pictures were made, and which of its classes by two networks."""
    usual = {USUAL: f"by *{DEFAULT}*, late layers by *{ALONE}*", THOROUGH: f"by *{ALONE}*"}
    by = usual.get(atlas.plan.method, f"by *{plain(atlas.plan.method)}*")
    helped = [entry for entry in atlas.entries if entry.helper]
    if not helped:
        return by
    count = sum(bool(entry.label) for entry in atlas.entries)
    which = "classes" if len(helped) == count else f"{len(helped)} of {count} classes"
    return f"{by}; {which} by {_together(atlas.plan, helped[0].helper)}"


def _together(plan: AtlasPlan, helper: str) -> str:
    return f"{plain(network.title(plan.network))} and {plain(network.title(helper))} together"


def draw_verdict(net: Network, unit: Unit, preset: Preset, picture: Image) -> None:
    """What a network that took no part in a class's picture calls it."""
    judge = _judge(net, unit, preset)
    if judge is None:
        return
    (label, share), *_ = judge.predict(picture, 1)
    agrees = label == net.labels[unit.channel]
    st.caption(
        f"{_title(judge)}, which took no part, calls it **{plain(label)}** ({percent(share)})"
        + ("." if agrees else f" and gives **{plain(net.labels[unit.channel])}** {_share(judge, net, unit, picture)}.")
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


def _alone(net: Network) -> str:
    return f"{_title(net)} alone" + ("" if net.trained else ", with random weights")


def _title(net: Network) -> str:
    return plain(network.title(net.name))
