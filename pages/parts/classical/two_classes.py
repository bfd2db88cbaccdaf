"""Two classes of pictures told apart by features of edges and lines, beside the same classifier on raw pixels."""

from __future__ import annotations

from itertools import chain

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer import plots, render
from explorer.cache import memo
from explorer.classical import texture_classes as classes
from explorer.classical.written_comparison import read_comparison
from explorer.pictures.images import Image, ImageError, open_image
from explorer.pictures.reduced import reduced
from explorer.pictures.samples import sample, sample_names
from explorer.shipped_results import file_of
from pages.parts.classical.man_made_or_natural import MAN_MADE, NATURAL
from pages.parts.classical.two_classes_code import LARGEST, SQUARES, code
from pages.parts.shell.visit import note_own_things, visitor
from pages.parts.shell.words import number, plain
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_array, take_code

MOST_FILES = 100
OPENING = ("brick", "grass")  #: the samples that the screen opens with
ONE_PHOTOGRAPH = (
    "**All squares of a class come from one photograph** (learned: its left half, tested: its right half). They are "
    "not "
    "independent, so this says how well *these two photographs* are told apart; *Split by photograph* asks for more."
)
PHOTOGRAPHS = (
    "Tested on squares of photographs never seen. Squares of one photograph stand or fall together, so the intervals "
    "and the test are surer of themselves than they should be: count the photographs, too "
    f"({len(MAN_MADE) // 2} and {len(NATURAL) // 2} were tested)."
)
FOLDERS = "The intervals and the test take your pictures as independent: frames of one video, say, are not."
_FILES = ("hierarchy_first_files", "hierarchy_second_files")


def two_classes(corner: DeltaGenerator) -> None:
    """Two classes that are chosen, and how well they are told apart by features and by raw pixels."""
    names = sample_names()
    cells = st.columns([1, 1, 0.9, 1.1], gap="medium", vertical_alignment="bottom")
    many = cells[2].toggle("Split by photograph", key="hierarchy_photographs", bind="query-params",
                           help="Learn from squares of some photographs of man-made and natural things, test on "
                           "photographs never seen.")  # fmt: skip
    chosen = [
        cell.selectbox(label, names, names.index(start), key=key, bind="query-params", disabled=many)
        for cell, label, start, key in ((cells[0], "First class: squares of", OPENING[0], "hierarchy_first"),
                                        (cells[1], "Second class: squares of", OPENING[1], "hierarchy_second"))
    ]  # fmt: skip
    with cells[3].popover("Use two folders of yours", icon=":material/folder_open:"):
        own = [_files(label, key) for label, key in zip(("First class", "Second class"), _FILES, strict=True)]
    try:
        found, sets, titles = _told_apart(own, many, chosen)
    except ImageError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return
    _result(found, sets, titles)
    st.markdown(_verdict(found) + " " + (FOLDERS if any(own) else PHOTOGRAPHS if many else ONE_PHOTOGRAPH))
    with corner:
        _take(found, "two folders" if any(own) else "photographs" if many else chosen)


def _told_apart(
    own: list[list[Image]], many: bool, chosen: list[str]
) -> tuple[classes.Comparison, list[classes.Pictures], list[str]]:
    """Two folders, photographs or samples: what came of telling them apart, and each class's pictures and name.

    Raises ImageError when a class has too few pictures.
    """
    if any(own):
        folders = [classes.shuffled(pictures) for pictures in own]
        return compared(*folders), folders, ["your first folder", "your second folder"]
    if many:
        groups = [_photographs(names) for names in (MAN_MADE, NATURAL)]
        joined = [tuple(chain.from_iterable(group)) for group in groups]
        return classes.compare_photographs(*groups), joined, ["man-made things", "natural things"]
    cut = [squares(name) for name in chosen]
    return compared(*cut), cut, chosen


def squares(name: str) -> classes.Pictures:
    """The squares that a sample is cut into."""
    return classes.crops(reduced(sample(name), LARGEST))


def compared(first: classes.Pictures, second: classes.Pictures) -> classes.Comparison:
    """The comparison of two classes; that of the samples which the screen opens with comes with the app."""
    file = file_of(("classes", first, second))
    return read_comparison(file) if file.is_file() else classes.compare(first, second)


