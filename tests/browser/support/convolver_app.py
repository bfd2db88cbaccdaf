"""A page with the live convolution alone: what it shows is written as JSON into the field above it."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.pictures.images import from_array
from pages.parts.convolution.convolver import convolver
from pages.parts.convolution.editor import offered
from pages.parts.pickers.kernel_settings import read_settings

PLAIN = 77
LECTURE = [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]]


def noise(height: int, width: int, seed: int) -> NDArray[np.uint8]:
    """A picture no two of whose pixels need be alike: a shift by one shows at once."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def drawn(kind: str, height: int, width: int, seed: int) -> NDArray[np.uint8]:
    return np.full((height, width, 3), PLAIN, np.uint8) if kind == "plain" else noise(height, width, seed)


def main() -> None:
    st.set_page_config(layout="wide")
    asked = st.text_input("case", value=st.query_params.get("case", "{}"))
    case = json.loads(asked)
    kind, size = case.get("kind", "noise"), case.get("size", [48, 64])
    picture = np.array(LECTURE) if kind == "lecture" else from_array(drawn(kind, *size, case.get("seed", 0)), kind)
    settings = read_settings(DEFAULTS | case.get("settings", {}))
    offer = offered(case["view"]) if "view" in case else ()
    came = convolver(picture, settings, key="conv", revision=case.get("revision", 0), presets=offer)
    st.session_state.runs = st.session_state.get("runs", 0) + 1
    st.code(json.dumps(asdict(came) | {"runs": st.session_state.runs}), language=None)


DEFAULTS = {
    "kernel": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "padding": "reflect",
    "stride": 1,
    "dilation": 1,
    "flip": False,
    "display": "clipped",
    "colour": "colour",
    "scale": 1,
    "bias": 0,
    "pin": None,
    "rest": None,
    "preset": None,
}

if __name__ == "__main__":
    main()
