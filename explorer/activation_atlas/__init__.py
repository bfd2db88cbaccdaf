"""Activation atlas: activations of many places laid out in the plane, and what the mean of each region looks like."""

from __future__ import annotations

from explorer.activation_atlas.cell_pictures import direction, painting
from explorer.activation_atlas.cells import ActivationAtlas, Cell, lay_out, zoom_into
from explorer.activation_atlas.layouts import LAYOUTS, ActivationAtlasError
from explorer.activation_atlas.samples import Samples, sampling

__all__ = [
    "LAYOUTS",
    "ActivationAtlas",
    "ActivationAtlasError",
    "Cell",
    "Samples",
    "direction",
    "lay_out",
    "painting",
    "sampling",
    "zoom_into",
]
