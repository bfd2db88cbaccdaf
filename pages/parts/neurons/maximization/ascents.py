"""Several gradient ascents in one job, drawn side by side as they go; afterwards each can be scrubbed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import plots, render
from explorer.compute import in_parallel
from explorer.maximization import Step
from explorer.maximization.opacity import faded
from explorer.pictures.images import from_array
from pages.parts.shell.words import rounded
from pages.parts.widgets import job, show, takeaway
from pages.parts.widgets.player import Reel, play_together

Ascents = Iterator[Step | tuple[Step, ...]] | Iterator[Step] | Iterator[tuple[Step, ...]]
Start = Callable[[], Ascents]
_FILM_SIDE = 256  # pixels
_MATTERED = 64  # pixels of the map of what mattered, which is blurred anyway
_DEAD = "This unit is dead here: no gradient reaches it, so there is none to follow."
_CURVE_EVERY = 8  # steps: the browser builds a chart anew whenever it changes


@dataclass(frozen=True)
class KeptStep:
    """A step of one of the ascents, as a job keeps it."""

    panel: int
    number: int
    score: float
    dead: bool
    png: bytes
    mattered: NDArray[np.float32] | None = None  #: small, (s, s)


Running = job.Job[tuple[int, Step], KeptStep]


def side_by_side(starts: Sequence[Start]) -> Iterator[tuple[int, Step]]:
    """A step of each ascent in turn, with the number of its panel; one that makes many pictures at once fills many."""
    running: list[tuple[int, Ascents]] = []
    panel = 0
    for start in starts:
        ascent = start()
        found: Step | tuple[Step, ...] | None = next(ascent)
        assert found is not None
        first = _steps(found)
        yield from enumerate(first, panel)
        running.append((panel, ascent))
        panel += len(first)
    while running:
        for (panel, ascent), found in zip(tuple(running), _advanced([one for _, one in running]), strict=True):
            if found is None:
                running.remove((panel, ascent))
            else:
                yield from enumerate(_steps(found), panel)


def _advanced(ascents: Sequence[Ascents]) -> Sequence[Step | tuple[Step, ...] | None]:
    """The next step of each, None for one that has ended; at the same time where there are several."""
    if len(ascents) == 1:
        return [next(ascents[0], None)]
    return in_parallel([partial(_next, one) for one in ascents])


def _next(ascent: Ascents) -> Step | tuple[Step, ...] | None:
    return next(ascent, None)


def _steps(found: Step | tuple[Step, ...]) -> tuple[Step, ...]:
    return found if isinstance(found, tuple) else (found,)


def keep(found: tuple[int, Step]) -> KeptStep:
    """What a job remembers of a step."""
    panel, step = found
    small = np.asarray(cv2.resize(step.mattered, (_MATTERED, _MATTERED), interpolation=cv2.INTER_AREA), np.float32)
    return KeptStep(panel, step.number, step.score, step.dead, step.image.png(), small)


def draw(running: Running, names: Sequence[str], *, key: str, rows: int = 4) -> None:
    """The ascents in a grid with at most `rows` in one row."""
    panels = _by_panel(list(running.kept), names)
    if running.finished.is_set():
        return scrub(names, panels, min(rows, len(names)), key)
    for first in range(0, len(names), rows):
        cells = st.container(key=f"ascents_{first}").columns(min(rows, len(names)), gap="small")
        for cell, name, shots in zip(cells, names[first:], panels[first:], strict=False):
            with cell:
                _panel(name, shots)


def progress(running: Running, names: Sequence[str], steps: int) -> tuple[float, str]:
    """The share of all ascents' steps that is done, and the step in progress."""
    return len(running.kept) / (len(names) * (steps + 1)), f"Step {running.kept[-1].number} of {steps}"


def draw_curves(running: Running, names: Sequence[str], *, key: str) -> None:
    """The values of all ascents over their steps, as far as there are any."""
    kept, done = list(running.kept), running.finished.is_set()
    newest = max((shot.number for shot in kept), default=-1)
    upto = newest if done else (newest - 1) // _CURVE_EVERY * _CURVE_EVERY
    panels = _by_panel([shot for shot in kept if shot.number <= upto], names)
    curves = {name: [shot.score for shot in shots] for name, shots in zip(names, panels, strict=True) if shots}
    if curves:
        steps = _numbers(panels)
        figure = plots.lines(curves, x="step", y="value", at=steps, height=150 if len(names) < 4 else 230)
        show.chart(figure, key=f"curve_{key}_{done}")