def _files(label: str, key: str) -> list[Image]:
    """The pictures of one class; what is none is named and left out."""
    files = st.file_uploader(
        f"{label}: at least {classes.LEAST} pictures", key=key, max_upload_size=50, accept_multiple_files=True
    )
    pictures, refused = [], []
    if files:
        note_own_things()
    for file in files[:MOST_FILES]:
        try:
            pictures.append(_opened(file))
        except ImageError as error:
            refused.append(str(error))
    if refused:
        st.warning(plain(f"{len(refused)} left out. {refused[0]}"))
    if len(files) > MOST_FILES:
        st.warning(f"Only the first {MOST_FILES} are used.")
    return pictures


def _opened(file: UploadedFile) -> Image:
    """The picture in a file, decoded once in a visit."""
    known: Image = memo(
        ("opened", visitor(), file.file_id), lambda: open_image(file, max_side=classes.SIDE, name=file.name)
    )
    return known


def _result(found: classes.Comparison, sets: list[classes.Pictures], titles: list[str]) -> None:
    left, middle, right = st.columns([1.2, 2, 1.2], gap="large")
    with left:
        for pictures, title in zip(sets, titles, strict=True):
            tiles = np.stack([render.to_uint8(_square(one)) for one in pictures[:: max(1, len(pictures) // 8)][:8]])
            show.picture(render.mosaic(tiles, columns=4, gap=4), f"Some of {title}")
            st.caption(f"{len(pictures)} of {plain(title)}")
    with middle:
        st.metric("Accuracy with 8 features of edges and lines", _share(found.by_features))
        figure = plots.bars(list(found.by_features.weights), list(classes.FEATURES), y="weight", height=250)
        show.chart(figure, key="hierarchy_weights")
        st.caption(
            f"Above zero speaks for {plain(titles[1])}, below for {plain(titles[0])}; each feature is a mean, divided "
            "by its spread."
        )
    with right:
        st.metric(f"Accuracy with {classes.RAW_SIDE**2} raw pixels", _share(found.by_pixels))
        weights = found.by_pixels.weights.reshape(classes.RAW_SIDE, classes.RAW_SIDE)
        show.picture(render.enlarge(render.signed(weights), 192), "The weights of the raw pixels")
        limit = render.largest(weights)
        show.scale_bar("signed", plain(titles[0]), plain(titles[1]), "0")
        st.caption(f"One weight for each pixel, at most {limit:.2f} in size")


def _photographs(names: tuple[str, ...]) -> tuple[classes.Pictures, ...]:
    """Of each sample at most SQUARES squares, from all over it."""
    known = [squares(name) for name in names if name in sample_names()]
    return tuple(some[:: -(-len(some) // SQUARES)] for some in known)


def _take(found: classes.Comparison, learned: list[str] | str) -> None:
    """The weights, and the lines that learn them."""
    take_array(found.by_features.weights, "weights.npy", "The weights of the features")
    take_code(code(learned))


def _square(one: Image) -> np.ndarray:
    side = min(one.height, one.width)
    step = np.arange(64) * side // 64
    return one.pixels[np.ix_(step, step)]


def _share(trained: classes.TestedClassifier) -> str:
    return f"{100 * trained.accuracy:.0f} % of {trained.tested}"


def _verdict(found: classes.Comparison) -> str:
    spans = [f"{100 * t.interval[0]:.0f} to {100 * t.interval[1]:.0f} %" for t in (found.by_features, found.by_pixels)]
    features, pixels = found.discordant
    if features + pixels == 0:
        sure = "Both told the very same ones right."
    else:
        better = "the features are better" if features > pixels else "the pixels are better"
        sure = (
            f"**{features}** were classified correctly by the features only, **{pixels}** by the pixels only: "
            + (f"{better}" if found.p_value < 0.05 else "too few to say which is better")
            + f" (exact McNemar's test, p = {number(found.p_value, digits=2)})."
        )
    return (
        f"Learned from {found.learned_from} pictures, tested on {found.by_features.tested} others. With 95 % "
        f"confidence "
        f"the true share right lies within **{spans[0]}** with features and **{spans[1]}** with raw pixels (Wilson's "
        f"interval). {sure}"
    )
