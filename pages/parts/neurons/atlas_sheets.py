"""Sheets of an atlas's pictures, of which a click opens one."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np
import streamlit as st

from explorer import render
from explorer.cache import memo
from explorer.maximization.atlas import Atlas, Entry
from explorer.pictures.images import ImageError
from pages.parts.shell.words import rounded
from pages.parts.widgets import tiles

ROW, WIDE_ROW = 7, 14  # tiles; what a whole layer's are laid out in where it has more than MANY
MANY = 42
FINGER = 44  # pixels of the screen: no tile is narrower
_SIDE, _SMALL_SIDE = 112, 80  # pixels of a tile, and of one among many
_OPEN = "atlas_open"  # in the session: the entry whose picture was just asked for


def sheet(atlas: Atlas, entries: tuple[Entry, ...], *, key: str) -> None:
    """Tiles of which a click opens the picture; classes have their names beneath."""
    many = len(entries) > MANY and not entries[0].label
    _tiles(atlas, entries, f"{key}_0", WIDE_ROW if many else ROW)


def _tiles(atlas: Atlas, entries: tuple[Entry, ...], key: str, columns: int) -> None:
    names = [f"{name(entry)}, value {rounded(entry.score)}{', dead' if entry.dead else ''}" for entry in entries]
    last = f"{key}_last"
    tiles.choose_tile(
        small(atlas, entries, _SMALL_SIDE if columns == WIDE_ROW else _SIDE), names, st.session_state.get(last, -1),
        alt=", ".join(names[:3]), key=key, columns=columns, least=FINGER, photographs=True, again=True,
        captions=[entry.label for entry in entries if entry.label],
        on_choice=partial(_wish_one_of, atlas, entries, last),
    )  # fmt: skip


def small(atlas: Atlas, entries: tuple[Entry, ...], side: int) -> render.Picture:
    """The entries' pictures as squares of so many pixels."""
    files = tuple(entry.file for entry in entries)
    return memo(
        ("atlas", atlas.folder, files, side), lambda: np.stack([_tile(atlas, entry, side) for entry in entries])
    )


def _tile(atlas: Atlas, entry: Entry, side: int) -> render.Picture:
    try:
        return shrunk(atlas.image(entry).uint8, side)
    except ImageError:  # gone or broken: the others are still worth seeing
        return np.full((side, side, 3), render.MID_GREY, np.uint8)


def shrunk(picture: render.Picture, side: int) -> render.Picture:
    """A picture as a square of so many pixels."""
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA))


def name(entry: Entry) -> str:
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
