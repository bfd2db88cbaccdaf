"""Does an attack survive what happens to pictures, and does it fool other networks?"""

from __future__ import annotations

import streamlit as st

from explorer.attack_studies.survival import Survivor, survival
from explorer.attack_studies.transfer import Verdict, transfer
from explorer.networks.loading import Network
from explorer.networks.specs import EMBEDDED
from pages.parts.adversarial.attack_result import Scene
from pages.parts.pickers import network
from pages.parts.shell.words import percent
from pages.parts.widgets import job

NAMES = ["What happens to pictures", "Other networks"]
RANDOM = "random weights"
_STEPS, _MOST = 15, 6


def survives(scene: Scene) -> None:
    """A table of what happens to pictures, or one of other networks."""
    what = st.segmented_control(
        "What", NAMES, default=NAMES[0], required=True, key="attack_survival", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if what == NAMES[0]:
        _changes(scene)
    else:
        _to_others(scene)


def _changes(scene: Scene) -> None:
    rows = survival(scene.net, scene.found, scene.control, scene.goal)
    held = sum(row.reached for row in rows)
    alone = sum(row.clean_fooled for row in rows)
    st.markdown(
        f"The goal holds after **{held}** of {len(rows)} changes. After **{alone}** of them the untouched original is "
        "seen as something else too: there the attack has no merit. Judge each row by its two controls, at the right."
    )
    height = 35 * (len(rows) + 1) + 3
    st.dataframe(_table(rows), hide_index=True, height=height, width="stretch")


def _table(rows: tuple[Survivor, ...]) -> dict[str, list[str]]:
    def said(word: tuple[str, float]) -> str:
        return f"{word[0]} {percent(word[1])}"

    return {
        "The picture is …": [row.name for row in rows],
        "fooled?": ["✗ fooled" if row.reached else ("≈ another word" if row.fooled else "✓ not") for row in rows],
        "what fools it": [said(row.adversarial) for row in rows],
        "control: noise": [said(row.noise) for row in rows],
        "control: original": [said(row.clean) for row in rows],
    }


def _to_others(scene: Scene) -> None:
    here = network.at_hand()
    usual = [*EMBEDDED, *([scene.net.name] if scene.net.name in here and scene.net.name not in EMBEDDED else [])]
    chosen = st.multiselect(
        "Networks, each attacked and each shown all pictures, besides one with random weights", list(here), usual,
        format_func=here.__getitem__, max_selections=_MOST, key="attack_networks", bind="query-params",
    )  # fmt: skip
    networks = _networks(scene.net, chosen)
    key = ("transfer", tuple(networks), scene.image, scene.goal, scene.how.norm, scene.size)
    job.run(
        "attack_transfer_job", key,
        lambda: transfer(
            networks, scene.image, norm=scene.how.norm, epsilon=scene.size, target=scene.found.target, steps=_STEPS
        ),
        lambda verdict: verdict,
    )  # fmt: skip
    names = [name for name, _ in networks]
    total = len(names) * (len(names) + 1)
    job.watch(
        "attack_transfer_job",
        lambda running: _draw_transfer(names, running),
        progress=lambda running: (len(running.kept) / total, "Attacking one network after another"),
    )


def _networks(net: Network, names: list[str]) -> list[tuple[str, Network]]:
    """Those chosen with their titles, the one in use if it is none of them, and at the end one that learned nothing."""
    chosen = [(network.title(name).removeprefix("EfficientNet-"), network.load(name)) for name in names]
    mine = [] if any(net == one for _, one in chosen) or not net.trained else [(network.title(net.name), net)]
    blank = net if not net.trained else network.counterpart(net)
    return [*mine, *chosen, *([] if blank is None else [(RANDOM, blank)])]


def _draw_transfer(names: list[str], running: job.Job[Verdict, Verdict]) -> None:
    found = {(one.made_for, one.on): one for one in list(running.kept)}
    table: dict[str, list[str]] = {"made for": [*names, "control: noise"]}
    for on in names:
        column = [found.get((made, on)) for made in (*names, None)]
        table[f"shown to {on}"] = ["…" if one is None else _word(one) for one in column]
    st.dataframe(table, hide_index=True, width="stretch")
    if not running.finished.is_set():
        return
    pairs = [
        one for one in found.values() if RANDOM not in (one.made_for, one.on) and one.made_for not in (None, one.on)
    ]
    st.markdown(
        "**✗ fooled, ✓ not.** On the diagonal is the network that the change was made for. Between different trained "
        f"networks **{sum(one.fooled for one in pairs)} of {len(pairs)}** pictures fool. A network with random weights "
        "says nothing about the picture, so its word means little: what transfers is what both have learned."
    )


def _word(one: Verdict) -> str:
    return f"{'✗' if one.fooled else '✓'} {one.said[0]}"
