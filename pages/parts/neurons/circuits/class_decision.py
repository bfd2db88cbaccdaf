"""One decision taken apart into the units of the last stage, and which of them an attack bought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import explorer
from explorer import render
from explorer.maximization import Unit
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.decisions import Decision, LeadChange, decision, lead_change
from pages.parts.neurons.atlas.picture import card_is_asked_for, wish_card
from pages.parts.neurons.circuits.unit_tiles import signed
from pages.parts.neurons.maximization import unit_pictures
from pages.parts.neurons.photographs import unit_photographs
from pages.parts.pickers import classes
from pages.parts.shell.words import percent, plain, rounded
from pages.parts.widgets import job, show

COUNT = 5
SLOT = "circuit_attack"
EPSILON, STEPS = 2 / 255, 12
FIRST = "its first guess"


@dataclass(frozen=True, eq=False)
class Decided:
    """What is taken apart: a network's answer to a picture."""

    net: Network
    image: Image
    found: Decision

    @property
    def label(self) -> str:
        """The class's name."""
        return self.net.labels[self.found.label]


def choose(net: Network, image: Image) -> Decided:
    """The class, at first the network's own guess. Raises NetworkError for a network that doesn't end in a sum."""
    guess = net.class_index(net.predict(image, 1)[0][0])
    number = classes.choose("Class", net, FIRST, key="circuit_class", wishes={FIRST: guess})
    assert number is not None
    return Decided(net, image, decision(net, image, number))


def draw_sum(decided: Decided) -> None:
    """The logit as a sum that adds up."""
    found, most = decided.found, decided.found.most(COUNT)
    rest = float(found.amounts.sum() - found.amounts[most].sum())
    others = len(found.amounts) - len(most)
    st.markdown(
        f"**{plain(decided.label)}**: logit **{rounded(found.logit)}** = {_added(found.amounts[most])} "
        f"{_then(rest)} ({others:,} other units) {_then(found.bias)} (bias)"
    )


def _added(amounts: NDArray[np.float64]) -> str:
    """Amounts as a sum is written: 1.20 + 0.30 − 0.10."""
    first, *others = (float(amount) for amount in amounts)
    return " ".join([rounded(first), *map(_then, others)])


def _then(amount: float) -> str:
    return f"{'+' if amount >= 0 else '−'} {rounded(abs(amount))}"


def draw_units(decided: Decided) -> None:
    """The five that say most: what each looks for, where it finds it, what it adds, and which photograph excites it."""
    numbers = decided.found.most(COUNT)
    words = [_told(decided.found, number) for number in numbers]
    st.caption(
        f"The percentages are of all that speaks for the class, {signed(decided.found.speaks_for)} by all such units "
        f"together; the units against it add {rounded(decided.found.speaks_against, 3)}."
    )
    _side_by_side(decided, numbers, [decided.image], words)


def _told(found: Decision, number: int) -> str:
    """A unit's number, what it adds, and its share if it speaks for the class."""
    share = f" :small[{percent(found.share(number))}]" if found.amounts[number] > 0 else ""
    return f"**{number}** {signed(float(found.amounts[number]))}{share}"


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
    _side_by_side(decided, numbers, [found.original, found.adversarial], words, decided.found.most(COUNT))


def _lead(net: Network, changed: LeadChange, old: int, new: int) -> str:
    before, after = changed.lead_before, changed.lead_after
    most = changed.most(COUNT)
    rest = float(changed.gains.sum() - changed.gains[most].sum())
    return (
        f"**{plain(net.labels[new])}** {_leads(before)[0]} **{plain(net.labels[old])}** by {rounded(abs(before))}, and "
        f"now {_leads(after)[1]} by {rounded(abs(after))}: {signed(after - before)} = {_added(changed.gains[most])} "
        f"{_then(rest)} (all others). These units were bought:"
    )


def _leads(lead: float) -> tuple[str, str]:
    """What a class with such a lead over another did and does, in a word each."""
    return ("led", "leads") if lead >= 0 else ("trailed", "trails")


def _side_by_side(
    decided: Decided, numbers: Sequence[int], images: Sequence[Image], words: Sequence[str], painted: Sequence[int] = ()
) -> None:
    """For each unit what it looks for, where each of the images has it, and the photograph that excites it most.

    `painted` are those that stand above with their pictures already: they are not painted again.
    """
    stage = decided.found.stage
    if stage is None:
        st.markdown(", ".join(words))
        st.caption("These units have no maps in this network, so there is no place to show.")
        return
    shown, above = ([Unit(stage.name, number) for number in some] for some in (numbers, painted))
    slot = f"bought_{unit_pictures.SLOT}" if above else unit_pictures.SLOT
    wanted = [unit for unit in shown if unit not in above]
    theirs = [unit_pictures.paint(decided.net, above)] if above else []
    unit_pictures.paint(decided.net, wanted, slot)
    count = unit_pictures.missing(decided.net, wanted)
    job.watch(
        slot,
        lambda running: _panels(
            decided, shown, images, words, unit_pictures.found(decided.net, shown, *theirs, running)
        ),
        progress=lambda running: unit_pictures.progress(running, count),
    )
    st.caption(unit_pictures.credit(decided.net, shown))
    (unit_photographs.draw_another_row if above else unit_photographs.draw_row)(decided.net, decided.image, shown)


def _panels(
    decided: Decided,
    shown: Sequence[Unit],
    images: Sequence[Image],
    words: Sequence[str],
    pictures: Mapping[Unit, render.Picture],
) -> None:
    row = "bought" if len(images) > 1 else "decided"
    with st.container(key=f"tiles_{row}"):
        cells = st.columns(COUNT, gap="small")
    for cell, unit, said in zip(cells, shown, words, strict=False):
        with cell:
            st.markdown(said)
            show.frame(render.smooth(pictures[unit], 160), f"What excites unit {unit.channel}")
            for number, image in enumerate(images):
                show.frame(_where(decided.net, image, images, unit), f"Where unit {unit.channel} answers, {number}")
            st.button(
                "Open its card", type="tertiary", icon=":material/arrow_forward:", key=f"{row}_card_{unit.channel}",
                on_click=wish_card, args=(unit.layer, unit.channel, ""),
            )  # fmt: skip
    if card_is_asked_for():
        st.rerun()  # of the whole page, which leaves for the card


def _where(net: Network, image: Image, images: Sequence[Image], unit: Unit) -> render.Picture:
    """A picture lit up where the unit answers, all on the scale of the strongest."""
    maps = [explorer.feature_maps(net, one, unit.layer)[unit.channel] for one in images]
    most = max(float(np.max(one)) for one in maps)
    values = explorer.feature_maps(net, image, unit.layer)[unit.channel]
    lit = render.overlay(net.prepare(image).uint8, np.maximum(values, 0), dark=0.25, most=most or 1.0)
    return render.smooth(lit, 160)
