"""Filters: the kernels that a network's layers have learned, and what each answers to in the picture."""

import numpy as np
import streamlit as st

from explorer import render
from explorer.architecture.filter_statistics import filter_statistics
from explorer.architecture.filters import layer_filters
from explorer.architecture.neighbours import convolutions
from pages.parts.network import filter_kinds, filter_one, filter_sheet
from pages.parts.pickers import network, picture
from pages.parts.pickers.layer import choose_layer
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import plain
from pages.parts.widgets.takeaway import take_array, take_code, take_picture

corner = frame.heading(
    "Filters",
    "Nobody wrote these kernels: gradient descent found them. Among those of a first layer are edges, stripes and "
    "colour contrasts, as the first cells of your own eye prefer.",
)
net, image = network.current(), picture.current()

layers = {layer.name: layer for layer in convolutions(net) if len(layer.shape) == 3}
if not layers:
    st.info(f"{plain(net.name)} has no convolution whose filters could be shown. Choose another network on the left.")
    frame.end_page()


def tells_kinds(weights: np.ndarray) -> bool:
    """Whether the filters read the picture or a single map: only of such it is told what kind they are."""
    return weights.shape[1] in (1, 3)


def choose_filter(name: str, weights: np.ndarray) -> tuple[int, str]:
    """All filters of a layer, or the slices of one; returns the number of the one chosen, and its kind."""
    if not tells_kinds(weights):
        return filter_sheet.slices(weights, layer=name, key=f"filter_slices_{net.key}_{name}"), "Deep filter"
    count, inputs, height, width = weights.shape
    measured = filter_statistics(weights)
    kinds = measured.kinds
    number = filter_sheet.choose_filter(
        weights, measured, kinds, alt=f"The filters of {name}, zero at mid-grey", key=f"filter_sheet_{net.key}_{name}"
    )
    st.caption(
        f"{count} filters of {height} × {width} on {inputs} {'colours' if inputs == 3 else 'map each'}: "
        f"{weights.size:,} weights, zero at mid-grey. Click one, or use the arrow keys."
    )
    return number, str(kinds[number])


def take_away(name: str, weights: np.ndarray, number: int) -> None:
    """The filter as a picture, all of the layer as numbers, and the lines that give them and its response."""
    file = f"{net.name.rpartition('/')[2]}-{name}"
    tile = filter_sheet.as_tiles(weights[number : number + 1], False)[0]
    take_picture(render.enlarge(tile, 256), f"{file}-filter-{number}.png", "This filter")
    take_array(weights, f"{file}-filters.npy", f"All filters of {plain(name)} as numbers")
    take_code(
        network.code(net) + "from explorer.architecture.filters import layer_filters\n\n"
        f"filters = layer_filters(network, {name!r})   # {weights.shape}\n"
        f"response = explorer.feature_maps(network, {picture.code()}, {name!r})[{number}]"
    )


@live
def screen() -> None:
    """The filters of one convolution beside what the chosen one makes of the picture."""
    left, right = st.columns([1, 1.25], gap="large")
    with left:
        name = choose_layer("Convolution", net, list(layers), next(iter(layers)), key="filters_layer")
        weights = layer_filters(net, name)
        number, kind = choose_filter(name, weights)
    extended = max(weights.shape[2:]) > 1  # a single weight has neither a pattern nor a spectrum
    with right:
        st.header(f"Filter {number} on your picture", anchor=False)
        filter_one.response(net, image, layers[name], number)
        if extended:
            filter_one.weights_and_spectrum(weights[number : number + 1], number, kind)
            filter_one.to_editor(weights, number)
    with corner:
        take_away(name, weights, number)
    if extended and tells_kinds(weights):
        if (other := network.counterpart(net)) is not None:
            filter_kinds.control(net, other, name)
        filter_kinds.from_editor(weights)


screen()
network.note(net)
closing(
    look_for="Pairs of opposite sign, edges of one orientation, blobs of one colour against another.",
    try_="A picture of stripes (*brick*, *camera*): find the filter that lights up. Sort by orientation; choose a "
    "deeper convolution.",
    it_means="A network finds again the edge detectors that people used to design by hand and that cells in the "
    "visual cortex have (Hubel & Wiesel 1959). Its map is high where the picture looks like the filter.",
    formula=r"$\sum_{c,j,k} x_{c,\,i+j,\,l+k}\, w_{c,j,k}$"
    "\n\n"
    "The value of a map at row $i$ and column $l$: high where what the layer is given, $x$, looks like the "
    "filter $w$; $c$ counts colours or maps, $j$ and $k$ the filter's rows and columns.",
)
