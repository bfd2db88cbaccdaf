"""Two classes of pictures told apart by features of edges and lines, beside the same classifier on raw pixels."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots, render
from explorer.classical import texture_classes as classes
from explorer.pictures.images import Image, ImageError, open_image
from explorer.pictures.reduced import reduced
from explorer.pictures.samples import sample, sample_names
from pages.parts.shell.words import plain
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_array, take_code

MOST_FILES = 100
LARGEST = 512  # pixels of the longer side of a sample that is cut into squares: at most 64 of them
_FILES = ("hierarchy_first_files", "hierarchy_second_files")


def two_classes(corner: DeltaGenerator) -> None:
    names = sample_names()
    cells = st.columns([1, 1, 2], gap="medium", vertical_alignment="bottom")
    chosen = [
        cell.selectbox(label, names, names.index(start), key=key, bind="query-params")
        for cell, label, start, key in ((cells[0], "First class: squares of", "brick", "hierarchy_first"),
                                        (cells[1], "Second class: squares of", "grass", "hierarchy_second"))
    ]  # fmt: skip
    with cells[2].popover("Use two folders of yours", icon=":material/folder_open:"):
        own = [_files(label, key) for label, key in zip(("First class", "Second class"), _FILES, strict=True)]
    try:
        if any(own):
            sets = [classes.shuffled(pictures) for pictures in own]
            titles = ["your first folder", "your second folder"]
        else:
            sets, titles = [classes.crops(reduced(sample(name), LARGEST)) for name in chosen], list(chosen)
        found = classes.compare(*sets)
    except ImageError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return
    _result(found, sets, titles)
    with corner:
        _take(found, None if any(own) else chosen)


def _files(label: str, key: str) -> list[Image]:
    """The pictures of one class; what is none is named and left out."""
    files = st.file_uploader(f"{label}: at least {classes.LEAST} pictures", key=key, accept_multiple_files=True)
    pictures, refused = [], []
    for file in files[:MOST_FILES]:
        try:
            pictures.append(_opened(file.getvalue(), file.name))
        except ImageError as error:
            refused.append(str(error))
    if refused:
        st.warning(plain(f"{len(refused)} left out. {refused[0]}"))
    if len(files) > MOST_FILES:
        st.warning(f"Only the first {MOST_FILES} are used.")
    return pictures


@st.cache_data(show_spinner=False, max_entries=400)
def _opened(data: bytes, name: str) -> Image:
    return open_image(data, max_side=classes.SIDE, name=name)


def _result(found: classes.Comparison, sets: list[classes.Pictures], titles: list[str]) -> None:
    left, middle, right = st.columns([1.2, 2, 1.2], gap="large")
    with left:
        for pictures, title in zip(sets, titles, strict=True):
            tiles = np.stack([render.to_uint8(_square(one)) for one in pictures[:8]])
            show.picture(render.mosaic(tiles, columns=4, gap=4), f"Some of {title}")
            st.caption(f"{len(pictures)} of {plain(title)}")
    with middle:
        st.metric("Right with 8 features of edges and lines", _share(found.by_features))
        figure = plots.bars(list(found.by_features.weights), list(classes.FEATURES), y="weight", height=250)
        show.chart(figure, key="hierarchy_weights")
        st.caption(
            f"Above zero speaks for {plain(titles[1])}, below for {plain(titles[0])}; each feature is a mean, divided "
            "by its spread."
        )
    with right:
        st.metric(f"Right with {classes.RAW_SIDE**2} raw pixels", _share(found.by_pixels))
        weights = found.by_pixels.weights.reshape(classes.RAW_SIDE, classes.RAW_SIDE)
        show.picture(render.enlarge(render.signed(weights), 192), "The weights of the raw pixels")
        limit = render.largest(weights)
        show.scale_bar("signed", plain(titles[0]), plain(titles[1]), "0")
        st.caption(f"One weight for each pixel, at most {limit:.2f} in size")
    st.markdown(_verdict(found))


def _take(found: classes.Comparison, samples: list[str] | None) -> None:
    """The weights, and the lines that learn them from two samples or (None) from two folders."""
    take_array(found.by_features.weights, "weights.npy", "The weights of the features")
    if samples is None:
        made = (
            "from pathlib import Path\n\nimport explorer\nfrom explorer.classical import texture_classes as classes\n\n"
            f"def pictures(folder):\n    opened = (explorer.open_image(p, max_side={classes.SIDE}) "
            "for p in sorted(Path(folder).iterdir()))\n    return classes.shuffled(tuple(opened))\n\n"
            "found = classes.compare(pictures('first'), pictures('second'))\n"
        )
    else:
        made = (
            "from explorer.classical import texture_classes as classes\n"
            "from explorer.pictures.reduced import reduced\nfrom explorer.pictures.samples import sample\n\n"
            f"squares = [classes.crops(reduced(sample(name), {LARGEST})) for name in {tuple(samples)}]\n"
            "found = classes.compare(*squares)\n"
        )
    take_code(made + "print(found.by_features.accuracy, found.by_pixels.accuracy)")


def _square(one: Image) -> np.ndarray:
    side = min(one.height, one.width)
    step = np.arange(64) * side // 64
    return one.pixels[np.ix_(step, step)]


def _share(trained: classes.Trained) -> str:
    return f"{100 * trained.accuracy:.0f} % of {trained.tested}"


def _verdict(found: classes.Comparison) -> str:
    spans = [f"{100 * t.interval[0]:.0f} to {100 * t.interval[1]:.0f} %" for t in (found.by_features, found.by_pixels)]
    apart = found.by_features.interval[0] > found.by_pixels.interval[1]
    sure = "The intervals are apart: the features are better." if apart else (
        "The intervals overlap: this many pictures can't tell which is better.")  # fmt: skip
    return (
        f"Learned from {found.learned_from} pictures, tested on {found.by_features.tested} others"
        f" (of samples: left half and right half). With 95 % confidence the true share right lies within "
        f"**{spans[0]}** with features and **{spans[1]}** with raw pixels (Wilson's interval). {sure}"
    )
