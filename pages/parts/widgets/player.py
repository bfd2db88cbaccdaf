"""Frames of something that went step by step, to be played, stepped and scrubbed in the browser."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from pages.parts.widgets.component import component, pack


def play(
    frames: Sequence[bytes], captions: Sequence[str], *, alt: str, key: str, start: int = -1, link: str = ""
) -> None:
    """Show PNG frames, N ≥ 1, each with its caption; `start` is the one shown first, from the end if negative.

    By its name `link` the frame at which the visitor left them stands in the session and in the link, and rules.
    """
    assert len(frames) == len(captions) > 0
    raw = b"".join(frames)
    lengths = [len(frame) for frame in frames]
    header = {"lengths": lengths, "captions": list(captions), "alt": alt}
    digest = hashlib.sha1(repr(header).encode() + raw).hexdigest()
    first = start if (left := _left(link, len(frames))) is None else left
    header |= {"start": first, "digest": digest, "tells": bool(link)}
    component("player")(data=pack(header, raw), key=key, on_placed_change=partial(_placed, key, link))


def forget(link: str) -> None:
    """The frames that come begin where they usually do."""
    st.session_state.pop(link, None)
    if link in st.query_params:
        del st.query_params[link]


def _left(link: str, count: int) -> int | None:
    """The frame, from 0, where the visitor left the player: in this visit, else as the link says, counted from 1."""
    if not link:
        return None
    text = str(st.session_state.get(link) or st.query_params.get(link, ""))
    if not (text.isdecimal() and len(text) < 6 and 1 <= int(text) <= count):
        return None
    if st.query_params.get(link) != text:
        st.query_params[link] = text
    return int(text) - 1


def _placed(key: str, link: str) -> None:
    state = st.session_state.get(key)
    given = state.get("placed") if isinstance(state, Mapping) else None
    frame = given.get("frame") if isinstance(given, Mapping) else None
    if isinstance(frame, int) and 0 <= frame < 10**5:  # whatever reaches the server may be forged
        st.session_state[link] = frame + 1
