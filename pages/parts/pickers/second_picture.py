"""The second picture, to compare the one in use with: any sample."""

from __future__ import annotations

import streamlit as st

from explorer.pictures.images import Image
from explorer.pictures.samples import sample, sample_names


def pick(current: Image, *, key: str) -> Image:
    """A box with the samples; it begins with one that is not the picture in use."""
    names = sample_names()
    start = next((i for i, name in enumerate(names) if name != current.name), 0)
    name = st.selectbox("Another picture", names, start, key=key, bind="query-params")
    return sample(name or names[start])
