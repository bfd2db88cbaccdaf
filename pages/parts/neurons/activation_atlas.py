"""The activation atlas: many places' activations laid out in the plane, and what each region of it looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import render
from explorer.activation_atlas import ActivationAtlas, Samples, direction, painting, sampling
from explorer.activation_atlas.layouts import ActivationAtlasError
from explorer.cache import content_key
from explorer.networks.loading import Network
from pages.parts.neurons import activation_cell, activation_choices, activation_files
from pages.parts.neurons.activation_choices import Choices, laid_out
from pages.parts.neurons.activation_sheet import Kept, Making, draw_sheet, keep, kept_pictures
from pages.parts.shell.words import plain
from pages.parts.widgets import job

SLOT, SAMPLES = "activation_atlas", "activation_samples"
_LEFT = "activation_samples_left"  # in the session: a pass that was stopped, to go on from


def activation_atlas(net: Network, corner: DeltaGenerator) -> None:
    """The sheet of cells with its controls and the chosen cell beside it."""
    left, right = st.columns([1.2, 1], gap="medium")
    with right:
        choices = activation_choices.choose(net)
    with left:
        samples = _sampled(choices)
    if samples is None:
        return
    try:
        with left, st.spinner("Laying the activations out …"):
            atlas = laid_out(choices, samples)
    except ActivationAtlasError as error:
        left.warning(plain(str(error)), icon=":material/zoom_out:")
        return
    with left:
        pictures = _painted(choices, atlas)
    with right:
        activation_cell.chosen(choices, atlas, pictures)
    with corner:
        activation_files.offer(choices, atlas, pictures)
    activation_files.close(atlas)


def _sampled(choices: Choices) -> Samples | None:
    """The samples of the layer once all are there; until then, how far it is."""
    key = ("activation samples", choices.net, choices.layer, choices.gallery.digest)

    def start() -> Iterator[Samples]:
        left: job.Job[Samples, None] | None = st.session_state.pop(_LEFT, None)
        begun = left.latest if left is not None and left.content_key == content_key(key) else None
        return sampling(choices.net, choices.layer, choices.gallery, begun=begun)

    running = job.run(SAMPLES, key, start, lambda _: None)
    if running.finished.is_set() and not running.stopped and running.error is None:
        return running.newest
    job.watch(SAMPLES, lambda _: None, progress=_looked_through, waiting="Looking through the photographs …",
              resume=_go_on)  # fmt: skip
    done = running.finished.is_set() and not running.stopped and running.error is None
    return running.newest if done else None


def _looked_through(running: job.Job[Samples, None]) -> tuple[float, str]:
    found = running.newest
    return found.done / max(1, found.total), f"Looking through the photographs: {found.done} of {found.total}"


def _go_on() -> None:
    st.session_state[_LEFT] = st.session_state.pop(SAMPLES)


def _painted(choices: Choices, atlas: ActivationAtlas) -> Mapping[int, render.Picture]:
    """Paint the cells, the fullest first, and after them the control's; returns the cells' pictures by number."""
    order = sorted(atlas.cells, key=lambda cell: -len(cell.samples))
    control = [atlas.by_chance(cell) for cell in order[: atlas.grid]]
    directions = [direction(choices.layer, cell) for cell in (*order, *control)]

    def start() -> Iterator[Making]:
        size, steps = activation_choices.SIDE, activation_choices.STEPS
        for ready in painting(choices.net, directions, size=size, steps=steps):
            yield Making(atlas, tuple(order), tuple(control), tuple((n, image.uint8) for n, image in ready))

    running = job.run(SLOT, ("activation atlas", *choices.key), start, keep)
    job.watch(
        SLOT, lambda made: draw_sheet(choices, made), progress=lambda made: _progress(made, len(directions)),
        waiting="Painting the first cells …", resume=lambda: st.session_state.pop(SLOT, None),
    )  # fmt: skip
    return kept_pictures(running)


def _progress(running: job.Job[Making, Kept], count: int) -> tuple[float, str]:
    done = sum(len(ready) for ready in list(running.kept))
    return done / count, f"Painting what each cell looks like: {done} of {count}"
