"""Samples of a layer's activations: a few places of its map for each picture of a gallery."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.architecture.neighbours import main_path
from explorer.dataset_examples.gallery import Gallery
from explorer.dataset_examples.non_overlapping import inside
from explorer.dataset_examples.passes import BATCH, layer_maps, opened
from explorer.networks.loading import Network, NetworkError
from explorer.pictures.images import Image
from explorer.responses.units import checked_layer, map_shape

PLACES = 8  #: of each picture's map: neighbouring ones are much alike
MOST_PICTURES = 250  #: drawn evenly from a larger gallery


@dataclass(frozen=True, eq=False)
class Samples:
    """Activations at places of a layer's map: `vectors` (n, C), and `where` (n, 3): the picture's number, row, column.

    They are of the first `done` of `total` pictures that were drawn, of which `skipped` could not be opened.
    """

    layer: str
    vectors: NDArray[np.float32]
    where: NDArray[np.int32]
    done: int
    total: int
    skipped: int = 0

    def __len__(self) -> int:
        return len(self.vectors)

    def some(self, numbers: NDArray[np.intp]) -> Samples:
        """Only those of these numbers, in their order."""
        return replace(self, vectors=self.vectors[numbers], where=self.where[numbers])


def layers_with_maps(network: Network) -> tuple[str, ...]:
    """The layers of the network's main path of which an atlas can be made, in order. Raises NetworkError for none."""
    found = tuple(layer.name for layer in main_path(network) if layer.has_maps)
    if not found:
        raise NetworkError(f"{network.name} has no layer with maps, so there are no places to sample.")
    return found


def usual_layer(network: Network) -> str:
    """Three quarters of the way, where parts of objects are told apart and most of them still have a place."""
    found = layers_with_maps(network)
    return found[3 * len(found) // 4]


def sampling(
    network: Network,
    layer: str,
    gallery: Gallery,
    *,
    places: int = PLACES,
    most: int = MOST_PICTURES,
    seed: int = 0,
    begun: Samples | None = None,
) -> Iterator[Samples]:
    """Look through at most so many of a gallery's pictures, and keep the activations at a few places of each.

    Pictures and places are drawn by the seed. Activations that are all zero have no direction and are left out. A pass
    that was stopped goes on from its last samples, `begun`. Raises, here and not later, NetworkError for a layer that
    the network lacks or that has no map.
    """
    if not checked_layer(network, layer).has_maps:
        raise NetworkError(f"{layer} has one value for each channel and no places; choose a layer with maps.")
    drawn = np.sort(np.random.default_rng(seed).permutation(len(gallery.names))[:most])
    nothing = Samples(
        layer, np.zeros((0, map_shape(network.layer(layer))[0]), np.float32), np.zeros((0, 3), np.int32), 0, len(drawn)
    )
    return _pass(network, gallery, drawn, places, seed, begun or nothing)


def _pass(
    network: Network, gallery: Gallery, drawn: NDArray[np.intp], places: int, seed: int, samples: Samples
) -> Iterator[Samples]:
    yield samples
    while samples.done < samples.total:
        numbers = [int(n) for n in drawn[samples.done : samples.done + BATCH]]
        images = {number: opened(gallery, number) for number in numbers}
        there = {number: image for number, image in images.items() if image is not None}
        samples = _with_pictures(network, samples, there, places, seed)
        samples = replace(samples, done=samples.done + len(numbers), skipped=samples.skipped + len(images) - len(there))
        yield samples


def _with_pictures(network: Network, samples: Samples, images: Mapping[int, Image], places: int, seed: int) -> Samples:
    field = network.layer(samples.layer).field
    vectors, where = [samples.vectors], [samples.where]
    for number, maps in layer_maps(network, samples.layer, dict(images)):
        seen = inside(field, maps.shape[1:], (0, 0), network.input_size) & maps.any(0) & np.isfinite(maps).all(0)
        rows, columns = np.nonzero(seen)
        some = np.random.default_rng([seed, number]).permutation(len(rows))[:places]
        rows, columns = rows[some], columns[some]
        vectors.append(maps[:, rows, columns].T)
        where.append(np.stack([np.full_like(rows, number), rows, columns], 1).astype(np.int32))
    return replace(samples, vectors=np.concatenate(vectors), where=np.concatenate(where))
