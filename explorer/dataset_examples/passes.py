"""Passes over a gallery: a few pictures at a time, each opened if it can be, and a layer's maps for them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.compute import compute_slot, in_parallel, passes_at_once
from explorer.dataset_examples.gallery import Gallery
from explorer.networks.loading import Network, to_tensor
from explorer.pictures.images import Image, ImageError
from explorer.responses.activations import maps_of, outputs

BATCH = 8  #: pictures of one pass


def opened(gallery: Gallery, number: int) -> Image | None:
    """A picture of the gallery, or None: one broken file among thousands is passed over, and counted."""
    try:
        return gallery.open(number)
    except (ImageError, OSError):
        return None


def layer_maps(network: Network, layer: str, images: dict[int, Image]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """The layer's maps (C, h, w) for each picture, by its number.

    The pictures are dealt out among as many passes as the cores have time for.
    """
    if not images:
        return
    pixels = np.stack([network.prepare(image).pixels for image in images.values()])

    def maps(part: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        with compute_slot(), torch.inference_mode():
            found = outputs(network, to_tensor(part, network.device), [layer])[layer]
            return [maps_of(network.layer(layer), one).float().cpu().numpy() for one in found]

    parts = np.array_split(pixels, min(len(pixels), passes_at_once()))
    yield from zip(images, chain.from_iterable(in_parallel([partial(maps, part) for part in parts])), strict=True)
