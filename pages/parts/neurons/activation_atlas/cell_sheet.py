"""The sheet of an activation atlas: its cells to choose from, and beneath them the cells filled by chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer import render
from explorer.activation_atlas import ActivationAtlas
from explorer.activation_atlas.cell_pictures import SIDE
from explorer.activation_atlas.cells import mean_confidence, mean_cosine
from explorer.activation_atlas.sheets import GAP, tiles
from pages.parts.neurons.activation_atlas.controls import CELL, Choices
from pages.parts.shell import theme
from pages.parts.shell.words import counted, percent, rounded
from pages.parts.widgets import job, linked, show
from pages.parts.widgets.tiles import choose_tile

Kept = tuple[tuple[int, render.Picture], ...]
_WITHOUT = "activations_without"  # in the session: the cell that is shown while its picture isn't there yet
_ALL = -1  # in place of a cell: nothing is shown yet
_CHOSEN = "activations_chosen"  # in the session: whether a cell was just chosen


@dataclass(frozen=True, eq=False)
class Making:
    """A step: the atlas, how many pictures of it are painted in all, and those that just got ready.

    A cell's picture has the cell's number, and those of the control, as many as are in a row, −1, −2 and so on.
    """

    atlas: ActivationAtlas
    count: int
    ready: Kept


def keep(made: Making) -> Kept:
    """What a job remembers of a step."""
    return made.ready


def kept_pictures(running: job.Job[Making, Kept]) -> Mapping[int, render.Picture]:
    """The pictures that there are by now, by the numbers of their cells; the control's are below 0."""
    return dict(pair for ready in list(running.kept) for pair in ready)


def chosen_cell(atlas: ActivationAtlas) -> int:
    """The number of the cell that is shown large: the one chosen, else the most confident one."""
    most_confident = atlas.most_confident()
    usual = 0 if most_confident is None else most_confident.number
    number = linked.value(CELL, linked.whole, usual)
    return number if number < atlas.grid**2 else usual


def without_picture(number: int | None) -> None:
    """Remember that a cell is shown large though it isn't painted yet: when it is, the page is drawn anew."""
    st.session_state[_WITHOUT] = number


def draw_all_when_there() -> None:
    """As soon as there is an atlas, what stands beside the sheet is drawn, too."""
    st.session_state[_WITHOUT] = _ALL


def draw_sheet(choices: Choices, running: job.Job[Making, Kept]) -> None:
    """The grid's cells, of which a click chooses one, and the control beneath."""
    atlas, pictures = running.newest.atlas, kept_pictures(running)
    page, field = theme.page(), theme.field()
    choose_tile(
        tiles(atlas, pictures, SIDE, empty=page, waiting=field), [name(atlas, n) for n in range(atlas.grid**2)],
        chosen_cell(atlas), alt=f"What {counted(len(atlas.cells), 'cell')} of the plane look like",
        key=f"activations_{choices.layer}_{choices.layout}_{choices.grid}_{'-'.join(map(str, choices.zoom))}",
        columns=atlas.grid, photographs=True, on_choice=_choose,
    )  # fmt: skip
    _control(atlas, pictures)
    if st.session_state.pop(_CHOSEN, False) or st.session_state.get(_WITHOUT) in (_ALL, *pictures):
        st.session_state.pop(_WITHOUT, None)
        st.rerun()  # of the whole page: the cell that is shown large stands outside of this block


def _choose(number: int) -> None:
    linked.keep(CELL, str(number))
    st.session_state[_CHOSEN] = True


def name(atlas: ActivationAtlas, number: int) -> str:
    """What is said of a cell: what it speaks for, and how many samples it has."""
    cell, count = atlas.cell(number), atlas.count(number)
    if cell is None:
        return f"{counted(count, 'sample')}: too few" if count else "no samples"
    said = ", ".join(f"{label} {percent(share)}" for label, share in cell.classes[:3])
    return f"{said} · {counted(count, 'sample')}"


def _control(atlas: ActivationAtlas, pictures: Mapping[int, render.Picture]) -> None:
    """As many cells filled by chance as there are in a row, and what both have in common, in numbers."""
    if not atlas.cells:
        return
    blank = np.full((SIDE, SIDE, 3), theme.field(), np.uint8)
    row = np.stack([pictures.get(-1 - n, blank) for n in range(min(atlas.grid, len(atlas.cells)))])
    st.markdown("**Filled at random**: the same number of samples, from anywhere")
    show.frame(render.mosaic(row, columns=atlas.grid, gap=GAP), "As many cells, filled at random")
    st.caption(
        f"In {counted(len(atlas.cells), 'cell')}, on average: the cosine of a sample with its cell’s mean is "
        f"**{rounded(mean_cosine(atlas.cells))}**, by chance {rounded(mean_cosine(atlas.control))}; the first class "
        f"has a probability of **{percent(mean_confidence(atlas.cells))}**, by chance "
        f"{percent(mean_confidence(atlas.control))}."
    )
