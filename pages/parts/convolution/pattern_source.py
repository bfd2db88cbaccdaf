"""Where a pattern is taken from: a box on the picture searched, on a sample, or on a second picture of one's own."""

from __future__ import annotations

import streamlit as st

import explorer
from explorer.filtering.patterns import LEAST_SIDE, Box
from explorer.pictures.images import Image, ImageError, open_image
from explorer.pictures.reduced import reduced
from pages.parts.shell.visit import own_things
from pages.parts.widgets import box_drawing, linked

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
OWN, REFUSED = "patterns_second", "patterns_refused"  # in the session: the second picture, and why the last was none


def keep(box: Box) -> None:
    """The box rules from now on; the component is told so."""
    linked.keep(LINK, box_drawing.write(box))
    st.session_state[REVISION] = st.session_state.get(REVISION, 0) + 1


def choose_source(image: Image) -> Image:
    """The picture that the box is drawn on: the one searched, a sample, or a second one of the visitor's."""
    own: Image | None = st.session_state.get(OWN)
    names = [HERE, *([SECOND] if own else []), *explorer.sample_names()]
    name = st.selectbox("Draw the box on", names, key=FROM, bind="query-params")
    st.file_uploader(
        "A second picture of yours, up to 50 MB", max_upload_size=50, key="patterns_upload", on_change=take_upload
    )
    st.caption("It stays in the server's memory while this page is open, and is not stored.")
    if name == SECOND and own:
        return own
    return image if name == HERE else reduced(explorer.sample(name), SIDE)


def take_upload() -> None:
    """Draw on an uploaded picture; when it is none, say why and keep what was there."""
    given = st.session_state.get("patterns_upload")
    if given is None:  # taken out of the uploader: the picture in use stays
        return
    own_things()
    try:
        second = reduced(open_image(given), SIDE)  # as the picture searched: another way would make other pixels
        if min(second.height, second.width) < LEAST_SIDE:
            raise ImageError(f"{second.name} is smaller than {LEAST_SIDE} × {LEAST_SIDE} pixels; choose a larger one.")
    except ImageError as error:
        st.session_state[REFUSED] = str(error)
        return
    st.session_state[OWN], st.session_state[FROM], st.session_state[REFUSED] = second, SECOND, None
    keep(middle(second))


def box_on(source: Image) -> Box:
    """The box drawn, else the link's, else one in the middle."""
    sample = next((box for name, box, *_ in CASES.values() if name == source.name), None)
    start = box_drawing.checked(sample, source) if sample else None
    drawn = linked.linked(LINK, box_drawing.read, None)
    return box_drawing.checked(drawn, source) or start or middle(source)


def middle(source: Image) -> Box:
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
