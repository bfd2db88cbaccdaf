"""The list of every network of torchvision and timm, to search and choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer.networks.registry.specs import EMBEDDED, all_specs, search
from pages.parts.shell.words import plain

_CONFIG = {
    "Year": st.column_config.NumberColumn(format="%d", help="when its kind was first published"),
    "Parameters": st.column_config.NumberColumn(format="%.1f million"),
    "Download": st.column_config.NumberColumn(format="%.0f MB", help="only for trained weights, once"),
    "Top 1": st.column_config.NumberColumn(
        format="%.1f %%", help="Top-1 accuracy on ImageNet, as the publisher of the weights states it"
    ),
}


@st.dialog("All networks", width="large", icon=":material/account_tree:")
def choose(wish: str) -> None:
    """Let the visitor choose one; its full name is put in the session under `wish`."""
    words = st.text_input("Search", placeholder="resnet 50 · vit · timm · 2022", key="network_words")
    names = search(words or "")
    if not names:
        st.info("No network's name holds all these words. Fewer, or shorter ones, find more.")
        return
    picked = st.dataframe(
        _table(names), hide_index=True, height=380, column_config=_CONFIG, placeholder="–", on_select="rerun",
        selection_mode="single-row", key=f"network_table_{words}",
    )  # fmt: skip
    rows = picked["selection"]["rows"]
    with st.container(horizontal=True, vertical_alignment="center"):
        if not rows:
            st.caption(f"{len(names):,} networks. Choose a row.")
            return
        name = names[rows[0]]
        title = all_specs()[name].title
        if st.button(f"Use {title}", type="primary", icon=":material/check:", key="network_use"):
            st.session_state[wish] = name
            st.rerun()
        st.caption(plain(_promise(name)))


def _table(names: Sequence[str]) -> dict[str, list[Any]]:
    """The columns of the list, as `_CONFIG` writes them."""
    specs = [all_specs()[name] for name in names]
    return {
        "Network": [spec.title for spec in specs],
        "Year": [spec.year for spec in specs],
        "Parameters": [spec.parameters for spec in specs],
        "Download": [spec.download or None for spec in specs],
        "Top 1": [spec.accuracy for spec in specs],
        "From": ["in the app" if name in EMBEDDED else name.partition("/")[0] for name in names],
    }


def _promise(name: str) -> str:
    if name in EMBEDDED:
        return "It comes with the app."
    size = all_specs()[name].download
    return f"Trained weights: about {size:,.0f} MB, downloaded once when you say so. Random weights: none."
