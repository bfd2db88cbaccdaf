"""A picture on which the visitor draws a box: a component, and the box its hand has left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer import render
from explorer.filtering.patterns import LEAST_SIDE, Box, Found
from explorer.pictures.images import Image
from pages.parts.shell.words import number
from pages.parts.widgets import linked
from pages.parts.widgets.component import component, pack, values_sent


@dataclass(frozen=True, eq=False)
class ScoreMap:
    """Scores (rows, columns) by the window's upper left corner, and a picture of them as large as what is searched."""

    scores: NDArray[np.floating[Any]]
    pattern: tuple[int, int]  #: rows and columns of the window
    drawn: render.Picture
    alt: str

    def packed(self) -> tuple[dict[str, Any], list[bytes]]:
        """What the component needs to say a score where the visitor points: in 256 levels."""
        low, high = float(self.scores.min()), float(self.scores.max())
        levels = render.to_uint8((self.scores - low) / ((high - low) or 1))
        rows, columns = self.scores.shape
        header = {"rows": rows, "columns": columns, "pattern": self.pattern, "low": low, "high": high, "alt": self.alt}
        return header, [render.png(self.drawn), levels.tobytes()]


def draw_box(
    image: Image, box: Box, found: Sequence[Found], *, revision: int, alt: str, key: str,
    on_settled: Callable[[], None], score_map: ScoreMap | None = None,
) -> None:  # fmt: skip
    """Show the picture with its box and, under it, what was `found`; `on_settled` is called after a new box is drawn.

    A new `revision` makes the component take the box given, whatever the hand had drawn. The map stands beside the
    picture: pointing at one shows the place on the other.
    """
    scores, parts = score_map.packed() if score_map else (None, [])
    parts = [image.png(), *parts]
    header = {
        "width": image.width, "height": image.height, "digest": image.digest[:16], "box": list(box), "alt": alt,
        "revision": revision, "found": [{"box": list(f.box), "text": number(f.score, decimals=2)} for f in found],
        "scores": scores, "parts": [len(part) for part in parts],
    }  # fmt: skip
    component("box")(data=pack(header, b"".join(parts)), key=key, on_settled_change=on_settled)


def settled(key: str, image: Image) -> Box | None:
    """The box that the visitor's hand has left on this picture; None for none, or what no hand could draw."""
    given = values_sent(key)
    return checked(given.get("box"), image) if given.get("digest") == image.digest[:16] else None


def read(text: str) -> Box:
    """The box in a link, top_left_bottom_right. Raises ValueError when it is garbled."""
    top, left, bottom, right = map(linked.whole, text.split("_"))
    return top, left, bottom, right


def write(box: Box) -> str:
    """A box as a link has it."""
    return "_".join(map(str, box))


def checked(given: Any, image: Image) -> Box | None:
    """A box from plain values; None when it is none, too small, or not on this picture."""
    try:
        top, left, bottom, right = (int(value) for value in given)
    except (TypeError, ValueError):
        return None
    fits = 0 <= top <= bottom - LEAST_SIDE and 0 <= left <= right - LEAST_SIDE
    return (top, left, bottom, right) if fits and bottom <= image.height and right <= image.width else None
