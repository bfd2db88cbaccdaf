"""The picture matched with its turned and scaled self."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.classical import descriptor_pictures as draw
from explorer.classical.sift_matching import NEAR, RATIO, matches
from explorer.pictures.images import Image
from explorer.pictures.reduced import grey
from pages.parts.pickers import picture
from pages.parts.shell.words import counted
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import file_name, take_code, take_picture

SIDE = 144  # pixels of the longer side


def matches_view(image: Image, corner: DeltaGenerator) -> None:
    """The picture beside its turned and scaled self, with lines between what was matched."""
    cells = st.columns([1.5, 1.5, 2], gap="large", vertical_alignment="bottom")
    angle = cells[0].slider("Turn by, in degrees", 0, 180, 30, 5, key="descriptors_turn", bind="query-params")
    scale = cells[1].select_slider("Scale by", [0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5], 0.8, key="descriptors_scale",
                                   bind="query-params")  # fmt: skip
    found = matches(image, SIDE, angle, scale)
    correct, count = int(found.correct.sum()), len(found.pairs)
    share = f"{100 * correct / count:.0f} %" if count else "none"
    cells[2].metric("Correct matches", f"{share} of {count}" if count else "none matched")
    drawn = draw.matches_drawn(grey(image, SIDE), found)
    middle, _ = st.columns([3, 1])
    with middle:
        show.picture(drawn, "Lines between matched keypoints, blue right, orange wrong")
    st.markdown(
        f"{counted(len(found.first.sigmas), 'keypoint')} here, {len(found.second.sigmas)} there, **{count}** "
        f"matched: each "
        f"other's nearest by the 128 numbers, and the second nearest at least {1 / RATIO:.2f} times as far "
        f"(Lowe's ratio). We turned the picture ourselves, so we know where each belongs: **{correct}** are within "
        f"{NEAR:g} pixels of it (blue lines; orange ones are wrong)."
    )
    with corner:
        take_picture(drawn, f"{file_name(image.name, 'matches')}.png", "The matches")
        take_code(
            "import explorer\nfrom explorer.classical.sift import sift_of\n"
            "from explorer.classical.sift_matching import match\n"
            "from explorer.pictures.reduced import grey\n\n"
            f"values = grey({picture.code()}, {SIDE})\n"
            f"found = match(values, sift_of(values), {angle}, {scale:g})\nprint(found.correct.mean())"
        )
