"""The sheet of 1,280 maps, from the layer's numbers to the browser's PNG: 150 ms, counted in yardsticks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.measure import Figure, interleave, timed
from benchmarks.yardstick import within, yardstick
from explorer.networks.loading import load_network
from explorer.pictures.samples import sample
from explorer.render import map_tiles, mosaic, png
from explorer.responses.activations import feature_maps
from explorer.responses.ranking import order

LAYER, LIMIT_MS = "conv_head", 150
TIMES = 3  # the screen's sheet is 900 pixels wide, so that 36 maps of 7 × 7 side by side are enlarged three times


def figures() -> Iterator[Figure]:
    network = load_network()
    maps = feature_maps(network, sample("flower"), LAYER)
    assert len(maps) == 1280
    for name, shared in (("each on its own scale", False), ("one scale", True)):

        def ours(shared: bool = shared) -> object:
            tiles = map_tiles(maps[order(maps, "variance")], shared=shared)
            return png(mosaic(np.repeat(np.repeat(tiles, TIMES, 1), TIMES, 2)))

        medians = interleave(timed(ours), yardstick, rounds=15)
        yield Figure(f"mosaic: 1,280 maps, {name}", *medians, within(LIMIT_MS), note="sorted, drawn and encoded")
