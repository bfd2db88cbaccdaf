"""Explorer: one picture through everything a lecture on convolutional networks teaches."""

import streamlit as st

from pages.parts import frame

st.set_page_config(page_title="Explorer", page_icon="assets/icon.png", layout="wide")
frame.surround(frame.navigation())
