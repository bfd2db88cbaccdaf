"""An index of a gallery: for every channel of a layer the places that excite it most and least, kept in one pass.

Its size depends on the channels and not on the gallery; it is resumed where it was left.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.cache import memoised
from explorer.collection.examples import Example, inside, near, patch_at
from explorer.collection.gallery import Gallery
from explorer.compute import heavy
from explorer.maximize.objectives import Unit, check_unit, map_shape
from explorer.networks.loading import Network, to_tensor
from explorer.pictures.images import Image, ImageError
from explorer.responses.activations import as_maps, outputs

COUNT, PER_IMAGE = 12, 3
MOST_PEAKS = 2048  #: pictures, drawn evenly from all, of which each channel's highest value is kept
_BATCH = 8
_SAVE_EVERY = 5.0  # seconds

Values = NDArray[np.float32]
Numbers = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Places:
    """For each channel up to COUNT places, the first first: values (C, k), NaN where there are no more, and `where`
    (C, k, 3): the picture's number, row, column. `order` (C, k) is what they are sorted by, falling.
    """

    values: Values
    where: Numbers
    order: Values


@dataclass(frozen=True, eq=False)
class Index:
    """What was found in the first `done` pictures of a gallery. `peaks` (n, C): each channel's highest values."""

    done: int
    top: Places
    bottom: Places
    random: Places
    peaks: Values
    numbers: Numbers  #: of the pictures that the peaks are of

    def percentile(self, channel: int, value: float) -> float:
        """The share in % of the pictures whose highest value is lower."""
        return 100 * float((self.peaks[:, channel] < value).mean()) if len(self.peaks) else 0.0

    def most_excited(self, peaks: Values) -> int:
        """The channel whose highest value in a picture (C,) is furthest above that of pictures, in deviations."""
        spread = self.peaks.std(0) if len(self.peaks) else np.zeros(len(peaks))
        above = (peaks - self.peaks.mean(0)) / np.maximum(spread, 1e-6) if len(self.peaks) else peaks
        return int(np.where(spread > 1e-6, above, -np.inf).argmax()) if spread.any() else int(peaks.argmax())


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
) -> Iterator[Indexing]:
    """Look through a gallery once, for all channels of a layer; at one `position` (row, column) only, if given.

    No two places of one picture overlap, and at most PER_IMAGE are taken of it. With a `folder`, the index is kept
    there, taken up again where an earlier pass was left, and read at once when it was finished. Raises, here and not
    later, NetworkError for a layer or position that the network lacks.
    """
    check_unit(network, Unit(layer, 0, position))
    file = None if folder is None else folder / f"{_key(network, layer, position, gallery)}.npz"
    return _pass(network, layer, gallery, position, file)


def _pass(
    network: Network, layer: str, gallery: Gallery, position: tuple[int, int] | None, file: Path | None
) -> Iterator[Indexing]:
    total, channels = len(gallery.names), map_shape(network.layer(layer))[0]
    index = (file and _load(file)) or _empty(channels)
    yield Indexing(total, 0, index)
    skipped, saved = 0, time.monotonic()
    while index.done < total:
        numbers = range(index.done, min(index.done + _BATCH, total))
        images = {number: _opened(gallery, number) for number in numbers}
        there = {number: image for number, image in images.items() if image is not None}
        skipped += len(images) - len(there)
        for number, maps in _maps(network, layer, there):
            index = _with(index, number, maps, network, layer, position)
        index = replace(index, done=numbers.stop)
        if file and (index.done == total or time.monotonic() > saved + _SAVE_EVERY):
            _save(index, file)
            saved = time.monotonic()
        yield Indexing(total, skipped, index)


def _opened(gallery: Gallery, number: int) -> Image | None:
    try:
        return gallery.open(number)
    except (ImageError, OSError):  # one broken file among thousands is passed over, and counted
        return None


def _maps(network: Network, layer: str, images: dict[int, Image]) -> Iterator[tuple[int, Values]]:
    if not images:
        return
    pixels = np.stack([network.prepare(image).pixels for image in images.values()])
    with heavy(), torch.inference_mode():
        found = outputs(network, to_tensor(pixels, network.device), [layer])[layer]
        maps = [as_maps(one).float().cpu().numpy() for one in found]
    yield from zip(images, maps, strict=True)


def _with(
    index: Index, number: int, maps: Values, network: Network, layer: str, position: tuple[int, int] | None
) -> Index:
    """The index with one more picture's maps (C, h, w)."""
    first = position or (0, 0)
    if position is not None:
        maps = maps[:, first[0] : first[0] + 1, first[1] : first[1] + 1]
    field, shape = network.layer(layer).field, maps.shape[1:]
    seen = inside(field, shape, first, network.input_size)
    rows, columns = near(field.rows, shape[0]), near(field.columns, shape[1])
    source = np.random.default_rng(number)
    drawn = np.broadcast_to(source.random(shape, dtype=np.float32), maps.shape)

    def merged(old: Places, priorities: Values) -> Places:
        ordered = np.where(seen & ~np.isnan(maps), priorities, -np.inf).astype(np.float32)
        return _merged(old, _best(maps, ordered, rows, columns, number, first))

    peaks, numbers = _peaks(index, np.where(seen, maps, -np.inf).max((1, 2)), number, source)
    return replace(
        index,
        top=merged(index.top, maps), bottom=merged(index.bottom, -maps), random=merged(index.random, drawn),
        peaks=peaks, numbers=numbers,
    )  # fmt: skip


