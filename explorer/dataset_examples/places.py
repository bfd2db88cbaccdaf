"""What an index keeps: for each channel of a layer the places that excite it most and least, picture after picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.dataset_examples.non_overlapping import inside, top_non_overlapping
from explorer.networks.loading import Network
from explorer.networks.tracing.receptive_fields import Field

COUNT, PER_IMAGE = 12, 3
MOST_PEAKS = 2048  #: pictures, drawn evenly from all, of which each channel's highest value is kept

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


def empty(channels: int) -> Index:
    """The index of no picture."""
    none = Places(
        np.zeros((channels, 0), np.float32), np.zeros((channels, 0, 3), np.int32), np.zeros((channels, 0), np.float32)
    )
    return Index(0, none, none, none, np.zeros((0, channels), np.float32), np.zeros(0, np.int32))


def with_picture(
    index: Index, number: int, maps: Values, network: Network, layer: str, position: tuple[int, int] | None
) -> Index:
    """The index with one more picture's maps (C, h, w)."""
    first = position or (0, 0)
    if position is not None:
        maps = maps[:, first[0] : first[0] + 1, first[1] : first[1] + 1]
    field, shape = network.layer(layer).field, maps.shape[1:]
    seen = inside(field, shape, first, network.input_size)
    source = np.random.default_rng(number)
    drawn = np.broadcast_to(source.random(shape, dtype=np.float32), maps.shape)

    def merged(old: Places, priorities: Values) -> Places:
        ordered = np.where(seen & ~np.isnan(maps), priorities, -np.inf).astype(np.float32)
        return _merged(old, _best(maps, ordered, field, number, first))

    peaks, numbers = _peaks(index, np.where(seen, maps, -np.inf).max((1, 2)), number, source)
    return replace(
        index,
        top=merged(index.top, maps), bottom=merged(index.bottom, -maps), random=merged(index.random, drawn),
        peaks=peaks, numbers=numbers,
    )  # fmt: skip


def _best(maps: Values, order: Values, field: Field, number: int, first: tuple[int, int]) -> Places:
    """The PER_IMAGE places (C, k) of one picture with the highest order (C, h, w) that don't overlap."""
    highest, rows, columns = top_non_overlapping(order, field, PER_IMAGE)
    there = maps[np.arange(len(maps))[:, None], rows, columns]
    where = np.stack([np.full_like(rows, number), rows + first[0], columns + first[1]], 2)
    values = np.where(highest > -np.inf, there, np.nan)
    return Places(values.astype(np.float32), where.astype(np.int32), highest.astype(np.float32))


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
