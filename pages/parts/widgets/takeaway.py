"""What a visitor can take away: pictures, numbers, code; made only when asked for.

What the screen that is open offers is remembered, so that *Keep this* collects it, whatever the screen.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import animation, render
from pages.parts.shell import theme
from pages.parts.shell.visit import in_this_visit

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_OFFERED = "takeaway_offered"  # in the session: what the open screen offers


@dataclass
class Offered:
    """The pictures, each made when it is kept, and the code that a screen offers."""

    screen: str
    pictures: dict[str, Callable[[], bytes]] = field(default_factory=dict)  #: PNG, by label
    code: str = ""


def begin(screen: str) -> None:
    """A screen is about to be drawn: what the last one offered is forgotten."""
    st.session_state[_OFFERED] = Offered(screen)


def offered() -> Offered:
    """What the open screen offers to take away."""
    found: Offered = st.session_state.setdefault(_OFFERED, Offered(""))
    return found


def file_name(*shown: str) -> str:
    """A file's name, without its ending, of what it shows: "coffee-as-broccoli"; of a picture's own file its name."""
    names = (
        re.sub(r"[^\w.]+", "-", re.sub(r"\.(jpe?g|png|webp|gif|bmp|tiff?)$", "", one, flags=re.I)) for one in shown
    )
    return "-".join(name.strip("-.") or "picture" for name in names)


def take_picture(pixels: render.Picture, file: str, label: str) -> None:
    """A button that saves an 8-bit picture as PNG, without loss."""
    offered().pictures[label] = lambda: render.png(pixels)
    take_file(lambda: render.png(pixels), file, label, "image/png")


def take_chart(figure: Figure, file: str, label: str = "The chart") -> None:
    """A button that saves a figure of `explorer.plots` as PNG, on white."""
    colours = theme.on_white()

    def make() -> bytes:
        from explorer.chart_pictures import drawn  # Matplotlib, the first time that it is asked for

        return render.png(drawn(figure, colours))

    offered().pictures[label] = make
    take_file(make, file, label, "image/png")


def take_film(frames: Callable[[], Iterable[render.Picture]], file: str, label: str) -> None:
    """Buttons that save 8-bit pictures, one after another, as a GIF and as MP4; `file` is without its ending."""
    take_file(lambda: animation.gif(list(frames())), f"{file}.gif", f"{label} (GIF)", "image/gif")
    take_file(lambda: animation.mp4(list(frames())), f"{file}.mp4", f"{label} (MP4)", "video/mp4")


def take_chart_film(figures: Callable[[], Iterable[Figure]], file: str, label: str) -> None:
    """Buttons that save figures as a film: the same curves, which move, and the x axis says how far it is."""
    colours = theme.on_white()

    def frames() -> Iterator[render.Picture]:
        from explorer.chart_pictures import film

        return film(figures(), colours)

    take_film(frames, file, label)


def take_array(values: NDArray[Any], file: str, label: str) -> None:
    """A button that saves numbers as NPY."""
    take_file(lambda: _npy(values), file, label, "application/octet-stream")


def take_file(make: Callable[[], bytes], file: str, label: str, kind: str) -> None:
    """A button that saves what `make` makes when it is pressed, which is outside of any run: it brings what it needs.

    It stands in a container of its own: what a fragment writes into a corner outside itself has else one and the same
    place for Streamlit, which then forgets all files of that place but the last.
    """
    st.container().download_button(
        label, in_this_visit(make), file, kind, on_click="ignore", key=f"take_{file}", width="stretch"
    )  # fmt: skip


def take_code(code: str) -> None:
    """The lines that give the same in a notebook."""
    offered().code = code
    st.code(code, language="python")


def _npy(values: NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()
