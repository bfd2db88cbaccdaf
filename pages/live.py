"""Live: what the camera sees, a picture or a drawing, through the network at video rate, in the visitor's browser."""

import streamlit as st

from explorer.responses.units import Unit
from pages.parts.live import unit_references
from pages.parts.live.live_component import KEY, alive
from pages.parts.pickers import browser_network, frozen_frame, network, picture
from pages.parts.pickers.layer import choose_layer
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.screens import file_of
from pages.parts.shell.words import plain
from pages.parts.widgets import show
from pages.parts.widgets.tiles import kept_tile

SOURCES = ["picture", "camera", "drawing"]

frame.title(
    "Live",
    "Your camera, your picture or what you draw goes through the network while you watch: its labels, its maps, and "
    "one unit close up. What the camera films and you draw stays in your browser, unless you freeze it.",
)
net, image = network.current(), picture.current()
files = browser_network.files(net)


def on_the_server(why: str) -> None:
    """What the network says of the picture in use, where the browser can't be asked."""
    st.info(why, icon=":material/dns:")
    left, right = st.columns(2, gap="large")
    with left:
        show.image(net.prepare(image), "The picture as the network gets it")
    with right:
        show.predictions(net.predict(image))
    st.page_link(file_of("feature_maps"), label="Its maps, layer by layer", icon=":material/layers:")


@live
def screen() -> None:
    """What comes in and the unit that is watched; the network computes it in the browser."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        source = st.segmented_control(
            "Input", SOURCES, default=SOURCES[0], required=True, key="live_source", bind="query-params"
        )
        layer = choose_layer(
            "Stage", net, browser_network.STAGES, "blocks.2", key="live_layer", width=180,
            help="From first edges (bn1) to the last maps before the labels (bn2).",
        )  # fmt: skip
        mirrored = source == "camera" and st.toggle("Mirror", True, key="live_mirror", bind="query-params")
    unit = Unit(layer, min(kept_tile("live_channel"), net.layer(layer).channels - 1))
    beside = unit_references.beside(net, unit)
    if files is None or not alive(net, files, image, unit, beside, source=source, mirrored=mirrored):
        on_the_server("Your browser can't compute the network, so Live stands still: this is the server's answer.")
        return
    frozen_frame.take(KEY, "drawing" if source == "drawing" else "camera frame")
    way = {"unit_kind": "channel", "unit_layer": unit.layer, "unit_channel": str(unit.channel)}
    st.page_link(file_of("neurons"), label=f"All about {plain(unit.name)}", icon=":material/lightbulb:",
                 query_params=way | network.in_link())  # fmt: skip


if files is None:
    on_the_server(f"{browser_network.ON_THE_SERVER} Choose EfficientNet-Lite0 with trained weights for Live.")
else:
    screen()
network.note(net)
closing(
    look_for="A map that stays dark until one thing comes before the camera: an edge, a face, a letter.",
    try_="Turn the picture, and drag over it: what changes the label? *drawing*: how few strokes make a banana? Then "
    "*camera*, a later stage, and the challenge: excite one unit more than any photograph.",
    it_means="A trained network is a fixed formula: the same sums for each picture, here some twenty times a second. "
    "Nothing is stored or learned while it looks.",
)