def _best(
    maps: Values,
    order: Values,
    rows: NDArray[np.bool_],
    columns: NDArray[np.bool_],
    number: int,
    first: tuple[int, int],
) -> Places:
    """The PER_IMAGE places (C, k) of one picture with the highest order (C, h, w) that don't overlap."""
    channels, _, width = maps.shape
    flat, remaining = maps.reshape(channels, -1), order.copy()
    found = []
    for _ in range(PER_IMAGE):
        at = remaining.reshape(channels, -1).argmax(1)
        row, column = np.divmod(at, width)
        highest = remaining.reshape(channels, -1)[np.arange(channels), at]
        where = np.stack([np.full(channels, number), row + first[0], column + first[1]], 1)
        found.append((np.where(highest > -np.inf, flat[np.arange(channels), at], np.nan), where, highest))
        remaining[rows[row][:, :, None] & columns[column][:, None, :]] = -np.inf
    values, places, highest = (np.stack(parts, 1) for parts in zip(*found, strict=True))
    return Places(values.astype(np.float32), places.astype(np.int32), highest.astype(np.float32))


def _merged(old: Places, new: Places) -> Places:
    order = np.concatenate([old.order, new.order], 1)
    take = np.argsort(-order, axis=1, kind="stable")[:, :COUNT]
    return Places(
        np.take_along_axis(np.concatenate([old.values, new.values], 1), take, 1),
        np.take_along_axis(np.concatenate([old.where, new.where], 1), take[..., None], 1),
        np.take_along_axis(order, take, 1),
    )


def _peaks(index: Index, peak: Values, number: int, source: np.random.Generator) -> tuple[Values, Numbers]:
    """A reservoir: each picture so far is in it with the same chance (Vitter 1985, algorithm R)."""
    if len(index.peaks) < MOST_PEAKS:
        return np.concatenate([index.peaks, peak[None]]), np.append(index.numbers, np.int32(number))
    place = int(source.integers(number + 1))
    if place >= MOST_PEAKS:
        return index.peaks, index.numbers
    peaks, numbers = index.peaks.copy(), index.numbers.copy()
    peaks[place], numbers[place] = peak, number
    return peaks, numbers


def examples(
    network: Network, layer: str, gallery: Gallery, places: Places, channel: int, *, count: int = COUNT
) -> list[Example]:
    """The patches at a channel's places, first first; only their pictures are opened."""
    rows = zip(places.values[channel], places.where[channel], strict=True)
    chosen = [(float(score), [int(n) for n in where]) for score, where in rows if not np.isnan(score)][:count]
    opened = ((score, _opened(gallery, number), (row, column)) for score, (number, row, column) in chosen)
    return [patch_at(network, layer, image, score, place) for score, image, place in opened if image is not None]


def _empty(channels: int) -> Index:
    none = Places(
        np.zeros((channels, 0), np.float32), np.zeros((channels, 0, 3), np.int32), np.zeros((channels, 0), np.float32)
    )
    return Index(0, none, none, none, np.zeros((0, channels), np.float32), np.zeros(0, np.int32))


def _key(network: Network, layer: str, position: tuple[int, int] | None, gallery: Gallery) -> str:
    parts = (_fingerprint(network), layer, str(position), gallery.digest, str((COUNT, PER_IMAGE, MOST_PEAKS)))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


@memoised
def _fingerprint(network: Network) -> str:
    """Of weights and structure: the same network has it in every process."""
    digest = hashlib.sha256(f"{network.module!r} {network.input_size} {network.resize}".encode())
    for tensor in network.module.state_dict().values():
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _save(index: Index, file: Path) -> None:
    """Whole or not at all, whoever reads at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    parts = {f"{kind}_{f.name}": getattr(getattr(index, kind), f.name) for kind in _KINDS for f in fields(Places)}
    draft = file.with_suffix(f".{os.getpid()}.part")
    with draft.open("wb") as opened:
        np.savez(opened, done=index.done, peaks=index.peaks, numbers=index.numbers, **parts)
    draft.replace(file)


def _load(file: Path) -> Index | None:
    """The index kept in a file; None when there is none or it is damaged."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
            places = {kind: Places(*(kept[f"{kind}_{f.name}"] for f in fields(Places))) for kind in _KINDS}
            return Index(int(kept["done"]), **places, peaks=kept["peaks"], numbers=kept["numbers"])
    except (OSError, KeyError, ValueError, EOFError, BadZipFile):
        return None


_KINDS = ("top", "bottom", "random")
