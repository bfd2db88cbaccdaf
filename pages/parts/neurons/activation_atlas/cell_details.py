"""One cell of an activation atlas at large: its picture, its patches, the classes it speaks for, and the way in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from explorer import render
from explorer.activation_atlas import ActivationAtlas, Cell
from explorer.activation_atlas.patches import patches
from explorer.cache import memo
from explorer.pictures.images import Image
from pages.parts.neurons.activation_atlas.cell_sheet import chosen_cell, without_picture
from pages.parts.neurons.activation_atlas.controls import LEAST_TO_ZOOM, Choices, zoom_in
from pages.parts.shell.words import counted, percent, plain, rounded
from pages.parts.widgets import markup, show
from pages.parts.widgets.markup import Patch

_SIDE, _PATCH = 288, 112  # pixels as sent


def draw_cell(choices: Choices, atlas: ActivationAtlas, pictures: Mapping[int, render.Picture]) -> None:
    """The cell that is chosen, and where to go from it."""
    number = chosen_cell(atlas)
    row, column = divmod(number, atlas.grid)
    cell = atlas.cell(number)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Row {row + 1}, column {column + 1}**: {counted(atlas.count(number), 'sample')}")
        _zoom(choices, atlas, number)
    if cell is None:
        st.caption("Too few samples here for a mean to say anything: choose a cell with a picture.")
        without_picture(None)
        return
    _picture_and_classes(choices, cell, pictures.get(number))
    _patches(choices, atlas, cell)
    said, share = atlas.control_of(cell).classes[0]
    st.caption(
        f"Cosine of these samples with their mean: {rounded(cell.cosine)}. As many drawn by chance: "
        f"{rounded(atlas.control_of(cell).cosine)}, and they speak for {plain(said)}, {percent(share)}."
    )


def _zoom(choices: Choices, atlas: ActivationAtlas, number: int) -> None:
    few = len(atlas.near(number)) < LEAST_TO_ZOOM
    st.button(
        "Zoom in here", icon=":material/zoom_in:", key="activations_zoom_in", disabled=few,
        on_click=zoom_in, args=(choices.zoom, number),
        help="Lays out anew what lies in this cell and in those that touch it.",
    )  # fmt: skip


def _picture_and_classes(choices: Choices, cell: Cell, picture: render.Picture | None) -> None:
    left, right = st.columns([1, 1.2], gap="small")
    with left:
        if picture is None:
            st.caption("Not painted yet.")
        else:
            show.frame(render.smooth(picture, _SIDE), f"What the mean of {len(cell.samples)} samples looks like")
    without_picture(cell.number if picture is None else None)
    with right:
        st.caption(f"If every place in {plain(choices.layer)} held this mean, the network would say:")
        show.predictions(cell.classes)


def _patches(choices: Choices, atlas: ActivationAtlas, cell: Cell) -> None:
    """Where its samples come from, those most like the mean first."""
    key = ("activation patches", len(atlas.samples), *choices.key, cell.number)
    found: Sequence[Image] = memo(
        key, lambda: tuple(patches(choices.net, choices.gallery, atlas.samples, cell))
    )  # fmt: skip
    markup.patches("The patches most like the mean", [Patch(_png(patch), patch.name) for patch in found])


def _png(patch: Image) -> bytes:
    return memo(("patch", patch, _PATCH), lambda: render.png(render.smooth(patch.uint8, _PATCH)))
