"""Points in a plane that the visitor drags, adds and takes away, under curves through them; the link holds them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pages.parts.widgets import linked
from pages.parts.widgets.component import component, value_sent

Points = tuple[tuple[float, float], ...]
_DIGITS = 3


@dataclass(frozen=True)
class Curve:
    """Heights over evenly spaced places from −1 to 1, an (r, g, b) colour and, for what lies under another, dashes."""

    name: str
    heights: ArrayLike
    colour: tuple[int, int, int]
    dashed: bool = False


def drag_points(
    points: Points, curves: Sequence[Curve], *, reach: float, most: int, alt: str, key: str, link: str
) -> None:
    """Show 1 to `most` points, x from −1 to 1, y from −reach to reach; where they are moved, `link` holds them."""
    given = [
        {
            "name": curve.name, "colour": "rgb({} {} {})".format(*curve.colour), "dashed": curve.dashed,
            "y": [float(f"{y:.5g}") for y in np.nan_to_num(np.asarray(curve.heights, float))],
        }
        for curve in curves
    ]  # fmt: skip
    data = {"points": [list(one) for one in points], "curves": given, "reach": reach, "most": most, "alt": alt}

    def moved() -> None:
        found = _points(value_sent(key, "moved"), most)
        if found is not None:
            linked.keep(link, write(found))

    component("points")(data=data, key=key, on_moved_change=moved)


def write(points: Points) -> str:
    """Points as a link has them: -0.5_0.25_0.5_0.1."""
    return "_".join(f"{number:.{_DIGITS}f}".rstrip("0").rstrip(".") for point in points for number in point)


def read(text: str, most: int) -> Points:
    """The points in a link. Raises ValueError when it was garbled."""
    numbers = [float(part) for part in text.split("_")]
    found = _points(list(zip(numbers[::2], numbers[1::2], strict=True)), most)
    if found is None:
        raise ValueError(f"{text!r} is no row of points.")
    return found


def _points(given: Any, most: int) -> Points | None:
    """Points from the browser or a link; None where they can't be any."""
    try:
        points = tuple((round(float(x), _DIGITS), round(float(y), _DIGITS)) for x, y in given)
    except (TypeError, ValueError, OverflowError):
        return None
    fine = 1 <= len(points) <= most and all(abs(x) <= 1 and math.isfinite(y) and abs(y) <= 1e6 for x, y in points)
    return points if fine else None
