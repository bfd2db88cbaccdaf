"""Patterns: a piece of a picture becomes the kernel, and finds what looks like it."""

from __future__ import annotations

import numpy as np
import streamlit as st

import explorer
from explorer import render
from explorer.filtering.patterns import (
    LEAST_SIDE,
    MEASURES,
    Box,
    Found,
    Measure,
    PatternError,
    Search,
    non_max_suppression,
    search,
    values_of,
)
from explorer.pictures.images import Image, ImageError, open_image
from explorer.pictures.reduced import reduced
from pages.parts.pickers import picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.visit import own_things
from pages.parts.shell.words import counted, number, plain
from pages.parts.widgets import box_drawing, linked, show
from pages.parts.widgets.box_drawing import ScoreMap
from pages.parts.widgets.takeaway import file_name, take_array, take_code, take_picture

SIDE = 512  # pixels of the picture searched: an answer while the visitor watches
LABEL = 36  # pixels of a box that a score fits into
COMPONENT, REVISION, LINK = "patterns_box", "patterns_revision", "box"
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

corner = frame.heading(
    "Patterns",
    "Draw a box: what is in it becomes the kernel, and the answer is high wherever the picture looks like it.",
)
image = reduced(picture.current(), SIDE)


def set_case(name: str) -> None:
    """One click: picture, box and settings."""
    sample, box, colour, threshold = CASES[name]
    picture.take(sample)
    st.session_state[FROM] = HERE
    st.session_state["patterns_measure"], st.session_state["patterns_colour"] = "normalized", colour
    st.session_state["patterns_least"] = threshold
    keep(box)


def keep(box: Box) -> None:
    """The box rules from now on; the component is told so."""
    linked.keep(LINK, box_drawing.write(box))
    st.session_state[REVISION] = st.session_state.get(REVISION, 0) + 1


def cases() -> None:
    """Ready cases, outside the block that follows the box: they change the picture, which stands outside it, too."""
    with st.container(horizontal=True):
        for name in CASES:
            st.button(name, key=f"patterns_case_{name}", on_click=set_case, args=(name,))


@live
def screen() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        measure = st.segmented_control("Correlation", MEASURES, default="normalized", required=True,
                                       key="patterns_measure", bind="query-params") or "normalized"  # fmt: skip
        colour = st.segmented_control("Look at", ["grey", "colour"], default="grey", required=True,
                                      key="patterns_colour", bind="query-params") == "colour"  # fmt: skip
        label = "Minimum score" if measure == "normalized" else "Minimum, as a share of the best"
        least = st.slider(label, 0.2, 1.0, 0.6, 0.05, key="patterns_least", bind="query-params", width=150)
        alone = st.toggle("Without overlaps", True, key="patterns_alone", bind="query-params")
        with st.popover("Other picture", icon=":material/add_photo_alternate:", key="patterns_more"):
            source = choose_source()
    if st.session_state.get(REFUSED):
        st.error(plain(st.session_state[REFUSED]), icon=":material/broken_image:")
    box = box_on(source)
    try:
        found = search(image, source, box, measure=measure, colour=colour)
    except PatternError as error:
        draw(source, box, [])
        st.info(plain(str(error)), icon=":material/info:")
        return
    threshold = least if measure == "normalized" else least * float(found.scores.max())
    places = non_max_suppression(found, threshold=threshold, overlap=0.2 if alone else 1.0)
    if source == image:
        draw(source, box, places, ScoreMap(found.scores, found.shape, aligned(found, measure), f"The {measure} scores"))
        with st.columns(2, gap="medium")[1]:
            scale_of(found, measure)
    else:
        three(source, box, found, places, measure)
    st.markdown(explain(found, places, threshold, measure, alone))
    with corner:
        take_away(found, places, (source, box), (measure, colour, threshold))


def three(source: Image, box: Box, found: Search, places: list[Found], measure: Measure) -> None:
    """The picture with the box, the one that is searched, and the scores."""
    left, middle, right = st.columns(3, gap="medium")
    with left:
        draw(source, box, [])
    with middle:
        show.frame(marked(places), "The picture with what was found")
        st.caption(f"What looks like the box in {plain(image.name)}, with scores")
    with right:
        show.frame(aligned(found, measure), f"The {measure} scores")
        scale_of(found, measure)


def choose_source() -> Image:
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


def draw(source: Image, box: Box, places: list[Found], score_map: ScoreMap | None = None) -> None:
    def drawn() -> None:
        new = box_drawing.settled(COMPONENT, source)
        if new is not None:
            linked.keep(LINK, box_drawing.write(new))

    box_drawing.draw_box(source, box, places, revision=st.session_state.get(REVISION, 0), key=COMPONENT,
                         on_settled=drawn, alt=f"{source.name} with the box and what was found",
                         score_map=score_map)  # fmt: skip


