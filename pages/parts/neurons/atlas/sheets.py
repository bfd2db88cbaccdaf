"""Sheets of an atlas's pictures, of which a click opens one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import cv2
import numpy as np
import streamlit as st

from explorer import render
from explorer.cache import memo
from explorer.maximization.atlas import Atlas, Entry
from explorer.pictures.images import Image, ImageError
from explorer.pictures.samples import sample_names
from pages.parts.shell.words import rounded
from pages.parts.widgets import tiles

ROW, WIDE_ROW = 6, 14  # tiles; what a whole layer's are laid out in where it has more than MANY
MANY = 42
FINGER = 44  # pixels of the screen: no tile is narrower
_SIDE, _SMALL_SIDE = 168, 80  # pixels of a tile, and of one among many
_OPEN = "atlas_open"  # in the session: the entry whose picture was just asked for


def draw_sheet(atlas: Atlas, entries: tuple[Entry, ...], *, key: str) -> None:
    """Tiles of which a click opens the picture, beneath each its photograph; classes have their names beneath."""
    many = are_small(entries)
    last = f"{key}_0_last"
    tiles.choose_tile(
        squares(atlas, entries, _SMALL_SIDE) if many else squares_with_photographs(atlas, entries, _SIDE),
        [_told(entry, paired=not many) for entry in entries], st.session_state.get(last, -1),
        alt=", ".join(unit_name(entry) for entry in entries[:3]), key=f"{key}_0", columns=WIDE_ROW if many else ROW,
        least=FINGER, photographs=True, again=True, captions=[entry.label for entry in entries if entry.label],
        on_choice=partial(_wish_one_of, atlas, entries, last),
    )  # fmt: skip


def are_small(entries: Sequence[Entry]) -> bool:
    """Whether they are so many that tiles are small, without their photographs."""
    return len(entries) > MANY and not entries[0].label


def _told(entry: Entry, *, paired: bool) -> str:
    found = f"; beneath it the photograph that excites it most, {entry.photograph_of}"
    dead, value = ", dead" if entry.dead else "", "value" if entry.label else "mean value"
    return f"{unit_name(entry)}, {value} {rounded(entry.score)}{dead}{found if paired and entry.photograph else ''}"


def photograph_words(entries: Sequence[Entry]) -> str:
    """What stands beneath the pictures where any has a photograph, or ""."""
    sources = {entry.photograph_of for entry in entries if entry.photograph}
    if not sources:
        return ""
    return f"Beneath each picture stands the photograph that excites its unit most{source_words(entries)}."


def source_words(entries: Sequence[Entry]) -> str:
    """Among which photographs the best were looked for, as far as that is known: with a comma before it."""
    if not {entry.photograph_of for entry in entries if entry.photograph} <= {*sample_names()}:
        return ""  # of a collection of the server's own
    few = ", few of which show these things" if any(entry.label for entry in entries) else ""
    return f", of the app's own samples{few}"


def squares(atlas: Atlas, entries: tuple[Entry, ...], side: int) -> render.Picture:
    """The entries' pictures as squares of so many pixels."""
    files = tuple(entry.file for entry in entries)
    return _squares(atlas, files, [partial(atlas.image, entry) for entry in entries], side)


def squares_with_photographs(atlas: Atlas, entries: tuple[Entry, ...], side: int) -> render.Picture:
    """The same, beneath each the photograph that excites its unit most, where any of them has one."""
    painted = squares(atlas, entries, side)
    if not any(entry.photograph for entry in entries):
        return painted
    files = tuple(entry.photograph for entry in entries)
    found = _squares(atlas, files, [partial(atlas.photograph, entry) for entry in entries], side)
    return np.concatenate([painted, found], 1)


def _squares(atlas: Atlas, files: tuple[str, ...], opens: Sequence[Callable[[], Image]], side: int) -> render.Picture:
    return memo(("atlas", atlas.folder, files, side), lambda: np.stack([_square(opened, side) for opened in opens]))


def _square(opened: Callable[[], Image], side: int) -> render.Picture:
    try:
        return shrunk(opened().uint8, side)
    except ImageError:  # gone or broken: the others are still worth seeing
        return np.full((side, side, 3), render.MID_GREY, np.uint8)


def shrunk(picture: render.Picture, side: int) -> render.Picture:
    """A picture as a square of so many pixels."""
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA))


def unit_name(entry: Entry) -> str:
    """What the entry's unit is called."""
    return entry.label or f"{entry.layer} {entry.channel}"


def _wish_one_of(atlas: Atlas, entries: tuple[Entry, ...], last: str, tile: int) -> None:
    """Remember that a tile was clicked: its picture is shown in the run that follows."""
    st.session_state[last] = tile
    st.session_state[_OPEN] = atlas, entries[tile]


def asked_for() -> tuple[Atlas, Entry] | None:
    """The entry whose tile was just clicked, and its atlas; told once."""
    wish: tuple[Atlas, Entry] | None = st.session_state.pop(_OPEN, None)
    return wish
