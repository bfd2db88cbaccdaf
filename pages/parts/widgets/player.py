"""Frames of something that went step by step, to be played, stepped and scrubbed in the browser."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from pages.parts.widgets import linked
from pages.parts.widgets.component import component, pack


def play(
    frames: Sequence[bytes],
    captions: Sequence[str],
    *,
    alt: str,
    key: str,
    start: int = -1,
    link: str = "",
    smooth: bool = False,
) -> None:
    """Show PNG frames, N ≥ 1, each with its caption; `start` is the one shown first, from the end if negative.

    They are enlarged pixel by pixel, or, as suits what looks like a photograph, `smooth`.
    By its name `link` the frame at which the visitor left them stands in the session and in the link, and rules.
    """
    assert len(frames) == len(captions) > 0
    raw = b"".join(frames)
    lengths = [len(frame) for frame in frames]
    header = {"lengths": lengths, "captions": list(captions), "alt": alt}
    digest = hashlib.sha1(repr(header).encode() + raw).hexdigest()
    first = start if (left := _left(link, len(frames))) is None else left
    header |= {"start": first, "digest": digest, "tells": bool(link), "smooth": smooth}
    component("player")(data=pack(header, raw), key=key, on_placed_change=partial(_placed, key, link))


def forget(link: str) -> None:
    """The frames that come begin where they usually do."""
    linked.forget(link)


def _left(link: str, count: int) -> int | None:
    """The frame, from 0, where the visitor left the player; link and session count from 1. None: nowhere."""
    number = linked.linked(link, linked.whole, 0) if link else 0
    return number - 1 if 1 <= number <= count else None


def _placed(key: str, link: str) -> None:
    state = st.session_state.get(key)
    given = state.get("placed") if isinstance(state, Mapping) else None
    frame = given.get("frame") if isinstance(given, Mapping) else None
    if isinstance(frame, int) and 0 <= frame < 10**5:  # whatever reaches the server may be forged
        linked.keep(link, str(frame + 1))
