"""Units of a decision side by side: what each looks for, where the pictures have it, and its best photograph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

import explorer
from explorer import render
from explorer.maximization import Unit
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from explorer.responses.decisions import Decision
from pages.parts.neurons.atlas.picture import card_is_asked_for, wish_card
from pages.parts.neurons.maximization import unit_pictures
from pages.parts.neurons.photographs import unit_photographs
from pages.parts.widgets import job, show

COUNT = 5  # units in a row


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


def draw_side_by_side(
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
