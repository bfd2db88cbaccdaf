"""Explorer: one picture through everything a lecture on convolutional networks teaches."""

import streamlit as st

from pages.parts import frame

st.set_page_config(page_title="Explorer", page_icon="assets/icon.png", layout="wide")
page = st.navigation(
    [
        st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
        st.Page("pages/convolution.py", title="Convolution", icon=":material/grid_on:"),
        st.Page("pages/filters.py", title="Filters", icon=":material/texture:"),
        st.Page("pages/feature_maps.py", title="Feature maps", icon=":material/layers:", url_path="feature-maps"),
        st.Page("pages/neurons.py", title="Neurons", icon=":material/lightbulb:"),
        st.Page("pages/adversarial.py", title="Adversarial", icon=":material/visibility_off:"),
    ]
)
frame.surround(page)
