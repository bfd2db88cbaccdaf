"""The activation atlas: many places' activations laid out in the plane, and what each region of it looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import render
from explorer.activation_atlas import ActivationAtlas, Samples, direction, painting, sampling
from explorer.activation_atlas.cell_pictures import METHOD
from explorer.networks.loading import Network
from pages.parts.neurons.activation_atlas import cell_details, controls, files
from pages.parts.neurons.activation_atlas.cell_sheet import (
    Kept,
    Making,
    draw_all_when_there,
    draw_sheet,
    keep,
    kept_pictures,
)
from pages.parts.neurons.activation_atlas.controls import Choices, laid_out
from pages.parts.neurons.maximization import made_by
from pages.parts.widgets import job, resumable

SLOT, SAMPLES = "activation_atlas", "activation_samples"


def activation_atlas(net: Network, corner: DeltaGenerator) -> None:
    """The sheet of cells with its controls and the chosen cell beside it."""
    st.caption("Places of many pictures, those with similar activations close together; each cell shows what their "
               "mean looks like.")  # fmt: skip
    left, right = st.columns([1.2, 1], gap="medium")
    with right:
        choices = controls.choose(net)
    with left:
        samples = _sampled(choices)
        made = None if samples is None else _made(choices, samples)
    if made is None:
        return
    atlas, pictures = made
    with right:
        cell_details.draw_cell(choices, atlas, pictures)
    with corner:
        files.take_away(choices, atlas, pictures)
    files.draw_closing(atlas)


def _sampled(choices: Choices) -> Samples | None:
    """The samples of the layer once all are there; until then, how far it is."""
    key = ("activation samples", choices.net, choices.layer, choices.gallery.digest)
    running = resumable.run(
        SAMPLES, key, lambda begun: sampling(choices.net, choices.layer, choices.gallery, begun=begun)
    )
    if running.completed:
        return running.newest
    job.watch(SAMPLES, lambda _: None, progress=_looked_through, waiting="Looking through the photographs …",
              resume=resumable.go_on)  # fmt: skip
    return running.newest if running.completed else None


def _looked_through(running: job.Job[Samples, None]) -> tuple[float, str]:
    found = running.newest
    return found.done / max(1, found.total), f"Looking through the photographs: {found.done} of {found.total}"


def _made(choices: Choices, samples: Samples) -> tuple[ActivationAtlas, Mapping[int, render.Picture]] | None:
    """Lay the samples out and paint the cells, watched; returns the atlas, once there is one, and pictures so far."""
    running = job.run(SLOT, ("activation atlas", *choices.key), lambda: _making(choices, samples), keep)
    job.watch(
        SLOT, lambda made: draw_sheet(choices, made), progress=_progress, waiting="Laying the activations out …",
        resume=lambda slot: st.session_state.pop(slot, None),  # what is painted is in the memo
    )  # fmt: skip
    st.caption(made_by.sentence_for_many(choices.net, METHOD, controls.SIDE, controls.STEPS))
    if running.latest is None:
        draw_all_when_there()
        return None
    return running.newest.atlas, kept_pictures(running)


def _making(choices: Choices, samples: Samples) -> Iterator[Making]:
    """The cells, first the one that is shown large, then the fullest; after a row of them as many of the control."""
    atlas = laid_out(choices, samples)
    most_confident = atlas.most_confident()
    order = sorted(atlas.cells, key=lambda cell: (cell is not most_confident, -len(cell.samples)))
    control = [(-1 - n, atlas.control_of(cell)) for n, cell in enumerate(order[: atlas.grid])]
    cells = [(cell.number, cell) for cell in order]
    painted = [*cells[: atlas.grid], *control, *cells[atlas.grid :]]
    directions = [direction(choices.layer, cell) for _, cell in painted]
    size, steps = controls.SIDE, controls.STEPS
    for ready in painting(choices.net, directions, size=size, steps=steps):
        yield Making(atlas, len(painted), tuple((painted[n][0], image.uint8) for n, image in ready))


def _progress(running: job.Job[Making, Kept]) -> tuple[float, str]:
    count = running.newest.count
    done = sum(len(ready) for ready in list(running.kept))
    return done / max(1, count), f"Painting what each cell looks like: {done} of {count}"
