"""The picture changed by hand, and what is left of the change at each stage: all in the visitor's browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.networks.loading import probabilities
from pages.parts.pickers import browser_network
from pages.parts.pickers.layer import in_words
from pages.parts.widgets.component import fingerprint, pack

if TYPE_CHECKING:
    from explorer.networks.loading import Network
    from explorer.pictures.images import Image


def draw(net: Network, image: Image, second: Image) -> None:
    """The picture, to be slid, turned, scaled and brightened; each stage beside what `second` in its place changes."""
    st.header("By hand", anchor=False)
    files = browser_network.files(net)
    if files is None:
        st.caption(browser_network.ON_THE_SERVER + " So it can't follow your hand.")
        return
    browser_network.network_component("by_hand", "by_hand/warp")(
        data=_packed(net, files, image, second), key="change_by_hand"
    )


def _packed(net: Network, files: Mapping[str, Any], image: Image, second: Image) -> bytes:
    """Both pictures as the network gets them, and Python's word on the first."""
    mine, other = net.prepare(image), net.prepare(second)
    pixels = mine.uint8.tobytes() + other.uint8.tobytes()
    stages = in_words(net, browser_network.STAGES) | {"output": "the output"}
    header = {
        "network": files, "digest": fingerprint(pixels), "stages": stages, "second": second.name,
    }  # fmt: skip
    return pack(header, probabilities(net, mine).astype("<f4").tobytes() + pixels)
