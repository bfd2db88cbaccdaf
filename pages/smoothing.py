"""Smoothing: noise on the picture, three filters that take it away, and what each costs."""

import streamlit as st

from explorer.pictures.reduced import reduced
from pages.parts.convolution.blurring import passes, scales, window
from pages.parts.convolution.denoising import noise
from pages.parts.pickers import picture
from pages.parts.shell import frame
from pages.parts.shell.words import plain

SIDE = 224  # pixels of the longer side: every control answers at once
VIEWS = {"Remove noise": noise, "How large a window": window, "Scale space": scales, "Two short passes": passes}

corner = frame.heading(
    "Smoothing",
    "A mean over a window takes noise away, because neighbours are alike and their noise is not. "
    "The larger the window, the less noise, and the less picture.",
)
image = picture.current()


@st.fragment
def screen() -> None:
    first = next(iter(VIEWS))
    view = st.segmented_control(
        "View", list(VIEWS), default=first, required=True, key="smoothing_view", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    VIEWS[view or first](reduced(image, SIDE), corner)


try:
    screen()
except ValueError as error:
    st.info(plain(str(error)))
st.markdown(
    "**Look for** the size at which a curve turns down: from there on the filter takes more picture than noise. "
    "**Try** salt and pepper, where the median leaves the two means behind; then more noise: the best window grows. "
    r"**It means** $\text{out}_i = \sum_j w_j x_{i+j}$ with $\sum_j w_j = 1$: independent noise of variance $s^2$ is "
    r"left with $s^2 \sum_j w_j^2$, which for $k \times k$ equal weights is $s^2/k^2$."
)
