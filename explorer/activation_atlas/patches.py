"""What lies in the pictures where a cell's samples were taken."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.activation_atlas.cells import Cell
from explorer.activation_atlas.samples import Samples
from explorer.dataset_examples.gallery import Gallery
from explorer.dataset_examples.passes import opened
from explorer.networks.loading import Network
from explorer.pictures.images import Image, from_array

LARGEST = 0.4  #: of the prepared picture's side


def patches(network: Network, gallery: Gallery, samples: Samples, cell: Cell, *, count: int = 6) -> Iterator[Image]:
    """The patches of the samples most like the cell's mean, the likest first, one of each source."""
    found: set[int] = set()
    for number, row, column in samples.where[cell.samples].tolist():
        source = gallery.source(number)
        if source not in found and len(found) < count and (image := opened(gallery, number)) is not None:
            found.add(source)
            yield patch(network, samples.layer, image, (row, column))


def patch(network: Network, layer: str, image: Image, position: tuple[int, int]) -> Image:
    """What a place of the layer's map sees of a picture, of large receptive fields the middle only.

    Those of deep layers are larger than the picture, but what moves a unit lies about the middle (Luo et al.,
    "Understanding the Effective Receptive Field", NeurIPS 2016): no more is shown than LARGEST of the side.
    """
    prepared, field, side = network.prepare(image), network.layer(layer).field, network.input_size
    spans = []
    for axis, place in zip((field.rows, field.columns), position, strict=True):
        first, last = axis.span(place)
        length = max(1, min(axis.size, round(LARGEST * side)))
        start = min(max(0, (first + last - length) // 2), side - length)
        spans.append(slice(start, start + length))
    return from_array(prepared.pixels[spans[0], spans[1]], image.name)
