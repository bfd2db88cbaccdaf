"""What surrounds every screen: the picture and network in use, the device, and each screen's heading."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from pages.parts import network, picture

STYLE = (Path(__file__).parents[2] / "assets" / "style.css").read_text("utf-8")


def surround(page: StreamlitPage) -> None:
    """Draw the sidebar and run the page."""
    warm_up()
    st.html(f"<style>{STYLE}</style>")
    with st.sidebar:
        picture.pick()
        network.pick()
    page.run()


def heading(title: str, idea: str) -> DeltaGenerator:
    """A screen's title with its idea in one sentence; returns the corner where the page puts what can be taken away."""
    left, corner = st.columns([5, 1], vertical_alignment="bottom")
    left.title(title, anchor=False)
    left.markdown(idea)
    return corner.popover("Take away", icon=":material/download:", width="stretch")


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Load torch and the default network in the background, once for the server: the first screens need neither."""
    thread = threading.Thread(target=_load, name="warm-up", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    import torch

    from explorer.compute import cores
    from explorer.networks import load_network

    torch.set_num_threads(min(cores(), 8))
    load_network()
    # what is loaded now stays: left out of every later garbage collection, which would hold all visitors up
    gc.collect()
    gc.freeze()
