"""What an activation atlas is made of: layer, layout, grid and photographs, and how far it is zoomed in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from explorer.activation_atlas import LAYOUTS, ActivationAtlas, Samples, cell_pictures, lay_out, zoom_into
from explorer.activation_atlas.samples import MOST_PICTURES, PLACES, layers_with_maps, usual_layer
from explorer.cache import memo
from explorer.dataset_examples.gallery import Gallery
from explorer.networks.loading import Network
from pages.parts.neurons.photographs.galleries import choose_gallery, gallery_name
from pages.parts.pickers.layer import choose_layer
from pages.parts.shell.words import counted
from pages.parts.widgets import linked
from pages.parts.widgets.more import more

SIDE, STEPS = cell_pictures.SIDE, cell_pictures.STEPS  #: of a cell's picture
GRIDS = (4, 6, 8, 10, 12)
ZOOM, CELL = "activations_zoom", "activations_cell"
_WHOLE: tuple[int, ...] = ()  # not zoomed in
LEAST_TO_ZOOM = 24  # samples: fewer have nothing more to show than their cell


@dataclass(frozen=True, eq=False)
class Choices:
    """An atlas as it was asked for; `zoom` are the cells that were zoomed into, one after another."""

    net: Network
    layer: str
    gallery: Gallery
    layout: str
    grid: int
    zoom: tuple[int, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """What the atlas depends on."""
        return self.net, self.layer, self.gallery.digest, self.layout, self.grid, self.zoom


def choose(net: Network) -> Choices:
    """The atlas that the visitor asked for, by the controls. Raises NetworkError for a network without maps."""
    layers, usual = layers_with_maps(net), usual_layer(net)
    left, middle, right, last = st.columns([2, 2, 1.2, 0.8], vertical_alignment="bottom")
    layer = choose_layer("Layer", net, layers, usual, key="activations_layer", place=left, on_change=_start_over)
    layout = str(middle.segmented_control("Layout", LAYOUTS, default=LAYOUTS[0], required=True, on_change=_start_over,
                                          key="activations_layout", bind="query-params"))  # fmt: skip
    grid = int(right.selectbox("Grid, a side", GRIDS, GRIDS.index(8), key="activations_grid", bind="query-params",
                               on_change=_start_over))  # fmt: skip
    with more("unit_gallery", place=last, width="stretch"):
        gallery = choose_gallery()
    pictures = min(len(gallery.names), MOST_PICTURES)
    st.caption(f"{PLACES} places in each of {counted(pictures, 'picture')}: {gallery_name(gallery)}.")
    zoom = linked.value(ZOOM, _cells, _WHOLE)
    if zoom:
        st.button("Zoom out", icon=":material/zoom_out:", key="activations_zoom_out", on_click=zoom_out, args=(zoom,))
    return Choices(net, layer, gallery, layout, grid, zoom)


def _cells(text: str) -> tuple[int, ...]:
    return tuple(linked.below(GRIDS[-1] ** 2)(part) for part in text.split("-"))


def _start_over() -> None:
    """Of another atlas, cells have other numbers."""
    linked.forget(ZOOM)
    linked.forget(CELL)


def zoom_in(zoom: tuple[int, ...], cell: int) -> None:
    """Lay out anew what lies in a cell and around it."""
    linked.keep(ZOOM, "-".join(map(str, (*zoom, cell))))
    linked.forget(CELL)


def zoom_out(zoom: tuple[int, ...]) -> None:
    """Back to where the last zoom began, with its cell chosen."""
    if zoom[:-1]:
        linked.keep(ZOOM, "-".join(map(str, zoom[:-1])))
    else:
        linked.forget(ZOOM)
    linked.keep(CELL, str(zoom[-1]))


def laid_out(choices: Choices, samples: Samples) -> ActivationAtlas:
    """The atlas of these samples, zoomed in as far as was asked. Raises ActivationAtlasError as `lay_out`."""
    key = ("activations laid out", len(samples), *choices.key)

    def lay() -> ActivationAtlas:
        if not choices.zoom:
            return lay_out(choices.net, samples, layout=choices.layout, grid=choices.grid)
        above = laid_out(replace(choices, zoom=choices.zoom[:-1]), samples)
        return zoom_into(choices.net, above, choices.zoom[-1], layout=choices.layout)

    return memo(key, lay)
