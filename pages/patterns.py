"""Patterns: a piece of a picture becomes the kernel, and finds what looks like it."""

from __future__ import annotations

import numpy as np
import streamlit as st

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
)
from explorer.pictures.images import Image
from explorer.pictures.reduced import reduced
from pages.parts.convolution.pattern_source import (
    CASES,
    LINK,
    NAME,
    SIDE,
    box_on,
    choose_source,
    revision,
    source_code,
    take_case,
)
from pages.parts.convolution.pattern_words import explain
from pages.parts.pickers import picture
from pages.parts.shell import frame
from pages.parts.shell.closing import closing
from pages.parts.shell.live import live
from pages.parts.shell.words import number, plain
from pages.parts.widgets import box_drawing, linked, show, uploads
from pages.parts.widgets.box_drawing import ScoreMap
from pages.parts.widgets.more import more
from pages.parts.widgets.takeaway import file_name, take_array, take_code, take_picture

LABEL = 36  # pixels of a box that a score fits into
COMPONENT = "patterns_box"

corner = frame.heading(
    "Patterns",
    "Draw a box: what is in it becomes the kernel, and the answer is high wherever the picture looks like it.",
)
image = reduced(picture.current(), SIDE)


def set_case(name: str) -> None:
    """One click: picture, box and settings."""
    picture.take(CASES[name][0])
    colour, least = take_case(name)
    st.session_state["patterns_measure"], st.session_state["patterns_colour"] = "normalized", colour
    st.session_state["patterns_least"] = least


def cases() -> None:
    """Ready cases, outside the block that follows the box: they change the picture, which stands outside it, too."""
    with st.container(horizontal=True):
        for name in CASES:
            st.button(name, key=f"patterns_case_{name}", on_click=set_case, args=(name,))


def choices() -> tuple[Measure, bool, float, bool]:
    """The measure, whether in colour, the least score or share of the best, and whether finds may not overlap."""
    measure = st.segmented_control("Correlation", MEASURES, default="normalized", required=True,
                                   key="patterns_measure", bind="query-params") or "normalized"  # fmt: skip
    colour = st.segmented_control("Compare in", ["grey", "colour"], default="grey", required=True,
                                  key="patterns_colour", bind="query-params") == "colour"  # fmt: skip
    label = "Minimum score" if measure == "normalized" else "Minimum, as a share of the best"
    least = st.slider(label, 0.2, 1.0, 0.6, 0.05, key="patterns_least", bind="query-params", width=150)
    with more("patterns_alone"):
        alone = st.toggle("Without overlaps", True, key="patterns_alone", bind="query-params")
    return measure, colour, least, alone


@live
def screen() -> None:
    """The settings, the box on its picture, and what was found with its scores."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        measure, colour, least, alone = choices()
        with st.popover("Other picture", icon=":material/add_photo_alternate:", key="patterns_more"):
            source = choose_source(image)
    uploads.refusal(NAME, ":material/broken_image:")
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
        draw(
            source,
            box,
            places,
            ScoreMap(found.scores, found.shape, score_picture(found, measure), f"The {measure} scores"),
        )
        with st.columns(2, gap="medium")[1]:
            scale_of(found, measure)
    else:
        side_by_side(source, box, found, places, measure)
    st.markdown(explain(image, found, places, threshold, measure, alone))
    with corner:
        take_away(found, places, (source, box), (measure, colour, threshold))


def side_by_side(source: Image, box: Box, found: Search, places: list[Found], measure: Measure) -> None:
    """The picture with the box, the one that is searched, and the scores."""
    left, middle, right = st.columns(3, gap="medium")
    with left:
        draw(source, box, [])
    with middle:
        show.frame(marked(places), "The picture with what was found")
        st.caption(f"What looks like the box in {plain(image.name)}, with scores")
    with right:
        show.frame(score_picture(found, measure), f"The {measure} scores")
        scale_of(found, measure)


def draw(source: Image, box: Box, places: list[Found], score_map: ScoreMap | None = None) -> None:
    """The picture with the box that can be moved, the places found, and the scores over it."""

    def drawn() -> None:
        new = box_drawing.settled(COMPONENT, source)
        if new is not None:
            linked.keep(LINK, box_drawing.write(new))

    box_drawing.draw_box(source, box, places, revision=revision(), key=COMPONENT,
                         on_settled=drawn, alt=f"{source.name} with the box and what was found",
                         score_map=score_map)  # fmt: skip


def score_picture(found: Search, measure: Measure) -> render.Picture:
    """The scores as a picture as large as the one searched, each at the middle of its window; clear at the rim."""
    drawn = render.sequential(found.scores) if measure == "raw" else render.signed(found.scores)
    top, left = ((side - 1) // 2 for side in found.shape)
    rows, columns = found.scores.shape
    whole = np.zeros((image.height, image.width, 4), np.uint8)
    whole[top : top + rows, left : left + columns] = np.dstack([drawn, np.full((rows, columns), 255, np.uint8)])
    return whole


def scale_of(found: Search, measure: Measure) -> None:
    """The colour scale of the scores."""
    if measure == "raw":
        show.scale_bar("sequential", number(found.scores.min()), number(found.scores.max()))
    else:
        show.signed_scale(render.largest(found.scores))


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
    """Offer the picture with what was found, the scores, and the code."""
    (source, box), (measure, colour, threshold) = pattern, settings
    overlap = "" if st.session_state.get("patterns_alone", True) else ", overlap=1"
    take_picture(marked(places), f"{file_name(source.name, 'found')}.png", "The picture with what was found")
    take_array(found.scores, "scores.npy", "The scores as numbers")
    take_code(
        "import explorer\nfrom explorer.filtering.patterns import non_max_suppression, search\n"
        "from explorer.pictures.reduced import reduced\n\n"
        f"picture = reduced({picture.code()}, {SIDE})\n"
        f"found = search(picture, {source_code(source, image)}, {box}, measure={measure!r}, colour={colour})\n"
        f"places = non_max_suppression(found, threshold={threshold!r}{overlap})\n"
        "print(len(places), found.scores.max())"
    )


if min(image.height, image.width) < LEAST_SIDE:
    st.info(
        f"This picture is smaller than {LEAST_SIDE} × {LEAST_SIDE} pixels: there is no pattern to draw a box around."
    )
    frame.end_page()
cases()
screen()
closing(
    look_for="What scores high and is not what you meant.",
    try_="The coin with *raw*, then *normalized*: how many of the 24 are found? The tissue in *grey*, then "
    "in *colour*.",
    it_means="A convolution is a question: *is this here?* Normalized, its answer is 1 where the picture is the "
    "pattern, up to light and contrast. A network learns its patterns instead of being shown them.",
    formula=r"$\dfrac{\sum (x - \bar x)(w - \bar w)}{\lVert x - \bar x \rVert\, \lVert w - \bar w \rVert}$"
    "\n\n"
    r"Here $w$ is the pattern, $x$ the part of the picture beneath it, and $\bar w$ and $\bar x$ are their "
    r"means. With colour the kernel is $k_1 \times k_2 \times 3$.",
)
