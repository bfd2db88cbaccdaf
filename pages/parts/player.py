"""Frames of something that went step by step, to be played, stepped and scrubbed in the browser."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.convolver import pack

FOLDER = Path(__file__).parents[2] / "assets" / "player"


def play(frames: Sequence[bytes], captions: Sequence[str], *, alt: str, key: str, start: int = -1) -> None:
    """Show PNG frames, N ≥ 1, each with its caption; `start` is the one shown first, from the end if negative."""
    assert len(frames) == len(captions) > 0
    raw = b"".join(frames)
    lengths = [len(frame) for frame in frames]
    header = {"lengths": lengths, "captions": list(captions), "alt": alt, "start": start}
    digest = hashlib.sha1(repr(header).encode() + raw).hexdigest()
    _component()(data=pack(header | {"digest": digest}, raw), key=key)


@lru_cache(maxsize=1)
def _component() -> Any:
    html, css, js = ((FOLDER / f"player.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("player", html=html, css=css, js=js)
