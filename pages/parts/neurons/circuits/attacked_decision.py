"""A decision under attack: the units of the last stage by which another class took the lead."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

import explorer
from explorer.networks.loading import Network
from explorer.responses.decisions import LeadChange, lead_change
from pages.parts.neurons.circuits.class_decision import as_sum, as_term
from pages.parts.neurons.circuits.unit_panels import COUNT, Decided, draw_side_by_side
from pages.parts.neurons.circuits.unit_tiles import signed
from pages.parts.shell.words import percent, plain, rounded
from pages.parts.widgets import job, show

SLOT = "circuit_attack"
EPSILON, STEPS = 2 / 255, 12


def attacked_in_a_job(decided: Decided) -> job.Job[explorer.Attack, explorer.Attack]:
    """The job that attacks the picture, so that another class is seen."""
    key = ("circuit attack", decided.net, decided.image, EPSILON)

    def attack() -> Iterator[explorer.Attack]:
        yield explorer.attack(decided.net, decided.image, epsilon=EPSILON, steps=STEPS)

    return job.run(SLOT, key, attack, lambda found: found)


def draw_attack(decided: Decided) -> None:
    """Beside the attacked picture the units by which the new class took the lead, as soon as it did."""
    running = attacked_in_a_job(decided)
    left, right = st.columns([1, 3], gap="large")
    with left:
        job.watch(SLOT, lambda running: _attacked(running.newest), waiting="Attacking the picture …")
    with right:
        if running.finished.is_set() and running.latest is not None:
            _units_bought(decided, running.newest)


def _attacked(found: explorer.Attack) -> None:
    show.image(found.adversarial, f"Attacked: {found.after[0][0]}")
    st.caption(f"Attacked by ε = 2/255: **{plain(found.after[0][0])}**, {percent(found.after[0][1])}.")


def _units_bought(decided: Decided, found: explorer.Attack) -> None:
    net = decided.net
    old, new = net.class_index(found.before[0][0]), net.class_index(found.after[0][0])
    if old == new:
        st.markdown("The attack didn't change the answer, so there is nothing to compare.")
        return
    changed = lead_change(net, found.original, found.adversarial, old, new)
    st.markdown(_lead(net, changed, old, new))
    numbers = changed.most(COUNT)
    words = [f"**{number}** {signed(float(changed.gains[number]))}" for number in numbers]
    draw_side_by_side(decided, numbers, [found.original, found.adversarial], words, decided.found.most(COUNT))


def _lead(net: Network, changed: LeadChange, old: int, new: int) -> str:
    before, after = changed.lead_before, changed.lead_after
    most = changed.most(COUNT)
    rest = float(changed.gains.sum() - changed.gains[most].sum())
    return (
        f"**{plain(net.labels[new])}** {_leads(before)[0]} **{plain(net.labels[old])}** by {rounded(abs(before))}, and "
        f"now {_leads(after)[1]} by {rounded(abs(after))}: {signed(after - before)} = {as_sum(changed.gains[most])} "
        f"{as_term(rest)} (all others). These units were bought:"
    )


def _leads(lead: float) -> tuple[str, str]:
    """What a class with such a lead over another did and does, in a word each."""
    return ("led", "leads") if lead >= 0 else ("trailed", "trails")
