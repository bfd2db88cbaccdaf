"""Does an attack survive what happens to pictures, and does it fool other networks?"""

from __future__ import annotations

import streamlit as st

from explorer.attack_studies.survival import SurvivalRow, survival
from explorer.attack_studies.transfer import TransferResult, transfer
from explorer.networks.loading import Network
from explorer.networks.registry.specs import EMBEDDED
from pages.parts.adversarial.attack_result import ShownAttack
from pages.parts.adversarial.robust_examples import robust_examples_view
from pages.parts.pickers import network
from pages.parts.shell.words import percent
from pages.parts.widgets import job
from pages.parts.widgets.views import choose_view

NAMES = ["What happens to pictures", "Make it survive", "Other networks"]
RANDOM = "random weights"
_DRAWS, _MOST = 10, 6


def survives(scene: ShownAttack) -> None:
    """A table of what happens to pictures, or one of other networks."""
    what = choose_view(NAMES, key="attack_survival")
    if what == NAMES[0]:
        _transformations(scene)
    elif what == NAMES[1]:
        robust_examples_view(scene)
    else:
        _to_others(scene)


def _transformations(scene: ShownAttack) -> None:
    """After how many transformations the picture still fools, and a row for each."""
    rows = survival(scene.net, scene.found, scene.control, scene.goal)
    counted = [row for row in rows if not row.lossless]
    survived = sum(row.outcome == "fooled" for row in counted)
    alone = sum(row.clean_outcome != "recovered" for row in counted)
    st.markdown(
        f"After **{survived}** of {len(counted)} transformations the picture still fools. "
        + (f"After **{alone}** of them the untouched original is read as something else too: " if alone else "")
        + ("judge these by the controls at the right. " if alone else "")
        + "*Nothing* and PNG lose nothing and are not counted."
    )
    height = 35 * (len(rows) + 1) + 3
    st.dataframe(_table(rows), hide_index=True, height=height, width="stretch")


def _table(rows: tuple[SurvivalRow, ...]) -> dict[str, list[str]]:
    def written(prediction: tuple[str, float]) -> str:
        label, probability = prediction
        return f"{label} {percent(probability)}"

    return {
        "The picture is …": [row.name for row in rows],
        "outcome": [row.outcome for row in rows],
        "adversarial picture": [written(row.adversarial) for row in rows],
        "control: shuffled": [written(row.noise) for row in rows],
        "control: original": [written(row.clean) for row in rows],
    }


def _to_others(scene: ShownAttack) -> None:
    """The table of networks that the attack is made for and shown to, with its control."""
    here = network.available()
    usual = [*EMBEDDED, *([scene.net.name] if scene.net.name in here and scene.net.name not in EMBEDDED else [])]
    chosen = st.multiselect(
        "Networks to attack and to test, besides one with random weights", list(here), usual,
        format_func=here.__getitem__, max_selections=_MOST, key="attack_networks", bind="query-params",
    )  # fmt: skip
    networks = _networks(scene.net, chosen)
    key = ("transfer", tuple(networks), scene.image, scene.goal, scene.how)
    job.run(
        "attack_transfer_job", key,
        lambda: transfer(networks, scene.image, scene.how, target=scene.found.target, draws=_DRAWS),
        lambda result: result,
    )  # fmt: skip
    names = [name for name, _ in networks]
    total = len(names) * (len(names) + _DRAWS)
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


def _draw_transfer(names: list[str], running: job.Job[TransferResult, TransferResult]) -> None:
    seen = list(running.kept)
    found = {(one.made_for, one.shown_to): one for one in seen if one.made_for is not None}
    table: dict[str, list[str]] = {"made for": [*names, "control: shuffled"]}
    for on in names:
        column = [_word(found[made, on]) if (made, on) in found else "…" for made in names]
        controls = [one for one in seen if one.made_for is None and one.shown_to == on]
        table[f"shown to {on}"] = [*column, _count(controls)]
    st.dataframe(table, hide_index=True, width="stretch")
    if not running.finished.is_set():
        return
    st.markdown(_counts(list(found.values())))


def _counts(found: list[TransferResult]) -> str:
    """How many fool another trained network, made for a trained one and made for random weights."""
    others = [one for one in found if one.made_for != one.shown_to and one.shown_to != RANDOM]
    trained = [one for one in others if one.made_for != RANDOM]
    random = [one for one in others if one.made_for == RANDOM]
    words = (
        "On the diagonal is the network that the change was made for. **Fooled** is, for each network, what it is on "
        "this screen: the target class is said or, without one it knows, another class than for the original. "
        f"Shown to another trained network, **{_fooled(trained)} of {len(trained)}** fool"
    )
    if random:
        words += f"; made for random weights, which have learned nothing, **{_fooled(random)} of {len(random)}** do"
    return words + ". Only what exceeds that and the shuffled control is owed to what networks have learned alike."


def _fooled(some: list[TransferResult]) -> int:
    return sum(one.outcome == "fooled" for one in some)


def _count(controls: list[TransferResult]) -> str:
    return f"{_fooled(controls)} of {len(controls)} fool" if controls else "…"


def _word(one: TransferResult) -> str:
    return f"{one.outcome}: {one.predicted[0]}"
