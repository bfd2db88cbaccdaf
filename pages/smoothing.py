"""Smoothing: noise on the picture, three filters that take it away, and what each costs."""

import streamlit as st

from explorer.pictures.reduced import reduced
from pages.parts.convolution.denoising import noise
from pages.parts.convolution.gaussian_window import window
from pages.parts.convolution.scale_space import scales
from pages.parts.convolution.short_passes import passes
from pages.parts.pickers import picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import plain
from pages.parts.widgets.views import choose_view

SIDE = 224  # pixels of the longer side: every control answers at once
VIEWS = {"Remove noise": noise, "How large a window": window, "Scale space": scales, "Two short passes": passes}
CLOSINGS = {
    "Remove noise": {
        "look_for": "The size at which a curve turns down: from there on the filter takes more picture than noise.",
        "try_": "Salt and pepper, where the median leaves the two means behind; then more noise: the best window "
        "grows.",
        "it_means": "Neighbours are alike and their noise is not, so a mean keeps what they share. Over 5 × 5 pixels "
        "it leaves a fifth of the noise, and blurs whatever is smaller than that.",
        "formula": r"$\text{out}_i = \sum_j w_j x_{i+j}$ with $\sum_j w_j = 1$"
        "\n\n"
        "Here $x$ is the picture and $w$ are the weights of the window. Independent noise of variance "
        r"$s^2$ is left with $s^2 \sum_j w_j^2$, which for $k \times k$ equal weights is $s^2/k^2$: a "
        "$k$th of its standard deviation.",
    },
    "How large a window": {
        "look_for": "The step at the rim of a window that is too small: there the Gaussian is part box.",
        "try_": "k = 2σ, the lecture's rule; then k = 4σ, which loses next to nothing.",
        "it_means": "A Gaussian never ends, but a window does. What is cut off is given to the rest, so that the "
        "weights still sum to 1 and the picture stays as bright as it was.",
        "formula": r"$\operatorname{erf}(k / 2\sigma)$"
        "\n\n"
        "So much of the weight lies within the window along each axis, where $k$ is its side and "
        r"$\exp(-r^2/\sigma^2)$ the Gaussian, as in the lecture. What is cut off is given to the rest.",
    },
    "Scale space": {
        "look_for": "What vanishes from one scale to the next, and what is left at the coarsest.",
        "try_": "Follow one bright spot: at which σ does it go?",
        "it_means": "Blur first, and a small filter looks at coarse structure: a network reaches large scales so, by "
        "pooling between its layers (Witkin 1983; Koenderink 1984).",
    },
    "Two short passes": {
        "look_for": "How fast k² leaves 2k behind.",
        "try_": "Your own kernel: of what rank is it?",
        "it_means": "Some kernels are a column times a row: slide the row, then the column, and the result is the "
        "same for far fewer products. Networks built for phones save likewise, channel by channel.",
        "formula": r"$w = u\, v^\top$"
        "\n\n"
        r"A kernel of rank 1 is a column $u$ times a row $v^\top$: sliding $v$ and then $u$ takes $2k$ "
        "products at each place in place of $k^2$, where $k$ is the kernel's side.",
    },
}

corner = frame.heading(
    "Smoothing",
    "A mean over a window takes noise away, because neighbours are alike and their noise is not. "
    "The larger the window, the less noise, and the less picture.",
)
image = picture.current()


@live
def screen() -> None:
    """The view that is chosen, and what it means."""
    view = choose_view(list(VIEWS), key="smoothing_view")
    try:
        VIEWS[view](reduced(image, SIDE), corner)
    except ValueError as error:
        st.info(plain(str(error)), icon=":material/info:")
    closing(**CLOSINGS[view])


screen()
