"""Patches of natural pictures that excite a unit most, least, or were drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.networks.loading import Network
from explorer.networks.receptive_fields import Axis, Field
from explorer.pictures.images import Image, from_array
from explorer.responses.activations import feature_maps
from explorer.responses.units import Unit, check_unit

Priorities = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True)
class Example:
    """What a unit sees of one picture at one position (row, column) of its map.

    `image` is the patch in `box`: (top, left, bottom, right) in pixels of `whole`, the prepared picture, ends excluded:
    the unit's receptive field as far as it lies inside. `score` is the unit's value there, `source` the picture's name.
    """

    image: Image
    box: tuple[int, int, int, int]
    score: float
    source: str
    position: tuple[int, int]
    whole: Image


@dataclass(frozen=True)
class _Place:
    priority: float
    score: float
    picture: Image
    position: tuple[int, int]


def top_examples(
    network: Network, unit: Unit, images: Sequence[Image], *, count: int = 9, per_image: int = 3
) -> list[Example]:
    """The `count` patches with the highest scores, highest first; fewer if the pictures don't have as many.

    At most `per_image` come from one picture, and these don't overlap; equal pictures count once. A unit with a
    position is looked at there only. Raises NetworkError for a unit that the network lacks.
    """
    return _examples(network, unit, images, lambda scores: scores, count, per_image)


def lowest_examples(
    network: Network, unit: Unit, images: Sequence[Image], *, count: int = 9, per_image: int = 3
) -> list[Example]:
    """As `top_examples`, with the lowest scores, lowest first."""
    return _examples(network, unit, images, np.negative, count, per_image)


def random_examples(
    network: Network, unit: Unit, images: Sequence[Image], *, count: int = 9, per_image: int = 3, seed: int = 0
) -> list[Example]:
    """The control: as `top_examples`, but drawn without looking at the scores, in the order drawn."""
    source = np.random.default_rng(seed)

    def draw(scores: NDArray[np.float32]) -> NDArray[np.float32]:
        return source.random(scores.shape, dtype=np.float32)

    return _examples(network, unit, images, draw, count, per_image)


def scores(network: Network, unit: Unit, images: Sequence[Image]) -> NDArray[np.float32]:
    """The unit's highest value in each picture (n,), in order: the score of the picture's first example."""
    check_unit(network, unit)
    return np.array([_channel(network, unit, image).max() for image in images], dtype=np.float32)


def _channel(network: Network, unit: Unit, image: Image) -> NDArray[np.float32]:
    """The unit's map (h, w), or its one value as (1, 1)."""
    channel = feature_maps(network, image, unit.layer)[unit.channel]
    if unit.position is None:
        return channel
    row, column = unit.position
    return channel[row : row + 1, column : column + 1]


def _examples(
    network: Network,
    unit: Unit,
    images: Sequence[Image],
    priorities: Priorities,
    count: int,
    per_image: int,
) -> list[Example]:
    check_unit(network, unit)
    found: list[_Place] = []
    for image in dict.fromkeys(images):
        found += _places(network, unit, image, priorities, per_image)
        found = sorted(found, key=lambda place: -place.priority)[: max(0, count)]
    return [patch_at(network, unit.layer, place.picture, place.score, place.position) for place in found]


def _places(network: Network, unit: Unit, image: Image, priorities: Priorities, per_image: int) -> Iterator[_Place]:
    """The places of one picture with the highest priorities whose patches don't overlap."""
    channel, field = _channel(network, unit, image), network.layer(unit.layer).field
    top, left = unit.position or (0, 0)
    eligible = inside(field, channel.shape, (top, left), network.input_size) & ~np.isnan(channel)
    rows, columns = near(field.rows, channel.shape[0]), near(field.columns, channel.shape[1])
    remaining = np.where(eligible, priorities(channel), -np.inf)
    for _ in range(per_image):
        row, column = (int(i) for i in np.unravel_index(remaining.argmax(), channel.shape))
        priority = float(remaining[row, column])
        if priority == -np.inf:
            return
        yield _Place(priority, float(channel[row, column]), image, (top + row, left + column))
        remaining[np.outer(rows[row], columns[column])] = -np.inf


def near(axis: Axis, length: int) -> NDArray[np.bool_]:
    """For each two of `length` positions along an axis, whether they see a pixel in common: (length, length)."""
    apart = np.abs(np.subtract.outer(np.arange(length), np.arange(length)))
    return np.asarray(apart * axis.stride < max(axis.size, 1))


def inside(field: Field, shape: tuple[int, ...], first: tuple[int, int], side: int) -> NDArray[np.bool_]:
    """Which places of a map from `first` on see at least one pixel, and not padding alone."""

    def seen(axis: Axis, start: int, length: int) -> NDArray[np.bool_]:
        begin = axis.start + (start + np.arange(length)) * axis.stride
        return (np.minimum(begin + axis.size, side) > np.maximum(begin, 0)).astype(np.bool_)

    return np.outer(seen(field.rows, first[0], shape[0]), seen(field.columns, first[1], shape[1]))


def patch_at(network: Network, layer: str, image: Image, score: float, position: tuple[int, int]) -> Example:
    """What a unit of the layer sees of a picture at one position of its map, where its value is `score`."""
    prepared = network.prepare(image)
    box = network.layer(layer).field.clipped(*position, network.input_size)
    top, left, bottom, right = box
    patch = from_array(prepared.pixels[top:bottom, left:right], image.name)
    return Example(patch, box, score, image.name, position, prepared)
