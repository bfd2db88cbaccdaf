"""What a unit looks for: the picture painted for it, if the atlas has one, and the photographs that excite it most."""

from __future__ import annotations

import cv2
import numpy as np

import explorer
from explorer import render
from explorer.cache import memo
from explorer.maximization.atlas import AtlasError, Entry, read_atlas
from explorer.maximization.peak_and_mean import peak_and_mean
from explorer.networks.loading import Network
from explorer.pictures.images import Image, ImageError
from explorer.pictures.samples import sample, sample_names
from explorer.responses.units import Unit
from pages.parts.live.live_component import Beside, Illustration
from pages.parts.shell.words import rounded
from pages.parts.widgets.component import ASSETS

_SIDE, _PHOTOGRAPHS = 112, 4


def beside(net: Network, unit: Unit) -> Beside:
    """All that is shown beside a unit; the same for every visitor, so it is looked for once."""
    return memo(("live", net, unit), lambda: _found(net, unit))


def _found(net: Network, unit: Unit) -> Beside:
    best = explorer.top_examples(net, unit, [sample(name) for name in sample_names()], count=_PHOTOGRAPHS)
    photographs = [Illustration(_small(one.image.uint8), f"{one.source}, {rounded(one.score)}") for one in best]
    return Beside([*painted(net, unit), *photographs], best[0].score)


def painted(net: Network, unit: Unit) -> list[Illustration]:
    """The atlas's picture of this unit, or none."""
    folder = ASSETS / "atlas" / net.name
    try:
        atlas = read_atlas(folder)
        entry = next((one for one in atlas.entries if one.unit == unit), None)
        return [] if entry is None else [_painted(net, atlas.image(entry), entry)]
    except (AtlasError, ImageError):  # of this network there is none, or a file is gone
        return []


def _painted(net: Network, picture: Image, entry: Entry) -> Illustration:
    peak, _ = peak_and_mean(net, picture, entry.unit)  # as photographs are told: the score is a mean over all places
    return Illustration(_small(picture.uint8), f"painted for it, {rounded(peak)}", painted=True)


def _small(pixels: render.Picture) -> render.Picture:
    height, width = pixels.shape[:2]
    factor = _SIDE / min(height, width)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)
