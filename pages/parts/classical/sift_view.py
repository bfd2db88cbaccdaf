"""SIFT of the picture, keypoint by keypoint."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import render
from explorer.classical import descriptor_pictures as draw
from explorer.classical.sift import Keypoints, keypoints, patch
from explorer.pictures.images import Image
from explorer.pictures.reduced import grey
from pages.parts.pickers import picture
from pages.parts.shell.words import counted
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_array, take_code
from pages.parts.widgets.tiles import choose_tile, keep_tile, kept_tile

SIDE = 192  # pixels of the longer side
MOST_POINTS = 24  # keypoints to choose from


def sift_view(image: Image, corner: DeltaGenerator) -> None:
    """The picture's keypoints, and the grid of the one that is chosen."""
    values = grey(image, SIDE)
    points = keypoints(image, SIDE)
    count = counted(len(points.sigmas), "keypoint")
    left, middle, right = st.columns([2, 1.1, 1.5], gap="medium")
    with middle:
        number = _chosen_keypoint(image, values, points)
    with left:
        show.picture(draw.keypoints_drawn(values, points, number), f"{count} on the picture")
        st.caption(f"{count} in all: a circle as large as what is described, its main direction.")
    with right:
        upright = patch(values, points, number)
        show.picture(draw.grid(upright, points.grids[number]), "The keypoint's 4 × 4 × 8 grid")
        row, column = points.positions[number]
        st.markdown(
            f"**4 × 4 squares × 8 directions = 128 numbers**, each 0 to 255: how much the picture "
            f"brightens that way. Keypoint {number}: row {row:.0f}, column {column:.0f}, σ {points.sigmas[number]:.1f}."
        )
    with corner:
        take_array(points.descriptors, "sift.npy", "All descriptors, (n, 128)")
        take_code(
            "import explorer\nfrom explorer.classical.sift import sift_of\n"
            "from explorer.pictures.reduced import grey\n\n"
            f"points = sift_of(grey({picture.code()}, {SIDE}))\nprint(points.descriptors.shape)"
        )


def _chosen_keypoint(image: Image, values: np.ndarray, points: Keypoints) -> int:
    """The coarsest keypoints as tiles, and the number of the one chosen."""
    shown = min(MOST_POINTS, len(points.sigmas))
    tiles = np.stack([render.grey(patch(values, points, n, 32)) for n in range(shown)])
    names = [f"keypoint {n}, σ {points.sigmas[n]:.1f} pixels" for n in range(shown)]
    number = choose_tile(tiles, names, min(kept_tile("sift_point"), shown - 1), alt="The coarsest keypoints, upright",
                         columns=4, key=f"sift_sheet_{image.digest[:8]}")  # fmt: skip
    keep_tile("sift_point", number)
    st.caption(f"The {counted(shown, 'coarsest keypoint')}, each turned upright; σ is a standard deviation. Click one.")
    return number
