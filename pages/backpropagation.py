"""Backpropagation: a network as graph and as matrices, and every derivative with the numbers it is made of."""

from __future__ import annotations

import json

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.learning.backpropagation.passes import Backpropagation
from explorer.learning.errors import TrainingError
from pages.parts.learning import backpropagation, backpropagation_code
from pages.parts.learning.backpropagation_link import LECTURE, LinkedNetwork, read
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import number, plain, power_of_ten
from pages.parts.widgets import linked
from pages.parts.widgets.component import text_sent
from pages.parts.widgets.more import more
from pages.parts.widgets.takeaway import take_array, take_code, take_file, take_film

COMPONENT = "backprop_network"
NETWORK = "net"  # in link and session: the whole network as one text

corner = frame.heading(
    "Backpropagation",
    "Forward, a matrix times a column; backward, its transpose; and one product for each weight.",
)
frame.hide_pickers("picture", "network")


def text_of_network() -> str:
    """What the link or this visit says, else the lecture's network."""
    linked.value(NETWORK, read, None)  # a damaged one is said, and forgotten
    return str(st.session_state.get(NETWORK, LECTURE))


def keep() -> None:
    """The visitor's network is in the link from now on; what no hand could send is not."""
    text = text_sent(COMPONENT)
    try:
        read(text or "")
    except ValueError:
        return
    if text == LECTURE:
        linked.forget(NETWORK)
    else:
        linked.keep(NETWORK, str(text))


@live
def screen(offered: DeltaGenerator) -> None:
    """The network in the browser and, when asked for, PyTorch's derivatives; files go to `offered`."""
    text = text_of_network()
    network = read(text)
    backpropagation.show_network(text, key=COMPONENT, on_settled=keep)
    try:
        found = backpropagation.by_numpy(network)
    except TrainingError as error:
        st.info(plain(str(error)), icon=":material/info:")
        offered.empty()
        return
    control(network, found, text)
    with offered.container():
        take_away(network, found)


def control(network: LinkedNetwork, found: Backpropagation, text: str) -> None:
    """Torch's own derivatives beside those of the browser and of the engine, when asked for."""
    with more("backprop_torch"):
        asked = st.toggle("Ask PyTorch, too", key="backprop_torch", bind="query-params",
                          help="torch.autograd differentiates the same network in 64 bits, on the server.")  # fmt: skip
    if not asked:
        return
    theirs = backpropagation.by_torch(network)
    here = backpropagation.from_browser(COMPONENT, network, text)
    told = [("explorer.backpropagate", backpropagation.largest_difference(found.weight_derivatives, theirs))]
    if here is not None:
        told.insert(0, ("your browser", backpropagation.largest_difference(here, theirs)))
    largest = max(float(np.abs(one).max()) for one in theirs)
    words = "; ".join(f"{who} at most **{power_of_ten(value)}**" for who, value in told)
    st.markdown(f"From torch's derivatives, the largest of which is **{number(largest)}**: {words} away.")


def take_away(network: LinkedNetwork, found: Backpropagation) -> None:
    """Offer the derivatives, every number, a film of both passes, and the code."""
    flat = np.concatenate([one.ravel() for one in found.weight_derivatives])
    take_array(flat, "weight-derivatives.npy", "All Δ as numbers (NPY)")
    take_file(lambda: numbers(network, found), "backpropagation.json", "Every number (JSON)", "application/json")
    take_film(lambda: backpropagation.film(network, found), "backpropagation", "Both passes, step by step")
    st.caption("The graph as a picture: *Save graph*, beneath the matrices.")
    numpy, torch = st.tabs(["NumPy", "PyTorch"])
    with numpy:
        take_code(backpropagation_code.with_numpy(network))
    with torch:
        take_code(backpropagation_code.with_torch(network))


def numbers(network: LinkedNetwork, found: Backpropagation) -> bytes:
    """What was set and all that both passes gave, by name."""
    given = {name: [one.tolist() for one in getattr(network, name)] for name in ("weights", "biases")}
    lists = ("sums", "values", "sum_derivatives", "derivatives", "weight_derivatives")
    passes = {name: [one.tolist() for one in getattr(found, name)] for name in lists}
    return json.dumps(given | {"x": network.x.tolist(), "target": network.target.tolist(), "loss": found.loss} | passes,
                      indent=1).encode()  # fmt: skip


screen(corner.empty())
closing(
    look_for="Rows on the way there, columns of the same matrix on the way back. Where v is near 0 or 1, s′ is nearly "
    "0, and little comes back.",
    try_="Point at a δ: its column and all its paths light up. Rate 0.5 and *Take a step*, then rate 20. "
    "ReLU with a negative sum: nothing comes through.",
    it_means="The way back tells each weight how the loss changes with it. For all weights together that costs two "
    "passes forward, not one for each weight.",
    formula=r"$\delta_i = W_i^\top \bar\delta_{i+1}$ and $\Delta_i = \bar\delta_{i+1} v_i^\top$, with "
    r"$\bar\delta_i = s'(\bar v_i) \times \delta_i$"
    "\n\n"
    "These are the derivatives of the loss by the values $v_i$ of layer $i$, by its weights $W_i$, and by "
    r"its sums $\bar v_i$; $s'$ is the slope of the activation $s$.",
)
with st.expander("Why Δ = δ̄ vᵀ here, and v δ̄ᵀ on the lecture's slide"):
    st.markdown(
        r"Here $W$ has a **row** for each node that it leads to, so that $\bar v_{i+1} = W_i v_i$; then $\Delta_i = "
        r"\bar\delta_{i+1} v_i^\top$ has the shape of $W_i$ and can be taken from it. The slide writes "
        r"$v\,\delta^\top$: that is the layout with a **column** for each node, $\bar v_{i+1}^\top = v_i^\top W_i$. "
        "Each is the transpose of the other; no number differs."
    )
