"""What can be taken away of an activation atlas: the sheet, the samples, the code; and the words that close it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer import render
from explorer.activation_atlas import ActivationAtlas
from explorer.activation_atlas.cells import mean_confidence
from explorer.activation_atlas.sheets import sheet, table
from explorer.dataset_examples.gallery import Patches
from pages.parts.neurons.activation_atlas import controls
from pages.parts.neurons.activation_atlas.controls import Choices
from pages.parts.pickers import network
from pages.parts.shell.closing import closing
from pages.parts.shell.words import counted, percent, plain
from pages.parts.widgets.takeaway import file_name, take_code, take_file, take_picture


def take_away(choices: Choices, atlas: ActivationAtlas, pictures: Mapping[int, render.Picture]) -> None:
    """The sheet as it is by now, the samples' table, and what makes both."""
    stem = file_name(choices.net.name, choices.layer, choices.layout)
    take_picture(sheet(atlas, pictures), f"{stem}-activation-atlas.png", "The sheet")
    take_file(lambda: table(atlas, choices.gallery.names), f"{stem}-samples.csv", "The samples as CSV", "text/csv")
    take_code(network.code(choices.net) + _code(choices))
    samples = isinstance(choices.gallery, Patches)
    st.caption("The same in a folder, also of thousands of pictures; stopped, it goes on:")
    st.code(
        f"python -m explorer.activation_atlas {choices.net.name} folder \\\n"
        f"  --layer {choices.layer} --layout {choices.layout} --grid {choices.grid}"
        + ("" if samples else " \\\n  --pictures photographs"),
        language="bash",
    )


def _code(choices: Choices) -> str:
    samples = isinstance(choices.gallery, Patches)
    how = f"layout={choices.layout!r}, grid={choices.grid}"
    zoom = "".join(f"atlas = zoom_into(network, atlas, {cell}, layout={choices.layout!r})\n" for cell in choices.zoom)
    imports, zoom_name = "Patches" if samples else "Folder", "zoom_into, " if zoom else ""
    return (
        ("" if samples else "from pathlib import Path\n\n")
        + f"from explorer.activation_atlas import direction, lay_out, {zoom_name}painting, sampling\n"
        + "from explorer.activation_atlas.cells import mean_cosine\n"
        + f"from explorer.dataset_examples.gallery import {imports}\n\n"
        + ("gallery = Patches()\n" if samples else 'gallery = Folder(Path("photographs"))\n')
        + f"*_, samples = sampling(network, {choices.layer!r}, gallery)\n"
        + f"atlas = lay_out(network, samples, {how})\n{zoom}"
        + "print(mean_cosine(atlas.cells), mean_cosine(atlas.control))\n"
        + "for cell in atlas.cells:\n    print(cell.number, len(cell.samples), cell.classes[0])\n"
        + f"directions = [direction({choices.layer!r}, cell) for cell in atlas.cells]\n"
        + f"painted = painting(network, directions, size={controls.SIDE}, steps={controls.STEPS})\n"
        + "pictures = dict(pair for ready in painted for pair in ready)"
    )


def draw_closing(atlas: ActivationAtlas) -> None:
    """The three paragraphs, with this atlas's numbers."""
    shown = atlas.most_confident()
    if shown is None:
        return
    count = counted(len(shown.samples), "sample")
    closing(
        look_for="Neighbours that pass into each other, fur into eyes or gravel into grass. Beneath them the cells "
        "filled by chance: they all look alike, and like nothing.",
        try_=f"The cell of *{plain(shown.classes[0][0])}*, {count}: do its patches show that? *Zoom in here*. Then an "
        "early layer, *random* weights, and photographs of your own.",
        it_means="A layer has not one unit for each thing: it has directions, and what looks alike to it lies "
        f"together. So even the mean of {count} looks like something: the first class of a cell has a probability of "
        f"{percent(mean_confidence(atlas.cells))} on average, and of {percent(mean_confidence(atlas.control))} by "
        "chance. How far apart cells lie says little (Carter et al. 2019, *Activation Atlas*).",
    )
