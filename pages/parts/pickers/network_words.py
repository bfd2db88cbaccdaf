"""What is said of a network: its title, the line beneath each screen, its tokens, and the code that loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from explorer.compute import gpu_was_full, memory_in_use
from explorer.networks.registry.known import KnownNetwork
from explorer.networks.registry.specs import NETWORKS, full_name
from pages.parts.pickers.own_network import OWN
from pages.parts.shell.words import plain

if TYPE_CHECKING:
    from explorer.networks.loading import Network


def title(name: str) -> str:
    """What a network is called on the screen."""
    if name == OWN:
        return "Your own network"
    return NETWORKS[name].title if name in NETWORKS else name


def note(network: Network | KnownNetwork) -> None:
    """One line on the network in use, the same on every screen; where it computes once it does."""
    if isinstance(network, KnownNetwork):
        st.caption(f"{title(network.name)}, trained on ImageNet: {_size_words(network)}")
        return
    made_here = full_name(network.name) is None
    learned = "your own weights" if network.own else "trained here" if made_here else "trained on ImageNet"
    kind = learned if network.trained else "random weights"
    device = str(network.device)
    held, where = memory_in_use(device), _device(device)
    memory = f", {held / 2**20:,.0f} MB in use" if held else ""
    st.caption(
        f"{title(network.name)}, {kind}: {_size_words(network)}, on the {where}{memory}"
        + (". The GPU's memory was full and has been freed: the CPU computes now." if gpu_was_full() else "")
        + (f". {plain(network.remarks)}" if network.remarks else "")
    )


def _size_words(network: Network | KnownNetwork) -> str:
    return (
        f"{network.parameters / 1e6:.1f} million parameters ({network.memory_bytes / 2**20:,.0f} MB, "
        f"{network.precision}), pictures of {network.input_size} × {network.input_size}"
    )


def explain_tokens(network: Network) -> None:
    """Say how the tokens of a transformer are shown as maps, and which can't be; nothing for other networks."""
    shown = [layer for layer in network.layers if layer.prefix is not None]
    listed = sum(len(layer.places) == 1 for layer in network.layers)
    others = max((layer.prefix or 0 for layer in shown), default=0)
    said = []
    if shown:
        said.append(
            f"{len(shown)} of the {len(network.layers)} layers of {plain(title(network.name))} give tokens, a list of "
            "numbers for each patch of the picture: here they stand where their patches are."
        )
    if others:
        said.append(
            f"{others} more, such as the class token, belong{'s' * (others == 1)} to no place and "
            f"{'is' if others == 1 else 'are'} left out."
        )
    if listed:
        said.append(
            f"The tokens of {listed} layers aren't those of the patches, so they can't be shown as maps; *Plan* has "
            "them all."
        )
    if said:
        st.info(" ".join(said), icon=":material/info:")


def code(network: Network) -> str:
    """The lines that load the network in use, to begin a snippet with."""
    if network.own:
        return f"import explorer\n\nnetwork = explorer.load_own({network.name!r}, 'weights.pth')\n"
    if full_name(network.name) is None:
        return (
            "import explorer\nfrom explorer.learning.exemplar_cnn import shipped_runs, training\n\n"
            "# the one that comes with the app\n"
            "network = training.as_network(shipped_runs.shipped(shipped_runs.TRUE)[-1])\n"
        )
    weights = "" if network.trained else ", pretrained=False"
    return f"import explorer\n\nnetwork = explorer.load_network({network.name!r}{weights})\n"


def why_not(wanted: str, instead: str) -> str:
    """What a link asked for and can't be had, and what is shown in its place."""
    if wanted == title(OWN):
        return (
            "This link was made with the sender's own network, which a link can't carry: give its weights under "
            f"*Yours …* at the left. Until then this is {plain(instead)}."
        )
    return f"The link asks for a network “{plain(wanted[:80])}”, which doesn’t exist here. This is {plain(instead)}."


def _device(kind: str) -> str:
    return {"cpu": "CPU", "mps": "Mac's GPU"}.get(kind, "GPU")
