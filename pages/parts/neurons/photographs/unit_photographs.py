"""Beneath several units of a layer, the photograph of the samples that excites each of them most."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer import feature_maps, render
from explorer.dataset_examples.examples import Example
from explorer.dataset_examples.gallery import Patches
from explorer.dataset_examples.index import Indexing
from explorer.dataset_examples.index import examples as at_places
from explorer.maximization import Unit
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from pages.parts.neurons.photographs import examples
from pages.parts.shell.words import plain, rounded
from pages.parts.widgets import job, resumable, show

SLOT = "unit_photographs"
_GALLERY = Patches()
_SIDE = 160  # pixels of a photograph as sent


def draw_row(net: Network, image: Image, units: Sequence[Unit]) -> None:
    """As many cells as there are units, all of one layer; the picture in use is left out."""
    st.caption("The sample (or part of one) that excites each unit most, your picture left out, by its highest value:")
    examples.look_through(net, units[0], _GALLERY, slot=SLOT)
    job.watch(SLOT, lambda looked: _draw(looked, net, image, units), progress=examples.progress,
              waiting="Looking through the photographs …", resume=resumable.go_on)  # fmt: skip


def draw_another_row(net: Network, image: Image, units: Sequence[Unit]) -> None:
    """Of other units of the same layer, as far as the photographs have been looked through for `row`."""
    _draw(examples.look_through(net, units[0], _GALLERY, slot=SLOT), net, image, units)


def _draw(looked: job.Job[Indexing, None], net: Network, image: Image, units: Sequence[Unit]) -> None:
    with st.container(key=f"tiles_photographs_{units[0].channel}"):
        cells = st.columns(len(units), gap="small")
    for cell, unit in zip(cells, units, strict=True):
        with cell:
            _photograph(net, image, unit, best_examples(looked, net, unit, _GALLERY, image))


def best_examples(
    looked: job.Job[Indexing, None], net: Network, unit: Unit, gallery: Patches, image: Image
) -> list[Example]:
    """Of what has been looked through so far the highest, of each picture once, without the picture in use."""
    if looked.latest is None or looked.latest.index.done == 0:
        return []
    highest: dict[str, Example] = {}
    for one in at_places(net, unit.layer, gallery, looked.latest.index.top, unit.channel):
        highest.setdefault(one.source, one)
    return [one for source, one in highest.items() if source != image.name]


def _photograph(net: Network, image: Image, unit: Unit, found: list[Example]) -> None:
    if not found:
        st.caption("No photograph yet.")
        return
    example = found[0]
    show.frame(render.smooth(example.image.uint8, _SIDE), f"The photograph that excites unit {unit.channel} most")
    here = float(feature_maps(net, image, unit.layer)[unit.channel].max())
    words = f"{plain(example.source)}: up to {rounded(example.score)}; your picture: {rounded(here)}"
    others_too = any(one.score == example.score for one in found[1:])  # a gate that ends at 6 is full in many
    st.caption(words + ("; others reach as high" if others_too else ""))
