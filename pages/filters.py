"""Filters: the kernels that the network's first layer has learned, and what each answers to in the picture."""

import numpy as np
import streamlit as st

import explorer
from explorer import render
from pages.parts import frame, network, picture, show
from pages.parts.takeaway import take_array, take_code, take_picture
from pages.parts.tiles import choose_tile, keep, linked

corner = frame.heading(
    "Filters",
    "Nobody wrote these kernels: gradient descent found them. Most are edges, stripes and colour contrasts, "
    "as the first cells of your own eye prefer.",
)
net, image = network.current(), picture.current()
try:
    filters = explorer.first_layer_filters(net)
except explorer.NetworkError as error:
    st.info(str(error))
    st.stop()
first = next(layer for layer in net.layers if layer.kind.startswith("Conv2d"))


def as_tiles(weights: np.ndarray, shared: bool) -> render.Picture:
    """Filters (n, c, k, k) as colour tiles, zero at mid-grey; with other than three channels their mean is shown."""
    colours = weights.transpose(0, 2, 3, 1) if weights.shape[1] == 3 else np.stack([weights.mean(1)] * 3, -1)
    limit = render.largest(colours) if shared else None
    return np.stack([render.signed(one, limit) for one in colours])


@st.fragment
def look() -> None:
    left, right = st.columns([1, 1], gap="large")
    with left:
        shared = st.toggle(
            "One scale for all", key="filters_shared", bind="query-params", help="Shows which are strong."
        )
        tiles = as_tiles(filters, shared)
        names = [f"filter {i}" for i in range(len(tiles))]
        number = choose_tile(
            tiles,
            names,
            min(linked("filter"), len(tiles) - 1),
            alt=f"The {len(tiles)} filters of {first.name}, zero at mid-grey",
            key=f"filter_sheet_{net.key}",
        )
        keep("filter", number)
        st.caption(
            f"{len(filters)} filters of {filters.shape[2]} × {filters.shape[3]} on {filters.shape[1]} colours: "
            f"{filters.size:,} weights, zero at mid-grey. Click one, or use the arrow keys."
        )
    with right:
        one(number)


def one(number: int) -> None:
    maps = explorer.feature_maps(net, image, first.name)
    response, weights = maps[number], filters[number]
    st.subheader(f"Filter {number} on your picture", anchor=False)
    small, large = st.columns([1, 2])
    with small:
        show.picture(render.enlarge(as_tiles(filters, False)[number], 180), f"Filter {number}, enlarged")
        planes = np.concatenate([render.signed(plane, render.largest(weights)) for plane in weights], 1)
        show.picture(render.enlarge(planes, 180), f"Filter {number}, its weights on red, green and blue")
        st.caption("As a colour, and its red, green and blue weights apart")
    with large:
        show.picture(render.enlarge(render.signed(response), 336), f"The response of filter {number}")
        limit = render.largest(response)
        show.scale_bar("signed", f"−{limit:.2f}", f"+{limit:.2f}", "0")
    st.markdown(
        "Amber where the picture looks like the filter, blue where it looks like its negative. Each value is the sum "
        f"of {weights.size} products, $\\sum_{{c,j,k}} x_{{c,\\,i+j,\\,l+k}}\\, w_{{c,j,k}}$; here they run from "
        f"**{response.min():.2f}** to **{response.max():.2f}**. The weights sum to {weights.sum():+.2f}: "
        + ("flat areas leave it almost silent." if abs(weights.sum()) < 0.1 * np.abs(weights).sum() else
           "flat areas move it too: it also measures brightness or colour.")
    )  # fmt: skip
    with corner:
        take_picture(render.enlarge(as_tiles(filters, False)[number], 256), f"filter-{number}.png", "This filter")
        take_array(filters, "filters.npy", "All filters as numbers")
        take_code(
            network.code(net) + f"filters = explorer.first_layer_filters(network)   # {filters.shape}\n"
            f"response = explorer.feature_maps(network, explorer.open_image('picture.jpg'), {first.name!r})[{number}]"
        )


def control() -> None:
    st.subheader("The control: the same layer before learning", anchor=False)
    other = explorer.load_network(net.name, pretrained=not net.trained)
    left, right = st.columns([1, 2], gap="large", vertical_alignment="center")
    with left:
        sheet = render.mosaic(
            np.repeat(np.repeat(as_tiles(explorer.first_layer_filters(other), False), 8, 1), 8, 2), gap=2
        )
        show.picture(sheet, "The filters of the other network")
    right.markdown(
        "Random weights give noise: no edges, no stripes. What you see above has been **learned** from 1.3 million "
        "photographs." if net.trained else
        "This is the trained network's layer. Above are random weights: the structure here was learned."
    )  # fmt: skip


look()
network.note(net)
if net.trained or net.name in network.EMBEDDED:  # the other weights are here, or need no fetching
    control()
st.markdown(
    "**Look for** pairs of opposite sign, edges of one orientation, blobs of one colour against another. "
    "**Try** a picture of stripes (*brick*, *camera*) and find the filter that lights up. "
    "**It means** that a network rediscovers the edge detectors people used to design by hand, and that cells in the "
    "visual cortex have (Hubel & Wiesel 1959)."
)
