"""What the live convolution is measured against: the shortest app in which the server convolves the same picture."""

import gc

import numpy as np
import streamlit as st

from explorer import render
from explorer.filtering.convolution import convolve
from explorer.pictures.samples import sample

st.cache_resource(lambda: gc.freeze())()  # once for the server


@st.fragment
def screen() -> None:
    weight = st.number_input("weight", value=1.0)
    kernel = np.zeros((3, 3))
    kernel[1, 1] = weight
    result = convolve(sample("astronaut").pixels, kernel, padding="reflect")
    st.image(render.png(render.to_uint8(result)), output_format="PNG")


screen()
