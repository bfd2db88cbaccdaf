"""What the round trip is measured against: the shortest app that shows the same picture, without loss too."""

import gc

import cv2
import streamlit as st

from explorer.pictures.samples import sample

st.cache_resource(lambda: gc.freeze())()  # once for the server
name = st.selectbox("Picture", ["camera", "astronaut", "brick", "grass", "gravel", "moon"])
bgr = cv2.cvtColor(sample(name).uint8, cv2.COLOR_RGB2BGR)
st.image(cv2.imencode(".png", bgr)[1].tobytes(), output_format="PNG")
