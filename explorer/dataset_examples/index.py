"""An index of a gallery: for every channel of a layer the places that excite it most and least, kept in one pass.

Its size depends on the channels and not on the gallery; it is resumed where it was left.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from explorer.atomic import atomic_write
from explorer.cache import memoised
from explorer.dataset_examples.examples import Example, patch_at
from explorer.dataset_examples.gallery import Gallery
from explorer.dataset_examples.passes import BATCH, layer_maps, opened
from explorer.dataset_examples.places import COUNT, MOST_PEAKS, PER_IMAGE, Index, Places, empty, with_picture
from explorer.networks.loading import Network
from explorer.responses.units import Unit, check_unit, map_shape

_SAVE_EVERY = 5.0  # seconds


@dataclass(frozen=True, eq=False)
class Indexing:
    """After some pictures: how many of how many, how many of them could not be opened, and the index so far."""

    total: int
    skipped: int
    index: Index


def indexing(
    network: Network,
    layer: str,
    gallery: Gallery,
    *,
    position: tuple[int, int] | None = None,
    folder: Path | None = None,
    begun: Index | None = None,
) -> Iterator[Indexing]:
    """Look through a gallery once, for all channels of a layer; at one `position` (row, column) only, if given.

    No two places of one picture overlap, and at most PER_IMAGE are taken of it. With a `folder`, the index is kept
    there, taken up again where an earlier pass was left, and read at once when it was finished; a pass that was stopped
    goes on from its last index, `begun`. Raises, here and not later, NetworkError for a layer or position that the
    network lacks.
    """
    check_unit(network, Unit(layer, 0, position))
    file = None if folder is None else folder / f"{_key(network, layer, position, gallery)}.npz"
    return _pass(network, layer, gallery, position, file, begun)


def _pass(
    network: Network,
    layer: str,
    gallery: Gallery,
    position: tuple[int, int] | None,
    file: Path | None,
    begun: Index | None,
) -> Iterator[Indexing]:
    total, channels = len(gallery.names), map_shape(network.layer(layer))[0]
    index = begun or (file and read_index(file)) or empty(channels)
    yield Indexing(total, 0, index)
    skipped, saved = 0, time.monotonic()
    while index.done < total:
        numbers = range(index.done, min(index.done + BATCH, total))
        images = {number: opened(gallery, number) for number in numbers}
        there = {number: image for number, image in images.items() if image is not None}
        skipped += len(images) - len(there)
        for number, maps in layer_maps(network, layer, there):
            index = with_picture(index, number, maps, network, layer, position)
        index = replace(index, done=numbers.stop)
        if file and (index.done == total or time.monotonic() > saved + _SAVE_EVERY):
            with suppress(OSError):  # a disk that is full or can't be written: it is looked through again next time
                write_index(index, file)
            saved = time.monotonic()
        yield Indexing(total, skipped, index)


def examples(
    network: Network, layer: str, gallery: Gallery, places: Places, channel: int, *, count: int = COUNT
) -> list[Example]:
    """The patches at a channel's places, first first; only their pictures are opened."""
    rows = zip(places.values[channel], places.where[channel], strict=True)
    chosen = [(float(score), [int(n) for n in where]) for score, where in rows if not np.isnan(score)][:count]
    found = ((score, opened(gallery, number), (row, column)) for score, (number, row, column) in chosen)
    return [patch_at(network, layer, image, score, place) for score, image, place in found if image is not None]


def _key(network: Network, layer: str, position: tuple[int, int] | None, gallery: Gallery) -> str:
    parts = (_fingerprint(network), layer, str(position), gallery.digest, str((COUNT, PER_IMAGE, MOST_PEAKS)))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


@memoised
def _fingerprint(network: Network) -> str:
    """Of weights and structure: the same network has it in every process."""
    way = (network.input_size, network.resize, network.interpolation, network.squash)
    digest = hashlib.sha256(f"{network.module!r} {way}".encode())
    for tensor in network.module.state_dict().values():
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def write_index(index: Index, file: Path) -> None:
    """Write an index whole or not at all, whoever reads at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    parts = {f"{kind}_{f.name}": getattr(getattr(index, kind), f.name) for kind in _KINDS for f in fields(Places)}
    with atomic_write(file) as opened:
        np.savez(opened, done=index.done, peaks=index.peaks, numbers=index.numbers, **parts)


def read_index(file: Path) -> Index | None:
    """The index that `write_index` wrote; None when there is none or it is damaged."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
            places = {kind: Places(*(kept[f"{kind}_{f.name}"] for f in fields(Places))) for kind in _KINDS}
            return Index(int(kept["done"]), **places, peaks=kept["peaks"], numbers=kept["numbers"])
    except (OSError, KeyError, ValueError, EOFError, BadZipFile):
        return None


_KINDS = ("top", "bottom", "random")
