"""The values that were gone through, from each to one behind it."""

from __future__ import annotations

from collections.abc import Callable

from explorer.responses.units import Unit
from pages.parts.widgets import places
from pages.parts.widgets import trail as widget
from pages.parts.widgets.tiles import keep_tile

_NAME = "maps"


def draw_trail(unit: Unit, to_layer: Callable[[str], None]) -> None:
    """The values gone through so far, each a way back to itself."""
    widget.trail(_NAME, unit, lambda one: f"{one.layer}, map {one.channel}", lambda one: go(to_layer, one))


def go(to_layer: Callable[[str], None], unit: Unit) -> None:
    """Put another value in use, and on the trail."""
    assert unit.position is not None
    widget.lengthen(_NAME, unit)
    to_layer(unit.layer)
    keep_tile("map", unit.channel)
    places.keep_place(unit.position)
