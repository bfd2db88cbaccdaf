"""Patches of natural pictures that excite a unit most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.dataset_examples.non_overlapping import inside, top_non_overlapping
from explorer.networks.loading import Network
from explorer.pictures.images import Image, from_array
from explorer.responses.activations import feature_maps
from explorer.responses.units import Unit, check_unit


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
class _Candidate:
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
    check_unit(network, unit)
    found: list[_Candidate] = []
    for image in dict.fromkeys(images):
        found += _places(network, unit, image, per_image)
        found = sorted(found, key=lambda place: -place.score)[: max(0, count)]
    return [patch_at(network, unit.layer, place.picture, place.score, place.position) for place in found]


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


def _places(network: Network, unit: Unit, image: Image, count: int) -> Iterator[_Candidate]:
    """The places of one picture with the highest scores whose patches don't overlap."""
    channel, field = _channel(network, unit, image), network.layer(unit.layer).field
    top, left = unit.position or (0, 0)
    eligible = inside(field, channel.shape, (top, left), network.input_size) & ~np.isnan(channel)
    (highest,), (rows,), (columns,) = top_non_overlapping(np.where(eligible, channel, -np.inf)[None], field, count)
    for score, row, column in zip(highest.tolist(), rows.tolist(), columns.tolist(), strict=True):
        if score > -np.inf:
            yield _Candidate(score, image, (top + row, left + column))


def patch_at(network: Network, layer: str, image: Image, score: float, position: tuple[int, int]) -> Example:
    """What a unit of the layer sees of a picture at one position of its map, where its value is `score`."""
    prepared = network.prepare(image)
    box = network.layer(layer).field.clipped(*position, network.input_size)
    top, left, bottom, right = box
    patch = from_array(prepared.pixels[top:bottom, left:right], image.name)
    return Example(patch, box, score, image.name, position, prepared)