def _by_panel(kept: Sequence[KeptStep], names: Sequence[str]) -> list[list[KeptStep]]:
    return [[shot for shot in kept if shot.panel == number] for number in range(len(names))]


def _numbers(panels: Sequence[Sequence[KeptStep]]) -> list[int]:
    """The numbers of the steps that were kept, of the longest ascent."""
    return [shot.number for shot in max(panels, key=len)]


def scrub(names: Sequence[str], panels: Sequence[Sequence[KeptStep]], columns: int, key: str) -> None:
    """All ascents that began, as far as each came, under one control."""
    reels = [
        Reel(name, [shot.png for shot in shots], [rounded(shot.score) for shot in shots])
        for name, shots in zip(names, panels, strict=True)
        if shots
    ]
    if not reels:  # stopped before the first step
        return
    steps = [f"step {number}" for number in _numbers(panels)]
    play_together(reels, steps, columns=columns, alt="The ascents, step by step", key=f"play_{key}")
    dead = [name for name, shots in zip(names, panels, strict=True) if shots and shots[-1].dead]
    if dead:
        st.caption(f":material/warning: {_DEAD} ({', '.join(dead)})")


def _panel(name: str, shots: Sequence[KeptStep]) -> None:
    now = f" :small[step {shots[-1].number}: {rounded(shots[-1].score)}]" if shots else ""
    st.markdown(f"**{name}**{now}")
    if not shots:
        show.frame(np.full((128, 128, 3), 128, np.uint8), f"{name}: not begun")
        return
    show.frame(decode(shots[-1].png), f"{name}, step {shots[-1].number}")
    if shots[-1].dead:
        st.caption(f":material/warning: {_DEAD}")


def decode(png: bytes) -> render.Picture:
    """The pixels (H, W, 3) of a picture that was encoded to be kept."""
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None, "what we encoded ourselves"
    return np.ascontiguousarray(pixels[..., ::-1], np.uint8)


def newest_picture(running: Running, panel: int = 0) -> render.Picture | None:
    """The newest picture of a panel; None before its first step."""
    shots = [shot for shot in running.kept if shot.panel == panel]
    return decode(shots[-1].png) if shots else None


def draw_faded(running: Running, names: Sequence[str]) -> None:
    """The last picture of each panel, as opaque in each place as its gradient was large there."""
    for cell, panel, name in zip(st.columns(max(2, len(names))), range(len(names)), names, strict=False):
        shots = [shot for shot in running.kept if shot.panel == panel]
        if shots and shots[-1].mattered is not None:
            pixels = decode(shots[-1].png)
            mattered = cv2.resize(shots[-1].mattered, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)
            image = faded(from_array(pixels), np.asarray(mattered, np.float32))
            with cell:
                show.frame(image.uint8, f"{name}, faded where the gradient was small")


def take_film(running: Running, names: Sequence[str], file: str) -> None:
    """Buttons that save all panels, side by side, as one film; it is made when asked for."""
    takeaway.take_film(lambda: film_frames(list(running.kept), len(names)), file, "All steps")


def film_frames(kept: Sequence[KeptStep], panels: int) -> Iterator[render.Picture]:
    """Every step as a frame with the panels beside each other; one that has ended stays, one not begun is grey."""
    of = [[shot for shot in kept if shot.panel == panel] for panel in range(panels)]
    for number in sorted({shot.number for shot in kept}):
        newest = [next((shot for shot in reversed(shots) if shot.number <= number), None) for shots in of]
        tiles = [decode(shot.png) if shot else None for shot in newest]
        there = next(tile for tile in tiles if tile is not None)
        row = [np.full_like(there, 128) if tile is None else tile for tile in tiles]
        yield np.concatenate([render.smooth(tile, _FILM_SIDE if panels < 3 else 1) for tile in row], 1)
