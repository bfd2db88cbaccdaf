"""Feature maps: the picture as each layer of the network sees it."""

import streamlit as st

import explorer
from explorer import render
from explorer.architecture.neighbours import main_path
from explorer.networks.layers import Layer
from pages.parts.network import all_depths, maps, nonlinearity, single_value
from pages.parts.pickers import network, picture
from pages.parts.pickers.layer import choose_layer
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import plain
from pages.parts.widgets.takeaway import file_name, take_array, take_code, take_picture
from pages.parts.widgets.tiles import kept_tile

VIEWS = ("All maps", "One place", "Before and after", "All depths")

corner = frame.heading(
    "Feature maps",
    "Each layer turns your picture into a stack of maps, one per filter: first edges, then textures, then parts. "
    "Deeper maps are smaller and see more.",
)
net, image = network.current(), picture.current()

layers = {layer.name: layer for layer in net.layers if layer.has_maps}
if not layers:
    st.info(f"{plain(net.name)} has no layer with places, so there are no maps to show. Choose another network.")
    frame.end_page()


@live
def screen() -> None:
    """The view that is chosen of one layer: its maps, one value, a non-linearity, or all layers."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        view = st.segmented_control(
            "View", VIEWS, default=VIEWS[0], required=True, key="maps_view", bind="query-params"
        )
        by_tile = view == "All depths"
        name = choose_layer(
            "Layer", net, list(layers), _default(), key="maps_layer", width=200, disabled=by_tile,
            help="Here it is chosen by its tile." if by_tile else None,
        )  # fmt: skip
        by = maps.choose_order() if view == VIEWS[0] else ""
    layer = layers[name]
    if by_tile:
        depth = all_depths.all_depths(net, image, open_layer)
        take_away(depth.layer, max(depth.channel, 0))
        return
    if view == "Before and after":
        nonlinearity.before_and_after(net, image, layer)
    else:
        found = explorer.feature_maps(net, image, name)
        if view == "One place":
            single_value.examine(net, image, layer, found, to_layer)
        else:
            left, right = st.columns([3, 2], gap="large")
            with left:
                channel = maps.sheet(net, layer, found, *maps.ordered(net, image, layer, found, by))
            with right:
                maps.draw_enlarged(net, image, layer, found[channel], channel)
    take_away(layer, kept_tile("map"))


def open_layer(name: str) -> None:
    """Show all maps of a layer: for a callback."""
    to_layer(name)
    st.session_state["maps_view"] = VIEWS[0]


def to_layer(name: str) -> None:
    """Show another layer in the same view: for a callback."""
    st.session_state["maps_layer"] = name


def _default() -> str:
    """A layer about a third of the way in, that all of the picture passes: large maps, and already more than edges."""
    if "blocks.2" in layers:
        return "blocks.2"
    passed = [layer.name for layer in main_path(net) if layer.name in layers] or list(layers)
    return passed[len(passed) // 3]


def take_away(layer: Layer, channel: int) -> None:
    """One map as a picture, the layer's maps as an array, and the lines of Python that give them."""
    found = explorer.feature_maps(net, image, layer.name)
    channel = min(channel, len(found) - 1)
    file = file_name(image.name, layer.name)
    with corner:
        st.markdown(f"Map {channel} of {plain(layer.name)}")
        take_picture(render.enlarge(maps.picture_of(found[channel])[0], 448), f"{file}-map-{channel}.png", "This map")
        take_array(found, f"{file}-maps.npy", "All maps of the layer as numbers")
        take_code(
            network.code(net)
            + f"maps = explorer.feature_maps(network, {picture.code()}, {layer.name!r})\nprint(maps[{channel}].mean())"
        )


screen()
network.explain_tokens(net)
network.note(net)
closing(
    look_for="A map that follows one thing only: vertical edges, the background, one colour.",
    try_="*One place*: click where a map is bright. The same layer on another picture; and *random* weights.",
    it_means="A convolution makes one map with each of its filters: bright where the maps before hold what the "
    "filter looks for. Most then set to 0 what is negative, but not all.",
    formula=r"$\text{map}_n = \sum_c x_c \star w_{n,c} + b_n$"
    "\n\n"
    "Here $x_c$ are the maps of the layer before, $w_{n,c}$ is the kernel of filter $n$ for each and $b_n$ "
    r"its bias; $\star$ slides the kernel without flipping it (cross-correlation). Most are followed by a "
    r"non-linearity such as ReLU, $\max(0, \text{map}_n)$, but not all.",
)
