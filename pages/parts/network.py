"""The one network picker, and the network itself: fetched with progress when it does not come with the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from explorer.specs import EMBEDDED, NETWORKS
from pages.parts.words import plain

if TYPE_CHECKING:
    from explorer.networks import Network

DEFAULT = next(iter(EMBEDDED))


def pick() -> None:
    """The picker in the sidebar."""
    # the link holds what is shown, so the titles alone
    name = st.selectbox("Network", list(NETWORKS), format_func=_title, key="network", bind="query-params")
    spec = NETWORKS[name or DEFAULT]
    if spec.download:
        st.caption(f"{spec.year}, {spec.download:.0f} MB to fetch once")
    st.segmented_control(
        "Weights",
        ["trained", "random"],
        default="trained",
        required=True,
        key="weights",
        bind="query-params",
        help="Random weights are the control: what stays the same was not learned.",
    )


def current() -> Network:
    """The network in use. What can't be loaded is explained, and the default takes its place."""
    name = st.session_state.get("network") or DEFAULT
    trained = st.session_state.get("weights") != "random"
    with st.spinner("Waking the network: the first time takes some seconds …"):
        from explorer.networks import NetworkError, load_network
    try:
        if trained and name not in EMBEDDED:
            _fetch(name)
        with st.spinner(f"Loading {NETWORKS[name].title} …"):
            return load_network(name, pretrained=trained)
    except NetworkError as error:
        st.error(f"{plain(str(error))} Below is {NETWORKS[DEFAULT].title} instead.", icon=":material/cloud_off:")
        return load_network(DEFAULT)


def note(network: Network) -> None:
    """One line on the network in use, the same on every screen."""
    title = NETWORKS[network.name].title
    kind = "trained on ImageNet" if network.trained else "random weights"
    st.caption(
        f"{title}, {kind}: {network.parameters / 1e6:.1f} million parameters, pictures of {network.input_size} × "
        f"{network.input_size}, on the {_device(str(network.device))}"
    )


def code(network: Network) -> str:
    """The lines that load the network in use, to begin a snippet with."""
    weights = "" if network.trained else ", pretrained=False"
    return f"import explorer\n\nnetwork = explorer.load_network({network.name!r}{weights})\n"


def _device(kind: str) -> str:
    return {"cpu": "CPU", "mps": "Mac's GPU"}.get(kind, "GPU")


def _title(name: str) -> str:
    return NETWORKS[name].title


def _fetch(name: str) -> None:
    """Download a network's weights with a progress bar, once; Streamlit's Stop ends it and it resumes the next time."""
    from explorer.catalogue import WeightsError, checkpoint
    from explorer.downloads import cached, download
    from explorer.networks import NetworkError

    try:
        file = checkpoint(name)
        if cached(file) is not None:
            return
        bar = st.progress(0.0, f"Fetching {NETWORKS[name].title} …")
        for progress in download(file):
            share = progress.done / progress.total if progress.total else 0.0
            bar.progress(min(share, 1.0), f"Fetching {NETWORKS[name].title}: {progress.done / 1e6:.1f} MB")
        bar.empty()
    except WeightsError as error:
        raise NetworkError(str(error)) from error
