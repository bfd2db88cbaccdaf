"""Natural patches beside a unit: the index of a gallery, the best, the lowest and random ones, its histogram."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from explorer import feature_maps, plots, render
from explorer.compute import MemoryFullError
from explorer.dataset_examples.examples import Example
from explorer.dataset_examples.gallery import Gallery
from explorer.dataset_examples.index import Indexing, examples, indexing, read_index
from explorer.dataset_examples.places import Index
from explorer.dataset_examples.uploads import UploadedPictures
from explorer.maximization import Unit
from explorer.maximization.peak_and_mean import peak_and_mean
from explorer.networks.loading import Network
from explorer.pictures.images import Image
from pages.parts.shell.words import plain, rounded
from pages.parts.widgets import job, resumable, show
from pages.parts.widgets.markup import Patch, patches

SLOT = "index"
_SIDE = 112  # pixels of a patch as sent
_ROW = 6


def kept_index() -> Index | None:
    """The index that the visitor looked at last, if it is whole."""
    running: job.Job[Indexing, None] | None = st.session_state.get(SLOT)
    found = running.latest if running is not None else None
    return found.index if found is not None and found.index.done == found.total else None


def look_through(net: Network, unit: Unit, gallery: Gallery, *, slot: str = SLOT) -> job.Job[Indexing, None]:
    """The index of the unit's layer, being made or there; changing the channel computes nothing."""
    own = isinstance(gallery, UploadedPictures) or net.own  # a visitor's own things stay off the disk
    folder = None if own else _folder()
    key = ("index", net, unit.layer, unit.position, gallery.digest)

    def start(left: Indexing | None) -> Iterator[Indexing]:
        begun = None if left is None else left.index
        return indexing(net, unit.layer, gallery, position=unit.position, folder=folder, begun=begun)

    return resumable.run(slot, key, start, read=_read)


def _read(file: Path) -> tuple[Indexing, list[None]]:
    index = read_index(file)
    assert index is not None, "what comes with the app"
    return Indexing(index.done, 0, index), []


def progress(running: job.Job[Indexing, None]) -> tuple[float, str]:
    """The share of the photographs that has been looked through, in [0, 1], and the words for it."""
    found = running.latest
    assert found is not None
    return found.index.done / found.total, f"Looking through the photographs: {found.index.done} of {found.total}"


def _folder() -> Path | None:
    from explorer.networks.weights.cache_folder import cache_folder

    folder = cache_folder() / "indexes"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a server that may write nothing looks again each time it starts
        return None
    return folder


def draw(
    running: job.Job[Indexing, None],
    net: Network,
    unit: Unit,
    gallery: Gallery,
    image: Image,
    painted: Callable[[], Image | None],
    *,
    whole: bool,
) -> None:
    """Rows of patches from what has been looked through so far, and the histogram, in which the painting stands too."""
    found = running.latest
    if found is None or found.index.done == 0:
        return
    index = found.index
    if running.stopped:
        st.caption(f"Stopped after {index.done} of {found.total} photographs.")
    for title, places in (("Most", index.top), ("Least", index.bottom), ("Random", index.random)):
        draw_row(title, examples(net, unit.layer, gallery, places, unit.channel, count=_ROW), whole)
    try:
        _histogram(index, net, unit, image, painted())
    except MemoryFullError as error:
        st.error(plain(str(error)))


def draw_row(title: str, found: Sequence[Example], whole: bool) -> None:
    """A title and patches in a row, each with its value beneath."""
    patches(title, [_patch(example, whole) for example in found])


def _patch(example: Example, whole: bool) -> Patch:
    pixels = render.box(example.whole.uint8, example.box, thickness=4) if whole else example.image.uint8
    alt = f"{example.source}, value {rounded(example.score)}"
    return Patch(render.png(render.smooth(pixels, _SIDE)), alt, rounded(example.score, 1))


def _histogram(index: Index, net: Network, unit: Unit, image: Image, painted: Image | None) -> None:
    channel = feature_maps(net, image, unit.layer)[unit.channel]
    value = float(channel.max() if unit.position is None else channel[unit.position])
    peaks, marks = index.peaks[:, unit.channel], {"yours": value}
    if painted is not None:
        marks["painted"], mean = peak_and_mean(net, painted, unit)
    show.chart(
        plots.histogram(peaks, x="highest value in a picture", marks=marks, height=150),
        key=f"peaks_{len(peaks)}",
    )
    if not np.isfinite(peaks).any() or float(peaks.max()) <= 0 >= float(peaks.min()):
        st.caption("No picture of the gallery excites this unit at all: it may be dead.")
    st.caption(
        f"Your picture's highest value, **{rounded(value)}**, is above that of "
        f"**{index.percentile(unit.channel, value):.0f} %** of the {len(peaks)} pictures."
    )
    if painted is not None:
        st.caption(_beside_photographs(marks["painted"], mean, float(np.nanmax(peaks, initial=-np.inf))))


def _beside_photographs(peak: float, mean: float, best: float) -> str:
    """What was painted and the best photograph by one measure, the highest value; the mean is what was maximized."""
    told = f"The painting's highest value is **{rounded(peak)}**, its mean, which was maximized, {rounded(mean)}"
    verdict = "above" if peak > best else "not above"
    end = "." if peak > best else ": so it is not what excites this unit most; a photograph does."
    return f"{told}: by its highest value it is **{verdict}** the best of these photographs, {rounded(best)}{end}"
