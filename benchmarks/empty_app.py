"""What a cold start is measured against: an app that shows a word."""

import streamlit as st

st.title("Nothing")
