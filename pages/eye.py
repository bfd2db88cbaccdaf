"""The eye: bars and gratings before model cells, the visitor's kernel and a network's first layer."""

import streamlit as st

from pages.parts.classical.model_cells import model_cells
from pages.parts.classical.oriented_layer import first_layer
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.widgets.views import choose_view

VIEWS = ("Model cells", "A network's first layer")
CLOSINGS = {
    "Model cells": {
        "look_for": "The complex cell's flat line while the stripes shift.",
        "try_": "A longer wavelength; a bar; another kernel in *Convolution*.",
        "it_means": "A simple cell does what a convolution and a ReLU do: it answers where its pattern lies, and is "
        "silent elsewhere. A complex cell pools two such filters, so it no longer matters where exactly "
        "the stripes lie: much as a layer and its pooling do.",
        "formula": r"A simple cell: $\max(0, \sum w_{\text{even}}\, x)$"
        "\n\n"
        r"A complex cell: $\sqrt{(\sum w_{\text{even}}\, x)^2 + (\sum w_{\text{odd}}\, x)^2}$"
        "\n\n"
        r"Here $x$ is what the cell sees; $w_{\text{even}}$ and $w_{\text{odd}}$ are two filters a quarter "
        "wave apart, pooled before any rectification (Adelson & Bergen 1985).",
    },
    "A network's first layer": {
        "look_for": "Filters with one narrow peak, as cells of the visual cortex have, and those without.",
        "try_": "Random weights beside the trained ones; a bar instead of a grating.",
        "it_means": "Nobody told the network to look for directions: learning to name pictures was enough.",
    },
}

corner = frame.heading(
    "The eye",
    "Show a bar or a grating at every angle and note how strongly a cell answers: its tuning curve. "
    "Cells of the visual cortex, your kernel and a network's filters all take the same test.",
)
view = choose_view(VIEWS, key="eye_view")
if view == VIEWS[1]:
    first_layer(corner)
else:
    model_cells(corner)
st.markdown(
    "**Lettvin et al. 1959** (*What the frog's eye tells the frog's brain*) found fibres in the frog's optic nerve "
    "that report edges and small dark moving things, not brightness. **Hubel & Wiesel 1959** (*Receptive fields of "
    "single neurones in the cat's striate cortex*) found cells that answer to a bar at one angle and fall silent when "
    "it turns. **Hubel & Wiesel 1962** named those *simple* that care where the bar is and *complex* that don't."
)
closing(**CLOSINGS[view])