def aligned(found: Search, measure: Measure) -> render.Picture:
    """The scores as a picture as large as the one searched, each at the middle of its window; clear at the rim."""
    drawn = render.sequential(found.scores) if measure == "raw" else render.signed(found.scores)
    top, left = ((side - 1) // 2 for side in found.shape)
    rows, columns = found.scores.shape
    whole = np.zeros((image.height, image.width, 4), np.uint8)
    whole[top : top + rows, left : left + columns] = np.dstack([drawn, np.full((rows, columns), 255, np.uint8)])
    return whole


def scale_of(found: Search, measure: Measure) -> None:
    if measure == "raw":
        show.scale_bar("sequential", number(found.scores.min()), number(found.scores.max()))
    else:
        limit = number(render.largest(found.scores))
        show.scale_bar("signed", f"−{limit}", f"+{limit}", "0")


def explain(found: Search, places: list[Found], threshold: float, measure: Measure, alone: bool) -> str:
    best = non_max_suppression(found, threshold=float(found.scores.max()), overlap=1, count=1)[0]
    top, left, bottom, right = best.box
    grey = values_of(image, colour=False)
    light, usual = float(grey[top:bottom, left:right].mean()), float(grey.mean())
    size = " × ".join(map(str, found.pattern.shape))
    text = f"A kernel of **{size}** weights. {_counts(found, places, threshold, alone)} "
    if measure == "raw":
        text += (
            f"The best window is at row {top}, column {left}, and {number(light / usual if usual else 1)} times as "
            "bright as the picture: **bright areas win**, since $\\sum x\\,w$ grows with $x$, whatever its shape."
        )
    elif measure == "zero-mean":
        text += "Light no longer counts, since the weights sum to 0; strong contrast still does."
    else:
        text += (
            f"Light and contrast no longer count. The best score is **{number(best.score, decimals=3)}** at row {top}, "
            f"column {left}."
        )
    return text


def _counts(found: Search, places: list[Found], threshold: float, alone: bool) -> str:
    above = int((found.scores >= threshold).sum())
    if not above:
        return f"Nothing scores {number(threshold)}; the best is {number(found.scores.max())}."
    text = f"**{counted(above, 'window')}** score{'s' if above == 1 else ''} at least {number(threshold)}"
    if alone:
        return f"{text}; without those that overlap a better one, **{counted(len(places), 'place')}**."
    return (
        f"{text}; drawn {'are the best' if len(places) < above else 'are all'} {len(places)}."
        if above > 1
        else f"{text}."
    )


def marked(places: list[Found]) -> render.Picture:
    """The picture searched, with a box around each find and its score."""
    pixels = image.uint8
    for one in places:
        top, left, _, right = one.box
        pixels = render.box(pixels, one.box, thickness=1)
        if right - left >= LABEL:  # else the score would hide what was found
            pixels = render.label(pixels, f"{one.score:.2f}", (top, left))
    return pixels


def take_away(
    found: Search, places: list[Found], pattern: tuple[Image, Box], settings: tuple[str, bool, float]
) -> None:
    (source, box), (measure, colour, threshold) = pattern, settings
    overlap = "" if st.session_state.get("patterns_alone", True) else ", overlap=1"
    take_picture(marked(places), f"{file_name(source.name, 'found')}.png", "The picture with what was found")
    take_array(found.scores, "scores.npy", "The scores as numbers")
    take_code(
        "import explorer\nfrom explorer.filtering.patterns import non_max_suppression, search\n"
        "from explorer.pictures.reduced import reduced\n\n"
        f"picture = reduced({picture.code()}, {SIDE})\n"
        f"found = search(picture, {source_code(source)}, {box}, measure={measure!r}, colour={colour})\n"
        f"places = non_max_suppression(found, threshold={threshold!r}{overlap})\n"
        "print(len(places), found.scores.max())"
    )


def source_code(source: Image) -> str:
    """What the snippet takes the pattern from."""
    if source == image:
        return "picture"
    if st.session_state.get(FROM) == SECOND:
        return f"reduced(explorer.open_image('second.jpg'), {SIDE})"
    return f"reduced(explorer.sample({source.name!r}), {SIDE})"


if min(image.height, image.width) < LEAST_SIDE:
    st.info(
        f"This picture is smaller than {LEAST_SIDE} × {LEAST_SIDE} pixels: there is no pattern to draw a box around."
    )
    st.stop()
cases()
screen()
closing(
    look_for="What scores high and is not what you meant.",
    try_="The coin with *raw*, then *normalized*: how many of the 24 are found? The tissue in *grey*, then "
    "in *colour*.",
    it_means="A convolution is a question, *is this here?* "
    r"$\frac{\sum (x - \bar x)(w - \bar w)}{\lVert x - \bar x \rVert\, \lVert w - \bar w \rVert}$ "
    "is 1 where the picture is the pattern, up to light and contrast. With colour the kernel is "
    "$k_1 \\times k_2 \\times 3$. A network learns its patterns instead of being shown them.",
)
