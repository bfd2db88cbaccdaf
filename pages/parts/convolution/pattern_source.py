"""Where a pattern is taken from: a box on the picture searched, on a sample, or on a second picture of one's own."""

from __future__ import annotations

from typing import Any

import streamlit as st

import explorer
from explorer.filtering.patterns import LEAST_SIDE, Box
from explorer.pictures.images import Image, ImageError, open_image
from explorer.pictures.reduced import reduced
from pages.parts.widgets import box_drawing, linked, uploads

SIDE = 512  # pixels of the picture searched: an answer while the visitor watches
REVISION, LINK = "patterns_revision", "box"
# What a button sets: sample, box, colour, threshold.
CASES = {
    "A letter on a page": ("page", (105, 63, 115, 71), "grey", 0.8),
    "A coin among coins": ("coins", (105, 83, 145, 125), "grey", 0.6),
    "An eye of the cat": ("cat", (112, 298, 172, 338), "grey", 0.65),
    "Where colour decides": ("immunohistochemistry", (430, 150, 446, 166), "colour", 0.75),
}
HERE, SECOND = "this picture", "your second picture"
FROM = "patterns_from"  # the name in the box of second pictures
OWN = "patterns_second"  # in the session: the second picture
NAME = "patterns"  # of what is brought


def keep(box: Box) -> None:
    """The box rules from now on; the component is told so."""
    linked.keep(LINK, box_drawing.write(box))
    st.session_state[REVISION] = st.session_state.get(REVISION, 0) + 1


def choose_source(image: Image) -> Image:
    """The picture that the box is drawn on: the one searched, a sample, or a second one of the visitor's."""
    own: Image | None = st.session_state.get(OWN)
    names = [HERE, *([SECOND] if own else []), *explorer.sample_names()]
    name = st.selectbox("Draw the box on", names, key=FROM, bind="query-params")
    uploads.uploader("A second picture of yours, up to 50 MB", NAME, take_second, max_upload_size=50)
    st.caption("It stays in the server's memory while this page is open, and is not stored.")
    if name == SECOND and own:
        return own
    return image if name == HERE else reduced(explorer.sample(name), SIDE)


def take_second(given: Any) -> None:
    """Draw on an uploaded picture. Raises ImageError when it is none, or too small."""
    second = reduced(open_image(given), SIDE)  # as the picture searched: another way would make other pixels
    if min(second.height, second.width) < LEAST_SIDE:
        raise ImageError(f"{second.name} is smaller than {LEAST_SIDE} × {LEAST_SIDE} pixels; choose a larger one.")
    st.session_state[OWN], st.session_state[FROM] = second, SECOND
    keep(middle(second))


def take_case(name: str) -> tuple[str, float]:
    """Draw a ready case's box on the picture searched; returns what it looks at, and its least score."""
    _, box, colour, threshold = CASES[name]
    st.session_state[FROM] = HERE
    keep(box)
    return colour, threshold


def revision() -> int:
    """How often the box was set by other ways than by hand: the component follows each time."""
    return int(st.session_state.get(REVISION, 0))


def box_on(source: Image) -> Box:
    """The box drawn, else the link's, else one in the middle."""
    sample = next((box for name, box, *_ in CASES.values() if name == source.name), None)
    start = box_drawing.checked(sample, source) if sample else None
    drawn = linked.value(LINK, box_drawing.read, None)
    return box_drawing.checked(drawn, source) or start or middle(source)


def middle(source: Image) -> Box:
    """A box in the middle, a fifth of the picture each way, at least LEAST_SIDE pixels."""
    height, width = (max(LEAST_SIDE, side // 5) for side in (source.height, source.width))
    top, left = max(0, (source.height - height) // 2), max(0, (source.width - width) // 2)
    return top, left, top + height, left + width


def source_code(source: Image, image: Image) -> str:
    """What the snippet takes the pattern from."""
    if source == image:
        return "picture"
    if st.session_state.get(FROM) == SECOND:
        return f"reduced(explorer.open_image('second.jpg'), {SIDE})"
    return f"reduced(explorer.sample({source.name!r}), {SIDE})"
